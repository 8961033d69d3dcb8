"""`midchannel casework`: `verify` plays conformance scripts of case plans, `check` tells what is wrong with plans, `convert` writes one as
YAML or as CMMN.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from midchannel.cli import failing

if TYPE_CHECKING:
    from midchannel.engines.casework import plan

app = typer.Typer(help="Case plans: conformance and conversion.", no_args_is_help=True)


@app.callback()
def casework() -> None:
    """Case plans: conformance and conversion."""


@app.command("verify")
def verify(
    folder: Annotated[
        Path, typer.Argument(help="A folder of scripts (*.json), or one that holds a folder `scripts`.", metavar="DIR")
    ],
    models: Annotated[Path | None, typer.Option(help="Where the models are; without it, beside the scripts.")] = None,
) -> None:
    """Play every script. Ends with `N passed, N failed`; fails when one did."""
    scripts = folder / "scripts" if (folder / "scripts").is_dir() else folder
    found = sorted(scripts.rglob("*.json"))
    found = [each for each in found if each.name != "INDEX.json"]
    if not found:
        failing.fail(f"There are no scripts (*.json) in {scripts}.")
    passed = failed = 0
    for path in found:
        difference = _play(path, models)
        if difference is None:
            passed += 1
        else:
            failed += 1
            typer.echo(f"FAILED {path.stem}: {difference}")
    typer.echo(f"{passed} passed, {failed} failed")
    raise typer.Exit(1 if failed else 0)


@app.command("check")
def check(files: Annotated[list[Path], typer.Argument(help="Plans, as YAML or CMMN XML.", metavar="FILE...")]) -> None:
    """Tell everything that is wrong with plans, with line and column, and what is probably not meant. Fails when one cannot be used."""
    from midchannel.engines.casework import checking, errors

    wrong = False
    for path in files:
        try:
            hints = checking.hints(_read(path))
        except errors.InvalidPlanError as invalid:
            wrong = True
            for problem in invalid.problems:
                typer.echo(f"{path}: {problem}")
        except errors.CaseworkError as unreadable:
            wrong = True
            typer.echo(f"{path}: {unreadable}")
        else:
            for hint in hints:
                typer.echo(f"{path}: {hint} (a hint)")
            typer.echo(f"{path}: can be used.")
    raise typer.Exit(1 if wrong else 0)


@app.command("convert")
def convert(
    source: Annotated[Path, typer.Argument(help="A plan, as YAML or CMMN XML.", metavar="FILE")],
    to: Annotated[Path, typer.Argument(help="A new file: .yaml, .cmmn or .xml says as what.", metavar="TO")],
) -> None:
    """Write a plan as YAML or as CMMN 1.1 XML; from CMMN to CMMN it stays as it was."""
    from midchannel.engines.casework import errors, xml_reading, xml_writing, yaml_writing

    if to.exists():
        failing.fail(f"{to} is there already. Name a new file.")
    if to.suffix not in {".yaml", ".yml", ".cmmn", ".xml"}:
        failing.fail(f"{to}: the name must end in .yaml, .cmmn or .xml.")
    try:
        if to.suffix in {".yaml", ".yml"}:
            text = yaml_writing.write(_read(source))
        elif _is_yaml(source):
            text = xml_writing.write(_read(source))
        else:
            text = xml_writing.write_document(xml_reading.read(source.read_bytes()))
    except errors.CaseworkError as wrong:
        failing.fail(f"{source}: {wrong}")
    except (OSError, UnicodeDecodeError) as wrong:
        failing.fail(f"{source} cannot be read: {wrong}.")
    to.write_text(text, encoding="utf-8")
    typer.echo(f"{to}: written.")


def _is_yaml(path: Path) -> bool:
    return path.suffix in {".yaml", ".yml"}


def _read(path: Path) -> "plan.Plan":
    from midchannel.engines.casework import xml_reading, yaml_reading

    try:
        data = path.read_bytes()
        return yaml_reading.read(data.decode()) if _is_yaml(path) else xml_reading.read(data).plan
    except (OSError, UnicodeDecodeError) as wrong:
        failing.fail(f"{path} cannot be read: {wrong}.")


def _play(path: Path, models: Path | None) -> str | None:
    """The first difference of one script, None when it passes. Whatever is wrong with it is a difference too: the others still run."""
    from midchannel.engines.casework import compiled, errors, scripts

    try:
        script = json.loads(path.read_text(encoding="utf-8"))
        model = _model(str(script["model"]), path, models)
        if model is None:
            return f"the model {script['model']} was not found"
        return scripts.run(script, compiled.compile_plan(_read(model)))
    except (errors.CaseworkError, scripts.ScriptError) as wrong:
        return str(wrong)
    except typer.Exit:
        return "its model cannot be read"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        return f"the script cannot be read: {type(wrong).__name__}: {wrong}"


def _model(name: str, script: Path, models: Path | None) -> Path | None:
    bases = [models, models.parent] if models else [script.parent, *script.parents[1:4]]
    names = [name, name.removeprefix("models/")] if models else [name, f"models/{name}"]
    return next((base / each for base in bases for each in names if (base / each).is_file()), None)
