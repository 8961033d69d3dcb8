"""The worker process: every loop of `config/wiring.py`; refuses a schema that is not this program's."""

import signal
import sys
import time

import django
import structlog

from midchannel.cli import parent, place, settled, supervisor

WAIT_FOR_DATABASE_SECONDS = 1.0


def main() -> int:
    """Run the loops until SIGTERM. Gives the exit status."""
    parent.end_with_parent()
    place.use()
    django.setup()
    from midchannel.config import wiring
    from midchannel.platform.jobs import runner

    try:
        wait_for_fitting_schema()
    except Exception as error:
        from midchannel.platform.database import schema

        if not isinstance(error, schema.SchemaError):
            raise
        supervisor.say(str(error))
        return supervisor.NEEDS_A_PERSON
    running = runner.Runner(wiring.loops())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.stop())
    settled.settle()
    running.run()
    return 0


def wait_for_fitting_schema() -> None:
    """Wait for the database, then raise unless its schema is this program's."""
    from django import db

    from midchannel.platform.database import schema

    log = structlog.get_logger("worker")
    while True:
        try:
            schema.check_current()
        except (db.OperationalError, db.InterfaceError) as error:
            log.warning("database gone, waiting", said=str(error).partition("\n")[0])
            db.connections.close_all()
            time.sleep(WAIT_FOR_DATABASE_SECONDS)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
