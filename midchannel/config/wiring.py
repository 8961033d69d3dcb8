"""The only file that names concrete networks and says which loops run."""

from midchannel.platform.jobs.loop import Loop


def connect_networks() -> None:
    """Make every network known, one line each: `registry.register(email.Adapter())`."""


def loops() -> list[Loop]:
    """Every loop the worker process runs, one line each."""
    return []
