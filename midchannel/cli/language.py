"""`midchannel language`: what a text says, line by line, and how well that is done, measured on labelled rows."""

import io
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from midchannel.cli import failing

app = typer.Typer(help="What texts say: read them, or grade how well they are read.", no_args_is_help=True)
BATCH = 1000
LABELS_NAMED = 10


@app.command("read")
def read() -> None:
    """Read texts from standard input, one a line, and print what each says as JSON Lines."""
    import msgspec

    from midchannel.engines.language import reading

    batch: list[str] = []
    for line in io.TextIOWrapper(sys.stdin.buffer, "utf-8", errors="replace", newline="\n"):
        batch.append(line.rstrip("\r\n"))
        if len(batch) == BATCH or sys.stdin.isatty():
            _print(msgspec.json.encode, reading.read(batch))
            batch = []
    _print(msgspec.json.encode, reading.read(batch))


@app.command("evaluate")
def evaluate(
    file: Annotated[
        Path, typer.Argument(help="Rows with tabs between, their first line text and label (or labels, with commas).")
    ],
    task: Annotated[str, typer.Option(help="sentiment, emotion, intent, toxicity, spam, language or pii.")],
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help="theirs=ours, for a label of another name there; theirs= for none. Repeat it."),
    ] = None,
    tier: Annotated[int, typer.Option(help="1: the first reading. 2: the second, where its extra is installed.")] = 1,
) -> None:
    """Print one JSON object: recall, F1, accuracy, each label's precision and recall, calibration and speed.

    Labels may be numbers: places in the order of the labels; for toxicity and spam 0 is no and 1 is yes.
    """
    import msgspec

    from midchannel.engines.language import grading

    for each in map_ or ():
        if not each.partition("=")[0] or "=" not in each:
            failing.fail(f"--map {each} says nothing. Write theirs=ours, such as --map 4=positive.")
    try:
        rows = grading.rows_of(_content(file), dict(each.split("=", 1) for each in map_ or ()))
        grade = grading.grade(task, rows, clock=time.process_time, tier=tier)
    except OSError as error:
        failing.fail(f"{file} cannot be read: {error.strerror}.")
    except ValueError as error:
        failing.fail(str(error))
    if grade.not_known:
        named = ", ".join(f"{label} ({count:,})" for label, count in list(grade.not_known.items())[:LABELS_NAMED])
        typer.echo(f"Labels that {task} does not have, by rows: {named}. Use --map theirs=ours.", err=True)
    typer.echo(msgspec.json.format(msgspec.json.encode(grade)).decode())


def _content(file: Path) -> str:
    """UTF-8, UTF-16 where the file says so, else Windows-1252: as imports read."""
    from midchannel.platform.imports import reading

    encoding = reading.encoding_of(file)
    if encoding == "cp1252":
        typer.echo(f"{file} is not UTF-8 throughout; it is read as Windows-1252.", err=True)
    with file.open(encoding=encoding, errors="replace", newline="") as opened:
        return opened.read()


def _print(encode: Callable[[object], bytes], found: Sequence[object]) -> None:
    for each in found:
        typer.echo(encode(each).decode())
