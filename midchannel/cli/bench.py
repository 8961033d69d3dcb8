"""`midchannel bench NAME`: what is measured, one file each; `docs/performance.md` holds the figures."""

from collections.abc import Callable

import typer

app = typer.Typer(help="Measure this machine; each prints one JSON object.", no_args_is_help=True)

BENCHES: dict[str, Callable[..., None]] = {}
for name, bench in BENCHES.items():
    app.command(name)(bench)


@app.callback()
def main() -> None:
    """Measure this machine; each prints one JSON object."""
