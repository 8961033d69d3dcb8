"""The installed command, `midchannel`; also `python -m midchannel`."""

import os
import sys


def main() -> None:
    """Run a command of `midchannel`; Django's own (`makemigrations`, `migrate`, ...) are reached the same way."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "midchannel.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
