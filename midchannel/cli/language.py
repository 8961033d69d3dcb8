"""`midchannel language`: what a text says, line by line, and how well that is done, measured on labelled rows."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from midchannel.cli import failing

app = typer.Typer(help="What texts say: read them, or grade how well they are read.", no_args_is_help=True)
BATCH = 1000


@app.command("read")
def read() -> None:
    """Read texts from standard input, one a line, and print what each says as JSON Lines."""
    import msgspec

    from midchannel.engines.language import reading

    batch: list[str] = []
    for line in sys.stdin:
        batch.append(line.rstrip("\n"))
        if len(batch) == BATCH or sys.stdin.isatty():
            _print(msgspec.json.encode, reading.read(batch))
            batch = []
    _print(msgspec.json.encode, reading.read(batch))


@app.command("evaluate")
def evaluate(
    file: Annotated[Path, typer.Argument(help="Tab-separated rows with a heading: text and label (or labels).")],
    task: Annotated[str, typer.Option(help="sentiment, emotion, toxicity, spam, language or pii.")],
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="theirs=ours, for a label that has another name there; repeat it.")
    ] = None,
    tier: Annotated[int, typer.Option(help="1: the first reading. 2: the second, where its extra is installed.")] = 1,
) -> None:
    """Print one JSON object: recall, F1, accuracy, each label's precision and recall, calibration and speed."""
    import msgspec

    from midchannel.engines.language import grading

    names = dict(each.split("=", 1) for each in map_ or () if "=" in each)
    try:
        rows = grading.rows_of(file.read_text("utf-8", "replace"), names)
        grade = grading.grade(task, rows, clock=time.process_time, tier=tier)
    except OSError as error:
        failing.fail(f"{file} cannot be read: {error.strerror}.")
    except ValueError as error:
        failing.fail(str(error))
    else:
        typer.echo(msgspec.json.format(msgspec.json.encode(grade)).decode())


def _print(encode: Callable[[object], bytes], found: Sequence[object]) -> None:
    for each in found:
        typer.echo(encode(each).decode())
