"""`midchannel language` with the files that people have."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from midchannel.cli import language
from midchannel.engines.language import encoder

ROWS = "text\tlabel\nI love it, thank you\tpositive\nThis is awful, I hate it\tnegative\n"


def run(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(language.app, list(arguments), input=given)


def grade(tmp_path: Path, content: str | bytes, *options: str, task: str = "sentiment") -> dict[str, Any]:
    done = evaluate(tmp_path, content, *options, task=task)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def evaluate(tmp_path: Path, content: str | bytes, *options: str, task: str = "sentiment") -> Result:
    file = tmp_path / "rows.tsv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return run("evaluate", "--task", task, str(file), *options)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + ROWS.encode(),
        ROWS.encode("utf-16"),
        ROWS.replace("thank you", "schön").encode("cp1252"),
        ROWS.replace("\n", "\r\n").encode(),
        ROWS.replace("text\tlabel", "Text\tLabel").encode(),
        ROWS.replace("love it", "love\u2028it\x85so\x0cmuch").encode(),
        ROWS.replace("love it", "love it" + " so" * 4_000_000).encode(),
    ],
    ids=["bom", "utf-16", "latin", "crlf", "capitals", "line separators", "a line of 12 MB"],
)
def test_a_file_is_graded_however_it_was_saved(tmp_path: Path, content: bytes) -> None:
    found = grade(tmp_path, content)
    assert (found["rows"], found["accuracy"]) == (2, 1.0)


def test_numbers_say_no_and_yes_where_that_is_asked(tmp_path: Path) -> None:
    rows = "text\tlabel\nyou are a stupid idiot\t1\nmy parcel arrived this morning\t0\n"
    found = grade(tmp_path, rows, task="toxicity")
    assert (found["accuracy"], set(found["labels"])) == (1.0, {"0", "1"})


def test_ordinary_posts_alone_tell_how_many_are_taken_for_spam(tmp_path: Path) -> None:
    found = grade(tmp_path, "text\tlabel\nmy parcel arrived this morning\tham\n", task="spam")
    assert (found["accuracy"], found["labels"]["ham"]["rows"]) == (1.0, 1)


def test_a_feeling_may_be_numbered_around_zero(tmp_path: Path) -> None:
    found = grade(tmp_path, ROWS.replace("positive", "1").replace("negative", "-1"))
    assert found["accuracy"] == 1.0


def test_a_label_that_is_not_known_is_named_and_its_row_not_graded(tmp_path: Path) -> None:
    done = evaluate(tmp_path, f"{ROWS}The table is brown\tirrelevant\n")
    assert "irrelevant (1)" in done.stderr
    assert "--map theirs=ours" in done.stderr
    found = json.loads(done.stdout)
    assert (found["rows"], found["not_known"]) == (2, {"irrelevant": 1})


def test_personal_data_is_known_by_other_names_and_refused_by_none(tmp_path: Path) -> None:
    found = grade(tmp_path, "text\tlabels\nwrite to ana@shop.example\tEMAIL_ADDRESS\nhello\tnone\n", task="pii")
    assert (found["labels"]["email"]["recall"], found["not_known"]) == (1.0, {})
    refused = evaluate(tmp_path, "text\tlabels\nwrite to ana@shop.example\tURL\n", task="pii")
    assert "they are email, phone" in refused.stderr


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("", (), "it has none"),
        ("text\tlabel\n", (), "no rows"),
        ("tweet\tclass\nhello\t1\n", (), "it has tweet, class"),
        ("text,label\nhello,positive\n", (), "with a tab between"),
        ("text\tlabel\nhello\tgreat\n", (), "negative, neutral, positive. Use --map theirs=ours"),
        (ROWS, ("--map", "great"), "--map great says nothing. Write theirs=ours"),
        (ROWS, ("--tier", "3"), "there are 1 and 2"),
        (ROWS, ("--task", "mood"), "there are sentiment, emotion, toxicity, spam, intent, language and pii"),
    ],
)
def test_what_cannot_be_graded_says_why_and_what_to_do(
    tmp_path: Path, content: str, options: tuple[str, ...], said: str
) -> None:
    done = evaluate(tmp_path, content, *options)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


def test_without_the_larger_model_the_second_reading_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "load", lambda: None)
    assert "pip install onnxruntime" in evaluate(tmp_path, ROWS, "--tier", "2").stderr


def test_no_line_is_too_odd_to_be_read() -> None:
    done = run("read", given=b"\n\xf0\x9f\x98\x80\nh\xe9llo\nx\x00y\nI love it\r\n" + b"1" * 100_000)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.exit_code, len(found)) == (0, 6)
    assert found[4]["sentiment"] == "positive"
