"""Bring the schema up to this program's, as the owner role; a process of its own because the role is settled at start."""

import sys

import django

from midchannel.cli import place, progress


def main() -> int:
    """Apply the missing migrations, with progress."""
    place.use()
    django.setup()
    from midchannel.platform.database import schema

    with progress.counting("Making the tables") as told:
        schema.migrate(lambda done, total, _: told(done, total))
    return 0


if __name__ == "__main__":
    sys.exit(main())
