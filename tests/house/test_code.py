"""Habits that a linter cannot see."""

import ast
import re

from tests.house import tree

LONGEST_FILE = 400
ASKS_THE_CLOCK = {"datetime.now", "timezone.now", "datetime.utcnow", "datetime.today", "date.today"}
MAY_ASK_THE_CLOCK = {"midchannel/platform/clock/__init__.py", "midchannel/cli/backup.py"}


def _imports(path_tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(path_tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_product_code_imports_no_tests() -> None:
    wrong = []
    for path in tree.product():
        wrong += [f"{tree.name(path)}: {each}" for each in _imports(tree.parsed(path)) if "tests" in each.split(".")]

    assert wrong == []


def test_no_django_signals() -> None:
    allowed = {"midchannel/config/apps.py"}
    wrong = [
        tree.name(path)
        for path in tree.product()
        if tree.name(path) not in allowed
        and any(re.match(r"django\b.*\bsignals", each) for each in _imports(tree.parsed(path)))
    ]

    assert wrong == []


def test_only_the_clock_is_asked_for_the_time() -> None:
    wrong = []
    for path in tree.product():
        if tree.name(path) in MAY_ASK_THE_CLOCK:
            continue
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("datetime.") in ASKS_THE_CLOCK:
                wrong.append(f"{tree.name(path)}:{node.lineno}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ASKS_THE_CLOCK:
                wrong.append(f"{tree.name(path)}:{node.lineno}")

    assert sorted(set(wrong)) == []


def test_engines_do_not_ask_for_the_time_or_touch_the_world() -> None:
    forbidden = {"django", "psycopg", "time", "socket", "subprocess", "structlog", "random"}
    wrong = []
    for path in tree.product():
        if "engines" in path.parts:
            wrong += [f"{tree.name(path)}: {each}" for each in _imports(tree.parsed(path)) & forbidden]

    assert wrong == []


def test_files_stay_short() -> None:
    long = {
        tree.name(path): length
        for path in tree.product()
        if (length := len(path.read_text().splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_html_of_strangers_is_marked_safe_in_one_place_only() -> None:
    allowed = re.compile(r"midchannel/(platform/richtext|web/(components|templatetags)|engines)/")
    wrong = [
        tree.name(path)
        for path in tree.product()
        if re.search(r"\bmark_safe\(|\bSafeString\(", path.read_text()) and not allowed.match(tree.name(path))
    ]

    assert wrong == []


def test_every_shape_of_the_api_has_its_own_name() -> None:
    met: dict[str, str] = {}
    for path in sorted((tree.PRODUCT / "api").glob("*.py")):
        for name in re.findall(r"^class (\w+(?:Out|In|Page))\(", path.read_text(), re.MULTILINE):
            assert met.setdefault(name, path.name) == path.name, (
                f"{name} is in {met[name]} and in {path.name}: OpenAPI would show one"
            )
