"""`midchannel casework verify DIR`: plays conformance scripts of case plans, and names each that fails with its first difference."""

import json
from pathlib import Path
from typing import Annotated

import typer

from midchannel.cli import failing

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


def _play(path: Path, models: Path | None) -> str | None:
    """The first difference of one script, None when it passes. Whatever is wrong with it is a difference too: the others still run."""
    from midchannel.engines.casework import compiled, errors, scripts, xml_reading, yaml_reading

    try:
        script = json.loads(path.read_text(encoding="utf-8"))
        model = _model(str(script["model"]), path, models)
        if model is None:
            return f"the model {script['model']} was not found"
        data = model.read_bytes()
        plan = yaml_reading.read(data.decode()) if model.suffix in {".yaml", ".yml"} else xml_reading.read(data).plan
        return scripts.run(script, compiled.compile_plan(plan))
    except (errors.CaseworkError, scripts.ScriptError) as wrong:
        return str(wrong)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        return f"the script cannot be read: {type(wrong).__name__}: {wrong}"


def _model(name: str, script: Path, models: Path | None) -> Path | None:
    bases = [models, models.parent] if models else [script.parent, *script.parents[1:4]]
    names = [name, name.removeprefix("models/")] if models else [name, f"models/{name}"]
    return next((base / each for base in bases for each in names if (base / each).is_file()), None)
