"""What happened, counted; whoever else reads the same server."""

import time
from datetime import datetime

from midchannel.platform.database.bulk import fetch
from midchannel.usecases import measure

PATIENCE_SECONDS = 240


def project(now: datetime) -> None:
    """Count what happened. Events are counted once no older transaction runs on the server, whoever's it is: that is waited for."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        waiting = fetch("SELECT EXISTS (SELECT FROM event WHERE tx >= pg_snapshot_xmin(pg_current_snapshot()))")[0][0]
        while measure.project_facts(now=now):
            pass
        if not waiting:
            return
        assert time.monotonic() < end, "an older transaction was open all the time"
        time.sleep(0.1)
