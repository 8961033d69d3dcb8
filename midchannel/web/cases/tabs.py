"""The tabs and side panels of a case's page. A new one is a line here, a view answering by `page.show` or `page.panel`, and its address."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab. `address` is the name of its URL, which takes the case's id alone."""

    address: str
    label: str | Promise
    icon: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel beside the lists, loaded by htmx after the page. Its address answers with the inside of a card, or with nothing.

    `is_first`: over everything else there.
    """

    address: str
    label: str | Promise
    is_first: bool = False


TABS = (
    Tab("case", _("Work"), "list-checks"),
    Tab("case_room", _("Internal thread"), "messages-square"),
    Tab("case_documents", _("Documents"), "file-text"),
    Tab("case_history", _("History"), "history"),
    Tab("case_plan", _("Plan"), "git-branch"),
)
PANELS = (
    Panel("case_next_best", _("What helped in similar cases"), is_first=True),
    Panel("case_swarm", _("Swarm")),
)
