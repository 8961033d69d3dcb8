"""The only file that names concrete networks and says which loops run."""

from midchannel.platform.jobs.loop import Loop


def loops() -> list[Loop]:
    """Every loop the worker process runs, one line each."""
    return []
