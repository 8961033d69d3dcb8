"""What a form of the case page asks for, as a command of the engine; the same for doing it and for looking what it would bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from midchannel.engines.casework.commands import THE_CASE, AddPlanned, AddTask, AnyCommand, DoAgain, Move, SetValues
from midchannel.engines.casework.states import Transition
from midchannel.middle.cases.queries.showing import CasePage
from midchannel.platform.errors import InvalidError
from midchannel.web.cases import fields

MOVES: dict[str, Transition] = {
    "complete": Transition.COMPLETE,
    "start": Transition.MANUAL_START,
    "happened": Transition.OCCUR,
    "skip": Transition.TERMINATE,
    "set_aside": Transition.DISABLE,
    "offer": Transition.REENABLE,
    "suspend": Transition.SUSPEND,
    "resume": Transition.RESUME,
    "fail": Transition.FAULT,
    "retry": Transition.REACTIVATE,
}
OF_CASE: dict[str, Transition] = {
    "complete_case": Transition.COMPLETE,
    "end_case": Transition.TERMINATE,
    "reopen_case": Transition.REACTIVATE,
    "suspend_case": Transition.SUSPEND,
    "resume_case": Transition.REACTIVATE,
}
WITH_REASON = frozenset({"skip", "set_aside", "fail", "end_case"})
DONE = {
    "complete": gettext_lazy("“%s” is done."),
    "start": gettext_lazy("“%s” has begun."),
    "happened": gettext_lazy("Noted: “%s”."),
    "skip": gettext_lazy("“%s” is skipped."),
    "set_aside": gettext_lazy("“%s” is set aside."),
    "offer": gettext_lazy("“%s” is offered again."),
    "suspend": gettext_lazy("“%s” is put aside."),
    "resume": gettext_lazy("“%s” goes on."),
    "fail": gettext_lazy("“%s” is marked: it does not work."),
    "retry": gettext_lazy("“%s” is tried again."),
    "again": gettext_lazy("“%s” is to be done once more."),
    "add": gettext_lazy("“%s” is added."),
    "own": gettext_lazy("“%s” is added."),
    "complete_case": gettext_lazy("The case is complete."),
    "end_case": gettext_lazy("The case has ended early."),
    "reopen_case": gettext_lazy("The case is open again."),
    "suspend_case": gettext_lazy("The case is put aside."),
    "resume_case": gettext_lazy("The case goes on."),
    "set": gettext_lazy("The case file is up to date."),
}
LONGEST_TITLE, LONGEST_REASON = 300, 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: its name in `DONE`, the command, and the title of what it is about."""

    do: str
    command: AnyCommand
    title: str = ""
    instance: int | None = None

    @property
    def done(self) -> str:
        """That it was done, in words."""
        said = str(DONE[self.do])
        return said % self.title if "%s" in said else said


def read(posted: Mapping[str, str], page: CasePage, *, is_preview: bool = False) -> Wanted:
    """The command that a form asks for. Raises InvalidError with the field's name; a preview needs no reason yet."""
    do = posted.get("do", "")
    reason = posted.get("reason", "").strip()[:LONGEST_REASON]
    values = fields.read(posted, page.questions, page.detail.values)
    if do in WITH_REASON and not reason and not is_preview:
        raise InvalidError(_("Say why: whoever reads the case later wants to know."), "reason")
    if do in MOVES:
        instance = _instance(posted.get("instance", ""))
        return Wanted(
            do,
            Move(instance=instance, transition=MOVES[do], reason=reason, values=values),
            _title(page, instance),
            instance,
        )
    if do in OF_CASE:
        return Wanted(do, Move(item=THE_CASE, transition=OF_CASE[do], reason=reason, values=values))
    if do == "set":
        if not values and not is_preview:
            raise InvalidError(_("Nothing is different from what the case knows."), "values")
        return Wanted(do, SetValues(values=values))
    if do == "again":
        instance = _instance(posted.get("instance", ""))
        return Wanted(do, DoAgain(instance=instance, reason=reason), _title(page, instance), instance)
    return _addition(do, posted, page, reason, values)


def _addition(do: str, posted: Mapping[str, str], page: CasePage, reason: str, values: dict[str, Any]) -> Wanted:
    if do == "add":
        key, holder = posted.get("key", ""), _instance(posted.get("holder", ""))
        title = next((each.title for each in page.detail.lists.may_add if each.item == key), key)
        return Wanted(do, AddPlanned(item=key, instance=holder, reason=reason, values=values), title)
    if do == "own":
        title = " ".join(posted.get("title", "").split())
        if not title or len(title) > LONGEST_TITLE:
            raise InvalidError(_("Say in a few words what is to be done."), "title")
        role = posted.get("role", "")
        command = AddTask(
            title=title, about=posted.get("about", "").strip()[:LONGEST_REASON], role=role if role in page.roles else None,
            required=posted.get("required") == "1", within=_instance(posted.get("holder", "") or "0"), reason=reason,
        )  # fmt: skip
        return Wanted(do, command, title)
    raise InvalidError(_("This is not known here. Load the page again."), "do")


def _instance(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise InvalidError(_("This is not known here. Load the page again."), "instance")
    return int(text)


def _title(page: CasePage, instance: int) -> str:
    rows = page.detail.lists
    for row in (*rows.do_now, *rows.may_start, *rows.waiting, *rows.done):
        if row.instance == instance:
            return row.title
    return next((each.title for each in rows.stages if each.instance == instance), "")
