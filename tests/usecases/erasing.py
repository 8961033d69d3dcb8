"""Erasures worked to their end, whoever else reads the same server."""

import time
from datetime import datetime

from midchannel.middle.consents.actions import requesting
from midchannel.middle.consents.models import RightsRequest
from midchannel.middle.customers.models import SourceRecord
from midchannel.outside.channels.models import Handle
from midchannel.usecases import rights
from tests.desk import Desk, after

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


def customer_of(address: str) -> int:
    """Whose an address is."""
    return SourceRecord.objects.get(handle_id=Handle.objects.get(address=address).pk).customer_id


def erase(desk: Desk, customer_id: int) -> int:
    """Erase somebody at once, to the end. Returns the request."""
    request = requesting.open_request(desk.lea, customer_id, kind="erasure", at_once=True, now=after(hours=1))
    work(after(hours=1))
    return request
