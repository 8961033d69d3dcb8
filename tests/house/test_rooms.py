"""Rooms: what each holds, and that its doors are explained."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

from tests.house import tree

NOT_KINDS = {"utils", "helpers", "common", "misc", "manager", "managers", "util", "helper"}
NO_PLACE_IN_A_ROOM = {"views", "tasks", "templates", "urls", "forms"}


@pytest.mark.parametrize("room", tree.rooms(), ids=tree.name)
def test_a_room_says_what_it_knows(room: Path) -> None:
    said = ast.get_docstring(tree.parsed(room / "__init__.py")) or ""

    assert len(said) > 20, f"{tree.name(room)}/__init__.py: say what the room knows, what it does not, and its door"


@pytest.mark.parametrize("room", tree.rooms(), ids=tree.name)
def test_a_room_has_no_views_tasks_or_templates(room: Path) -> None:
    if "richtext" in room.parts:
        return
    found = {path.stem for path in room.iterdir()} & NO_PLACE_IN_A_ROOM

    assert not found, f"{tree.name(room)}: {found} belong to web"


def test_no_file_is_an_attic() -> None:
    assert [tree.name(path) for path in tree.product() if path.stem in NOT_KINDS] == []


def test_public_actions_and_queries_are_explained() -> None:
    missing = []
    for path in tree.product():
        if path.stem not in {"actions", "queries"} and path.parent.name != "actions":
            continue
        for node in tree.parsed(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node):
                missing.append(f"{tree.name(path)}: {node.name}")

    assert missing == []


def test_errors_carry_their_message() -> None:
    missing = []
    for path in tree.product():
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error") and not ast.get_docstring(node):
                missing.append(f"{tree.name(path)}: {node.name}")

    assert missing == []


def _floor(model: type) -> str:
    return model.__module__.split(".")[1]


def test_foreign_keys_run_down_and_leave_no_accessor_behind() -> None:
    heights = {"platform": 0, "outside": 1, "middle": 2, "inside": 3, "insight": 4, "web": 5}
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("midchannel."):
            continue
        for field in model._meta.get_fields():
            target = field.related_model
            if not field.is_relation or field.auto_created or target is None or isinstance(target, str):
                continue
            if not target.__module__.startswith("midchannel."):
                continue
            where = f"{model.__module__}.{model.__name__}.{field.name}"
            if heights[_floor(target)] > heights[_floor(model)]:
                wrong.append(f"{where} points up to {target.__module__}")
            is_other_room = target._meta.app_label != model._meta.app_label
            if is_other_room and not (field.remote_field and field.remote_field.hidden):
                wrong.append(f'{where} needs related_name="+"')

    assert wrong == []


def test_tables_are_named_by_us_and_constraints_have_names() -> None:
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("midchannel."):
            continue
        if "db_table" not in model._meta.original_attrs:
            wrong.append(f"{model.__name__}: name its table")
        wrong += [f"{model.__name__}: an unnamed constraint" for each in model._meta.constraints if not each.name]
        if model._meta.unique_together:
            wrong.append(f"{model.__name__}: a named UniqueConstraint instead of unique_together")

    assert wrong == []


def test_migrations_begin_with_the_initial_one_and_number_on() -> None:
    wrong = []
    for folder in sorted(tree.PRODUCT.rglob("migrations")):
        names = sorted(path.name for path in folder.glob("[0-9]*.py"))
        numbers = [int(name[:4]) for name in names]
        if names and (names[0] != "0001_initial.py" or numbers != list(range(1, len(names) + 1))):
            wrong.append(f"{tree.name(folder)}: {names}")

    assert wrong == []
