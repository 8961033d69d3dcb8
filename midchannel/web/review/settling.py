"""What was done with all of a difference, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def words_of(what: str, count: int) -> str:
    """What was done with all of it."""
    if what == "decline":
        return _("Everything stays as it is.")
    if what == "undo":
        return _("Taken back: everybody is as they were.")
    return (
        ngettext("Done: %d change. It can be taken back.", "Done: %d changes. They can be taken back.", count) % count
    )
