"""The work of a case: its five lists, each item with what it says about itself."""

from typing import Any

from midchannel.web.cases import items
from midchannel.web.cases.opening import Opened
from midchannel.web.frame.access import SignedInRequest


def of(request: SignedInRequest, opened: Opened) -> dict[str, Any]:
    """What the tab needs."""
    return {
        "parts": items.parts_of(request.viewer, opened, most=opened.most),
        "additions": items.additions_of(opened),
        "roles": opened.page.roles,
    }
