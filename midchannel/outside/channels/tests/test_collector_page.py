"""docs/collector.md and docs/import.md say what the program does."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from midchannel.outside.channels import documents, kinds, tables

DOCS = Path(__file__).parents[4] / "docs"
PAGE = (DOCS / "collector.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EXAMPLES = re.findall(r"-d '\s*\[?(\{.*?\})\]?'\n", PAGE, re.DOTALL) + re.findall(
    r'^\{"type": .*\}$', PAGE, re.MULTILINE
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_applied(example: str) -> None:
    assert documents.read(example.encode(), now=NOW).external_id


def test_there_are_examples_of_all_that_is_done() -> None:
    assert len(EXAMPLES) == 4


def test_every_reason_to_park_is_listed() -> None:
    source = Path(documents.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'_refuse\(\s*"([a-z-]+)"', source)) | {"apply"}

    assert codes == {
        code
        for row in re.findall(r"^\| (`[a-z`, -]+`) \|", _section("code"), re.MULTILINE)
        for code in row.replace("`", "").split(", ")
    }


def _section(first: str) -> str:
    return PAGE.partition(f"| {first} | ")[2].partition("\n\n")[0]


def test_every_outcome_and_type_is_listed() -> None:
    outcomes = {outcome.name.lower() for outcome in kinds.Outcome}
    types = (
        documents.TALK_OBJECTS
        | {"mc:Mail", "mc:Call", "mc:Order"}
        | documents.ACTIVITY_KINDS.keys() - {"call", "mc:Call"}
    )

    assert outcomes == set(re.findall(r"^\| `([a-z]+)` \|", _section("outcome"), re.MULTILINE))
    assert {word for word in types if f"`{word}`" not in PAGE} == set()


def test_every_field_of_a_table_is_listed() -> None:
    page = (DOCS / "import.md").read_text(encoding="utf-8")

    assert {name for name in tables.FIELDS if f"`{name}`" not in page} == set()
