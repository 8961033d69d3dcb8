"""The tree as the tests of the plan see it: what git keeps, and the rooms."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "midchannel"
FLOORS = ("outside", "middle", "inside", "insight")
TEXT = {
    ".py",
    ".md",
    ".html",
    ".css",
    ".js",
    ".toml",
    ".txt",
    ".cfg",
    ".ini",
    ".service",
    ".sh",
    ".csv",
    ".jsonl",
    ".json",
}


@cache
def kept() -> tuple[Path, ...]:
    """Every file that git keeps or would keep; outside a checkout, every file that is no artefact."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not _is_artefact(path)]
    return tuple(sorted(path for name in listed if name and (path := ROOT / name).is_file()))


def product(suffix: str = ".py") -> list[Path]:
    """The product's files, tests and migrations left out."""
    return [path for path in kept() if path.suffix == suffix and PRODUCT in path.parents and not is_test(path)]


def is_test(path: Path) -> bool:
    """Whether it belongs to the tests or migrations, which are not product code."""
    return bool({"tests", "migrations"} & set(path.relative_to(ROOT).parts[:-1]))


def rooms() -> list[Path]:
    """Every room: a package directly on a floor, in platform, in engines; each network."""
    floors = [PRODUCT / name for name in (*FLOORS, "platform", "engines")] + [PRODUCT / "outside" / "networks"]
    found = [place for floor in floors for place in sorted(floor.iterdir()) if (place / "__init__.py").exists()]
    return [place for place in found if place.name not in {"networks", "tests"}]


def name(path: Path) -> str:
    """A path as people write it."""
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text())


def _is_artefact(path: Path) -> bool:
    return bool({".git", ".venv", "__pycache__", "data", "build", "dist"} & set(path.relative_to(ROOT).parts))
