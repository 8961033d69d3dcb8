"""Erasures worked to their end, whoever else reads the same server."""

import time
from datetime import datetime

from midchannel.middle.consents.models import RightsRequest
from midchannel.usecases import rights

PATIENCE_SECONDS = 240


def work(now: datetime) -> None:
    """Every request that is due at `now`. One that waits for somebody's older transaction is waited for, not put off."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        while rights.work(now=now):
            pass
        if not RightsRequest.objects.filter(state="cleaning", reason="old-transaction").update(run_at=now, reason=""):
            return
        assert time.monotonic() < end, "an older transaction was open all the time"
        time.sleep(0.1)
