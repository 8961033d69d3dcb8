"""The public scripts, and our own in the same form: every one passes, every model loads and is written again without loss.

Models and scripts of Camunda and Flowable are kept under their licence, Apache-2.0 (`conformance/LICENSE-Apache-2.0.txt`,
`models/INDEX.json`).
"""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from midchannel.engines.casework import (
    checking,
    compiled,
    scripts,
    xml_reading,
    xml_writing,
    yaml_reading,
    yaml_writing,
)

FOLDER = Path(__file__).parent / "conformance"
SCRIPTS = sorted([*(FOLDER / "scripts").glob("*.json"), *(FOLDER / "own").glob("*.json")])
MODELS = sorted((FOLDER / "models").rglob("*.cmmn"))


def _script(path: Path) -> tuple[dict[str, Any], compiled.CompiledPlan]:
    script = json.loads(path.read_text())
    return script, compiled.compile_plan(xml_reading.read((FOLDER / script["model"]).read_bytes()).plan)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_passes_in_every_dialect_it_names(path: Path) -> None:
    script, ready = _script(path)

    for dialect in script["dialects"]:
        assert scripts.run({**script, "dialects": [dialect]}, ready) is None


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_passes_on_its_plan_from_yaml_and_from_cmmn_written_anew(path: Path) -> None:
    script, ready = _script(path)

    assert scripts.run(script, compiled.compile_plan(yaml_reading.read(yaml_writing.write(ready.plan)))) is None
    assert scripts.run(script, compiled.compile_plan(xml_reading.read(xml_writing.write(ready.plan)).plan)) is None


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_is_the_same_after_every_way_there_is(path: Path) -> None:
    raw = path.read_bytes()
    document = xml_reading.read(raw)

    assert ET.canonicalize(xml_writing.write_document(document)) == ET.canonicalize(raw.decode())
    assert yaml_reading.read(yaml_writing.write(document.plan)) == document.plan
    assert xml_reading.read(xml_writing.write(document.plan)).plan == document.plan


def test_items_that_wait_for_each_other_are_pointed_out_but_taken() -> None:
    model = FOLDER / "models/camunda/SentryEntryCriteriaTest.testCycle.cmmn"

    found = checking.hints(xml_reading.read(model.read_bytes()).plan)

    assert "wait for each other" in found[0].message


def test_a_script_that_differs_is_told_with_its_step() -> None:
    path = FOLDER / "own/own-planned.json"
    script, ready = _script(path)
    script["steps"][1]["expect"] = {"items": {"DI_B": ["enabled"]}}

    assert scripts.run(script, ready) == "step 2 (plan DI_B): items: DI_B: expected ['enabled'], found ['active']"
