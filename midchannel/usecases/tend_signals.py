"""Tend signals, in the background: learn from corrections, have the panel read by what is new, read some texts twice, read history again.

The last only where that was asked.
"""

from datetime import datetime

from midchannel.middle.signals import actions as signals
from midchannel.usecases import read_twice, reread

EVERY_SECONDS = 15.0


def work(*, now: datetime) -> bool:
    """One round. True when there is more to do at once."""
    signals.learn_if_due(now=now)
    reread.read_panel(now=now)
    read_twice.work(now=now)
    return reread.work(now=now)
