"""What has to be true before web and workers start: the schema, the static files, for the demo its company.

A process of its own, started by the supervisor. Progress goes to stderr; stdout is one JSON object for the supervisor.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence

import django

from midchannel.cli import place, progress
from midchannel.platform.errors import MidchannelError


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare; gives the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args(arguments)
    place.use()
    try:
        django.setup()
    except MidchannelError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    from django import db

    from midchannel.platform.database import schema

    try:
        prepare_schema()
    except schema.SchemaError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except db.OperationalError as error:
        remedy = "Look at DATABASE_URL, or run `midchannel check`."
        print(f"The database does not answer: {error} {remedy}", file=sys.stderr)  # noqa: T201
        return 1
    from midchannel.cli import static

    static.collect_when_stale()
    try:
        answer = demo() if options.demo else {"first": first_visit()}
    except MidchannelError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    json.dump(answer, sys.stdout)
    return 0


def prepare_schema() -> None:
    """Make the tables of an empty database; refuse another schema than this program's."""
    from midchannel.platform.database import schema

    if schema.state() is schema.State.EMPTY:
        from django import db

        db.connections.close_all()
        as_owner = {**os.environ, "MIDCHANNEL_AS_OWNER": "1"}
        subprocess.run([sys.executable, "-m", "midchannel.cli.migrate"], env=as_owner, check=True)
    schema.check_current()


def demo() -> dict[str, str]:
    """Set up the demo company, once; gives the sign-ins in words."""
    from midchannel.platform import clock
    from midchannel.usecases import demo as demos

    with progress.saying("Setting up the demo company and four weeks of its history (once)"):
        people = demos.set_up(now=clock.now()).people
    return {"sign_ins": ", ".join(f"{email} / {password} ({role})" for email, password, _name, role in people)}


def first_visit() -> str:
    """What to say while nobody has an account; else nothing."""
    from midchannel.platform.accounts import queries

    if queries.has_people():
        return ""
    return "Nobody has an account yet: the first visitor makes the administrator's, so go there now."


if __name__ == "__main__":
    sys.exit(main())
