"""Documents: what they name exists, and nothing of the place where this was built is in the tree."""

import re
from pathlib import Path

import pytest

from tests.house import tree

DOCUMENTS = [path for path in tree.kept() if path.suffix == ".md"]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
NAMED = re.compile(r"`((?:midchannel|docs|tests|benches|requirements|\.ci)/[\w./-]*[\w])`")
PRESENT = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "NOTICE",
    "docs/house.md",
    "docs/where.md",
    "docs/words.md",
    "docs/performance.md",
    "docs/running.md",
]
STRANGE = {
    "an address of a registry": re.compile(r"https?://[^\s\"']*(pypi|pythonhosted|npmjs|registry)[^\s\"']*", re.I),
    "an index option": re.compile(r"^--(extra-)?index-url|^--find-links", re.M),
    "a path of one machine": re.compile(r"(?<![\w.])/(work|home|root|Users)/[\w.]"),
}
NOT_OURS = ("/vendor/", "uv.lock")


@pytest.mark.parametrize("name", PRESENT)
def test_it_is_there(name: str) -> None:
    assert (tree.ROOT / name).read_text().strip()


@pytest.mark.parametrize("document", DOCUMENTS, ids=tree.name)
def test_what_a_document_names_exists(document: Path) -> None:
    text = document.read_text()
    missing = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    missing += [name for name in NAMED.findall(text) if not (tree.ROOT / name).exists()]

    assert missing == [], tree.name(document)


def test_the_changelog_has_lines() -> None:
    lines = (tree.ROOT / "CHANGELOG.md").read_text().splitlines()

    assert sum(line.startswith("- ") for line in lines) >= 5


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_in_the_tree() -> None:
    wrong = []
    for path in tree.kept():
        name = tree.name(path)
        if path.suffix not in tree.TEXT and path.name not in {"Makefile", "run"}:
            continue
        if any(part in f"/{name}" for part in NOT_OURS) or name == "tests/house/test_documents.py":
            continue
        text = path.read_text(errors="replace")
        wrong += [
            f"{name}: {what}: {found.group(0)}" for what, pattern in STRANGE.items() if (found := pattern.search(text))
        ]

    assert wrong == []


def test_every_requirement_is_locked_with_hashes() -> None:
    for name in ("run", "dev"):
        text = (tree.ROOT / "requirements" / f"{name}.txt").read_text()
        pinned = re.findall(r"^[\w.\[\]-]+==", text, re.M)
        blocks = re.split(r"^(?=[\w.\[\]-]+==)", text, flags=re.M)[1:]

        assert len(pinned) > 20
        assert all("--hash=sha256:" in block for block in blocks)


def test_decisions_have_numbers_of_their_own() -> None:
    numbers = [path.name[:4] for path in (tree.ROOT / "docs" / "decisions").glob("*.md")]

    assert all(number.isdigit() for number in numbers)
    assert len(numbers) == len(set(numbers))
