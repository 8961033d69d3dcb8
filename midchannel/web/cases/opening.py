"""A case the viewer may see, with what every part of its page needs."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.cases.queries import showing
from midchannel.middle.cases.queries.showing import CasePage
from midchannel.middle.customers import queries as customers
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class Opened:
    """A case the viewer may see, with the colleagues named in it by id, and the customer it is about."""

    page: CasePage
    names: dict[int, str]
    customer: customers.CustomerName | None
    now: datetime
    most: int

    @property
    def id(self) -> int:
        """The case's id."""
        return self.page.detail.id


def open_case(viewer: Viewer, case_id: int, *, most: int = 25) -> Opened:
    """Prove the right and fetch. Raises CaseNotFoundError."""
    now = clock.now()
    found = showing.get_page(viewer, case_id, now=now, most=most)
    detail = found.detail
    people = {*detail.assignees.values()} | ({detail.owner_id} if detail.owner_id else set())
    names = {each.id: each.name for each in accounts.list_people(viewer, ids=list(people))} if people else {}
    known = customers.get_names([detail.handle_id]) if detail.handle_id else {}
    return Opened(found, names, known.get(detail.handle_id or 0), now, most)
