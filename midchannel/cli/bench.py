"""`midchannel bench NAME`: what is measured, one file each in `benches/`; `docs/performance.md` holds the figures."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

import midchannel
from midchannel.cli import failing

FOLDER = Path(midchannel.__file__).parents[1] / "benches"


def known() -> dict[str, str]:
    """Every bench by name, with the first line of what it says about itself: a file with a `main`."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text())
        if any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body):
            found[path.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which; `all` for one after the other; none to see what there is.")] = "",
) -> None:
    """Measure this machine. Each bench prints one JSON object; what follows its name is its own."""
    benches = known()
    if not benches:
        failing.fail(f"There are no benches in {FOLDER}: they come with the source. Clone it, then `make bench`.")
    if not name:
        for each, said in benches.items():
            typer.echo(f"{each:<10} {said}")
        return
    if name != "all" and name not in benches:
        failing.fail(f"There is no bench {name!r}. Choose one of: {', '.join(benches)}, all.")
    failed = [each for each in ([name] if name != "all" else benches) if _run(each, context.args)]
    if failed:
        failing.fail(f"Not measured: {', '.join(failed)}.")


def _run(name: str, arguments: list[str]) -> int:
    path = os.pathsep.join(filter(None, [str(FOLDER.parent), os.environ.get("PYTHONPATH", "")]))
    line = [sys.executable, "-m", f"benches.{name}", *arguments]
    return subprocess.run(line, env={**os.environ, "PYTHONPATH": path}, check=False).returncode
