"""`midchannel casework`: scripts, checks and conversion from the command line."""

import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from midchannel.cli import casework
from midchannel.engines import casework as engine

CONFORMANCE = Path(engine.__file__).parent / "tests" / "conformance"


def _run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(casework.app, [str(each) for each in arguments])
    return result.exit_code, result.output


def test_verify_ends_with_the_count(tmp_path: Path) -> None:
    for name in ("own-planned", "own-timer-late"):
        shutil.copy(CONFORMANCE / "own" / f"{name}.json", tmp_path)

    assert _run("verify", tmp_path, "--models", CONFORMANCE / "models") == (0, "2 passed, 0 failed\n")


def test_verify_names_what_failed_and_goes_on(tmp_path: Path) -> None:
    script = json.loads((CONFORMANCE / "own" / "own-planned.json").read_text())
    good = {**script, "name": "good"}
    wrong = {**script, "steps": [{"do": "start", "expect": {"case": "completed"}}]}
    lost = {**script, "model": "models/nowhere.cmmn"}
    for name, each in (("a", wrong), ("b", good), ("c", lost)):
        (tmp_path / f"{name}.json").write_text(json.dumps(each))
    (tmp_path / "d.json").write_text("{")

    code, output = _run("verify", tmp_path, "--models", CONFORMANCE / "models")

    assert code == 1
    first, second, third, last = output.splitlines()
    assert first == "FAILED a: step 1 (start): case: expected completed, found active"
    assert second == "FAILED c: the model models/nowhere.cmmn was not found"
    assert third.startswith("FAILED d: the script cannot be read")
    assert last == "1 passed, 3 failed"


def test_check_tells_everything_that_is_wrong(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("plan: a\nitems: [{task: b, afer: c}]\n")

    assert _run("check", plan) == (1, f"{plan}: line 2, column 19: An item has no 'afer'. Did you mean 'after'?\n")
    plan.write_text("plan: a\nitems: [{task: b}]\n")
    assert _run("check", plan) == (0, f"{plan}: can be used.\n")


def test_convert_goes_both_ways(tmp_path: Path) -> None:
    model = CONFORMANCE / "models/authored/timer-listener.cmmn"

    assert _run("convert", model, tmp_path / "a.yaml")[0] == 0
    assert "time: PT4H" in (tmp_path / "a.yaml").read_text()
    assert _run("convert", tmp_path / "a.yaml", tmp_path / "b.cmmn")[0] == 0
    assert _run("check", tmp_path / "b.cmmn")[0] == 0
    assert _run("convert", model, tmp_path / "b.cmmn")[0] != 0
