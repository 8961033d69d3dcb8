"""The installed command, `midchannel`; also `python -m midchannel`."""

import os
import sys

AS_OWNER = frozenset({"migrate", "makemigrations", "sqlmigrate", "showmigrations", "dbshell"})


def main() -> None:
    """Run a command of `midchannel`; Django's own (`makemigrations`, `migrate`, ...) are reached the same way."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "midchannel.config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if command in _django_commands():
        if command in AS_OWNER:
            os.environ.setdefault("MIDCHANNEL_AS_OWNER", "1")
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
        return
    from midchannel.cli import app

    app.app(prog_name="midchannel")


def _django_commands() -> frozenset[str]:
    """Django's commands that are of use here; the rest of its names belong to ours (`check`)."""
    return frozenset(
        {
            "makemigrations",
            "migrate",
            "sqlmigrate",
            "showmigrations",
            "shell",
            "dbshell",
            "collectstatic",
            "makemessages",
            "compilemessages",
            "createcachetable",
            "inspectdb",
        }
    )


if __name__ == "__main__":
    main()
