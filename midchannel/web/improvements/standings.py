"""The words for where something stands."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from midchannel.inside.improvements.queries import LedgerRow

STANDINGS: dict[str, tuple[str | Promise, str]] = {
    "told": (gettext_lazy("Told"), "check"),
    "on_its_way": (gettext_lazy("On its way"), "clock"),
    "unknown": (gettext_lazy("Not known whether it arrived"), "circle-help"),
    "owed": (gettext_lazy("Still owed an answer"), "hourglass"),
}
STATES: dict[str, str | Promise] = {
    "open": gettext_lazy("Open"),
    "doing": gettext_lazy("Being done"),
    "done": gettext_lazy("Done"),
}


def label(standing: str) -> str:
    """A standing in words."""
    return str(STANDINGS[standing][0])


def icon(standing: str) -> str:
    """Its drawing."""
    return STANDINGS[standing][1]


def why(row: LedgerRow) -> str:
    """Why somebody is still owed an answer; empty for whoever is not, and where it goes without saying: it is not done yet."""
    if row.cause == "failed":
        return _("Not sent: %s") % row.reason if row.reason else _("Not sent.")
    return {
        "not_done": "",
        "not_approved": _("Nobody has approved the words yet."),
        "cannot": row.reason,
        "withdrawn": _("The message was taken back."),
    }.get(row.cause, row.reason)
