"""What happened, counted; whoever else reads the same server."""

import time
from datetime import datetime

from midchannel.platform.database.bulk import fetch
from midchannel.usecases import measure


def project(now: datetime) -> None:
    """Count what happened. Events are counted once no older transaction runs on the server, whoever's it is: that is waited for."""
    end = time.monotonic() + 120
    waiting = True
    while waiting and time.monotonic() < end:
        while measure.project_facts(now=now):
            pass
        waiting = fetch("SELECT EXISTS (SELECT FROM event WHERE tx >= pg_snapshot_xmin(pg_current_snapshot()))")[0][0]
        time.sleep(0.1 if waiting else 0)
