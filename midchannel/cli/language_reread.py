"""`midchannel language reread`: history is read again by the models of today, on purpose only."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from midchannel.cli import failing, language, place, progress
from midchannel.cli.run import Data

app = language.app


@app.command("reread")
def reread(
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="What came since this day is read again.")],
    data: Data = None,
) -> None:
    """Read history again with today's models, in portions; interrupted, the same line goes on where it stood.

    What people corrected stays. The page Understanding tells how much the models move the measures.
    """
    with failing.explained(), place.program(place.use(data)):
        from midchannel.platform import clock
        from midchannel.platform.audit.actions import Actor
        from midchannel.usecases import reread as rereading

        try:
            rereading.begin_by(Actor("command line"), since=since.replace(tzinfo=UTC), now=clock.now())
        except rereading.AlreadyRereadingError:
            typer.echo("Going on with the reading that was begun.", err=True)
        with progress.counting("Reading") as told:
            while rereading.work(now=clock.now()):
                told(*rereading.progress())
        if run := rereading.current():
            typer.echo(f"{run.done:,} texts read again, {run.changed:,} of them say something else now.")
