"""The five lists: each item with why it is here, what would move it, what may be done with it and what that would bring."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from midchannel.engines.casework.lists import Row
from midchannel.engines.casework.reasons import Offer
from midchannel.middle.cases.queries import showing
from midchannel.middle.cases.queries.showing import ItemDetail
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.cases import facts, facts_of_people, facts_of_work, fields, wording
from midchannel.web.cases.opening import Opened
from midchannel.web.cases.records import Addition, Does, Item, Part
from midchannel.web.components import records

MOST = 25
SOURCES = (facts_of_people, facts_of_work)
"""Where what items show is read; importing them makes their names known to `facts`."""
TIMER, MILESTONE = "timerEventListener", "milestone"
LISTENERS = frozenset({"userEventListener", "eventListener", TIMER})
ENDED = frozenset({"completed", "terminated", "closed"})


def parts_of(viewer: Viewer, opened: Opened, *, most: int = MOST) -> list[Part]:
    """Do now, you may start, waiting for, done; what may be added is `additions_of`."""
    found = opened.page.detail.lists
    needed = facts.Facts(viewer, opened)
    return [
        _part(viewer, opened, needed, name, title, icon, rows, empty, most=most)
        for name, title, icon, rows, empty in (
            ("now", _("Do now"), "circle-dot", found.do_now, _now_empty(opened)),
            ("start", _("You may start"), "play", showing.in_order(found.may_start), ""),
            ("waiting", _("Waiting for"), "hourglass", showing.in_order(found.waiting), ""),
            ("done", _("Done"), "circle-check", found.done, ""),
        )
    ]


def _now_empty(opened: Opened) -> str:
    if opened.page.detail.ended_at is not None:
        return _("The case has ended; nothing is to be done.")
    return _("Nothing has to be done now. What is waited for is below; you may start or add something.")


def _part(  # noqa: PLR0917
    viewer: Viewer, opened: Opened, needed: facts.Facts, name: str, title: str, icon: str, rows: tuple[Row, ...], empty: str, *, most: int
) -> Part:  # fmt: skip
    shown = rows[:most]
    return Part(
        name=name, title=title, icon=icon, count=len(rows), more=len(rows) - len(shown), empty=empty,
        items=tuple(item_of(viewer, opened, needed, row, is_open=name == "now" and number == 0) for number, row in enumerate(shown)),
    )  # fmt: skip


def item_of(viewer: Viewer, opened: Opened, needed: facts.Facts, row: Row, *, is_open: bool = False) -> Item:
    """One item."""
    page = opened.page
    told = page.items[row.instance]
    assignee = page.detail.assignees.get(row.instance)
    is_over = row.state in ENDED
    return Item(
        instance=row.instance,
        title=row.title,
        about=row.about,
        kind=wording.kind_words(row.kind),
        is_task=row.kind not in LISTENERS and row.kind not in {MILESTONE, "stage"},
        stages=" / ".join(row.stages),
        role=page.roles.get(row.role or "", row.role or ""),
        state=row.state,
        is_over=is_over,
        mark=_mark(row),
        required=row.required and not is_over,
        assignee=records.Face(name=opened.names.get(assignee, ""), key=str(assignee)) if assignee else None,
        is_mine=assignee == viewer.user_id,
        due=records.Clock(name=row.title, due_at=row.due) if row.due and not is_over else None,
        due_at=row.due if not is_over else None,
        at=row.changed_at,
        said=row.reason,
        why=wording.why(told.why),
        ways=tuple(wording.way_of(each) for each in told.moves.enters),
        leaves=tuple(wording.way_of(each) for each in told.moves.leaves),
        main=_main(row, told),
        others=tuple(_others(row, told)),
        fields=tuple(fields.field_of(each, page.detail.values) for each in told.asks),
        blocks=() if is_over else needed.blocks(row.show),
        is_open=is_open,
    )


def _mark(row: Row) -> str:
    """A word about an item that is not as usual."""
    by_state = {
        "suspended": _("put aside"),
        "failed": _("does not work"),
        "disabled": _("set aside"),
        "terminated": _("skipped") if row.because == "person" else _("no longer needed"),
        "completed": _("reached") if row.kind == MILESTONE else "",
    }
    if word := by_state.get(row.state):
        return word
    if row.origin in {"free", "planned"}:
        return _("added")
    return _("for the %d. time") % row.count if row.count > 1 else ""


def _main(row: Row, told: ItemDetail) -> Does | None:
    if row.kind in {MILESTONE, TIMER, "eventListener"} and told.main == "occur":
        return None
    found = {
        "complete": ("complete", _("Done"), "check"),
        "manualStart": ("start", _("Start"), "play"),
        "occur": ("happened", _("It happened"), "check"),
        "reenable": ("offer", _("Offer it again"), "undo-2"),
        "resume": ("resume", _("Go on with it"), "play"),
        "reactivate": ("retry", _("Try again"), "rotate-ccw"),
    }.get(told.main)
    if found is None:
        return None
    do, label, icon = found
    return Does(do=do, label=label, icon=icon, brings=_brings(told, told.main, row.instance))


def _brings(told: ItemDetail, transition: str, instance: int) -> tuple[tuple[str, str], ...]:
    return tuple(wording.brings(told.then.get(transition), but=(instance,)))


def _others(row: Row, told: ItemDetail) -> Iterable[Does]:
    possible = {each: _brings(told, each, row.instance) for each in told.moves.possible}
    if row.state in ENDED:
        if row.kind not in LISTENERS and row.kind not in {MILESTONE, "stage"}:
            yield Does(
                do="again", label=_("Do it once more"), icon="rotate-ccw", brings=_brings(told, "again", row.instance)
            )
        return
    if "terminate" in possible and row.kind not in LISTENERS and row.kind != MILESTONE:
        yield Does(
            do="skip", label=_("Skip it"), icon="corner-down-right", brings=possible["terminate"], asks_why=True,
            about=_("It counts as not done; the reason stays with the case."),
        )  # fmt: skip
    if "disable" in possible:
        yield Does(do="set_aside", label=_("Not needed here"), icon="x", brings=possible["disable"], asks_why=True)
    if "suspend" in possible and row.state == "active":
        yield Does(do="suspend", label=_("Put it aside for now"), icon="pause", brings=possible["suspend"])
    if "fault" in possible and row.state == "active":
        yield Does(
            do="fail", label=_("It does not work"), icon="triangle-alert", brings=possible["fault"], asks_why=True,
            about=_("It stays here, marked, until somebody tries again."),
        )  # fmt: skip
    if "occur" in possible and row.kind == MILESTONE:
        yield Does(do="happened", label=_("Count it as reached"), icon="flag", brings=possible["occur"], asks_why=True)
    if "occur" in possible and row.kind in {TIMER, "eventListener"}:
        label = _("Do not wait any longer") if row.kind == TIMER else _("It happened")
        yield Does(do="happened", label=label, icon="check", brings=possible["occur"])


def additions_of(opened: Opened) -> list[Addition]:
    """What may be added; greyed with the reason where it may not now."""
    return [
        Addition(
            key=each.item,
            holder=each.holder,
            title=each.title,
            about=each.about,
            stage=each.stage if each.holder else "",
            roles=", ".join(opened.page.roles.get(role, role) for role in each.roles),
            possible=each.possible,
            objection=objection_of(each, opened.page.roles),
            brings=tuple(wording.brings(opened.page.adding.get((each.item, each.holder)), but=())),
        )
        for each in sorted(opened.page.detail.lists.may_add, key=lambda each: not each.possible)
    ]


def objection_of(offer: Offer, roles: dict[str, str]) -> str:
    """Why something may not be added now."""
    if offer.possible:
        return ""
    if offer.condition is not None:
        return wording.objection(offer.condition)
    if offer.objection == "there":
        return _("It has been added already, and is meant to be done once.")
    if offer.objection == "role":
        return _("For: %s.") % ", ".join(roles.get(each, each) for each in offer.roles)
    if offer.objection == "holder":
        return _("Only while “%s” is being done.") % offer.what
    return _("Only while “%s” is going on.") % offer.stage


def stages_of(opened: Opened) -> list[dict[str, object]]:
    """The stages that are going on: what keeps each open, and whether it may be completed."""
    page = opened.page
    return [
        {
            "instance": each.instance,
            "title": each.title,
            "completable": each.completable,
            "blockers": [blocker.title for blocker in page.stages[each.instance].blockers if blocker.hard],
        }
        for each in page.detail.lists.stages
    ]


def acts_of(opened: Opened) -> list[Does]:
    """What may be done with the case itself."""
    page = opened.page
    brings = {each: tuple(wording.brings(found)) for each, found in page.case_then.items()}
    found: list[Does] = []
    if "complete" in page.possible:
        found.append(
            Does(do="complete_case", label=_("Complete the case"), icon="check", brings=brings.get("complete", ()))
        )
    if "suspend" in page.possible:
        found.append(
            Does(do="suspend_case", label=_("Put the case aside"), icon="pause", brings=brings.get("suspend", ()))
        )
    if "reactivate" in page.possible:
        is_over = page.detail.ended_at is not None
        do, label = ("reopen_case", _("Open it again")) if is_over else ("resume_case", _("Go on with it"))
        found.append(Does(do=do, label=label, icon="rotate-ccw", brings=brings.get("reactivate", ())))
    if "terminate" in page.possible:
        found.append(
            Does(
                do="end_case",
                label=_("End it early"),
                icon="circle-x",
                brings=brings.get("terminate", ()),
                asks_why=True,
                style="button-danger",
            )
        )
    return found
