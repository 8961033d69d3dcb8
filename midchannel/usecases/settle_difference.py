"""Settle a difference: one item of it, or all of it, a while at a time; stopping in between loses nothing."""

import time
from datetime import datetime

from midchannel.middle.customers.actions import differing as actions
from midchannel.middle.customers.errors import DifferenceNotFoundError, NothingToDoError, OvertakenError
from midchannel.middle.customers.queries import differing
from midchannel.platform.accounts.queries import Viewer

SECONDS, ALL_OF_IT = 1.0, 3600.0
BATCH = 200
FROM = {"apply": "proposed", "undo": "applied"}


def settle_item(viewer: Viewer, difference_id: int, item_id: int, what: str, *, now: datetime) -> None:
    """Do it ("apply"), leave it ("decline"), or take it back ("undo"). Raises what the actions raise."""
    if what == "apply":
        actions.apply_item(viewer, difference_id, item_id, now=now)
    elif what == "decline":
        actions.decline_item(viewer, difference_id, item_id, now=now)
    elif what == "undo":
        actions.undo_item(viewer, difference_id, item_id, now=now)


def go_on(viewer: Viewer, difference_id: int, what: str, *, now: datetime, seconds: float = SECONDS) -> int:
    """Work on all of it for so long. Returns how many items are left; 0 when it is done. Raises DifferenceNotFoundError."""
    if what == "decline":
        actions.decline_difference(viewer, difference_id, now=now)
        return 0
    state = FROM.get(what, "")
    end = time.monotonic() + seconds
    while state and (ids := differing.list_item_ids(viewer, difference_id, state=state, limit=BATCH)):
        for item_id in ids:
            try:
                settle_item(viewer, difference_id, item_id, what, now=now)
            except (
                NothingToDoError,
                OvertakenError,
                DifferenceNotFoundError,
            ):  # settled or erased by somebody meanwhile
                continue
            if time.monotonic() > end:
                return differing.get_difference(viewer, difference_id).counts.get(state, 0)
    return 0
