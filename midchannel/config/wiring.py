"""The only file that names concrete networks and says which loops run."""

from midchannel.outside.channels import registry
from midchannel.outside.networks.email.adapter import EmailAdapter
from midchannel.platform.jobs.loop import Loop
from midchannel.usecases import read_channels


def connect_networks() -> None:
    """Make every network known, one line each."""
    registry.register(EmailAdapter())


def loops() -> list[Loop]:
    """Every loop the worker process runs, one line each."""
    lanes = read_channels.Lanes()
    return [
        Loop("read channels", lanes.work, every_seconds=read_channels.EVERY_SECONDS, on_stop=lanes.stop),
    ]
