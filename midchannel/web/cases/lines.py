"""The list of cases: views, rows, and what it says when there is nothing."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from midchannel.engines.casework.lists import Milestone
from midchannel.middle.cases import queries as cases
from midchannel.middle.cases.queries import CaseLine, finding
from midchannel.middle.cases.queries.finding import Reason
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.cases import wording
from midchannel.web.cases.records import ListRow, Step
from midchannel.web.components import records

VIEWS: dict[str, tuple[str | Promise, str]] = {
    "mine": (gettext_lazy("Mine"), "user-check"),
    "team": (gettext_lazy("My team's"), "users"),
    "open": (gettext_lazy("All open"), "briefcase"),
    "ended": (gettext_lazy("Ended"), "circle-check"),
}


def rows_of(viewer: Viewer, found: Sequence[CaseLine], text: str) -> list[ListRow]:
    """Cases as rows; of those that words of a text found, why."""
    reasons = why_found(viewer, found, text)
    return [row_of(each, reasons.get(each.id)) for each in found]


def why_found(viewer: Viewer, found: Sequence[CaseLine], text: str) -> dict[int, Reason]:
    """Why words of a text found some cases, where their titles and customers do not show it."""
    return finding.why_found(viewer, {each.id: f"{each.title} {each.customer_name}" for each in found}, text)


def row_of(line: CaseLine, reason: Reason | None = None) -> ListRow:
    """A case as a row."""
    workers = {
        each.assignee_id: each.assignee_name
        for each in line.next
        if each.assignee_id and each.assignee_id != line.owner_id
    }
    return ListRow(
        id=line.id,
        href=reverse("case", args=[line.id]),
        title=line.title,
        customer=line.customer_name,
        plan=line.plan_title,
        state=line.state,
        state_words=wording.state_words(line.state),
        is_open=line.ended_at is None,
        next=line.next[0].title if line.next else "",
        others=_others(line),
        owner=records.Face(name=line.owner_name, key=str(line.owner_id)) if line.owner_id else None,
        workers=tuple(records.Face(name=name, key=str(number)) for number, name in workers.items()),
        clock=records.Clock(name=_("Next clock"), due_at=line.due_at) if line.due_at else None,
        changed_at=line.ended_at or line.changed_at,
        steps=steps_of(line.milestones),
        progress=progress_of(line.milestones),
        reason=reason,
    )


def _others(line: CaseLine) -> str:
    count = len(line.next) + line.others - 1
    return ngettext("and %d more", "and %d more", count) % count if count > 0 else ""


def steps_of(milestones: tuple[Milestone, ...]) -> tuple[Step, ...]:
    """The line of progress."""
    return tuple(Step(title=each.title, reached_at=each.reached_at, is_open=each.open) for each in milestones)


def progress_of(milestones: tuple[Milestone, ...]) -> str:
    """The progress in words, for those who hear the page."""
    reached = [each.title for each in milestones if each.reached_at]
    if not milestones:
        return ""
    said = _("%(reached)d of %(all)d milestones") % {"reached": len(reached), "all": len(milestones)}
    return f"{said}: {', '.join(reached)}" if reached else said


def views_of(view: str, counts: dict[str, int], carried: dict[str, str]) -> list[records.Tab]:
    """The views, each with what is filtered now."""
    kept = {key: value for key, value in carried.items() if value}
    return [
        records.Tab(
            label=str(label),
            icon=icon,
            href=f"{reverse('cases')}?{urlencode({'view': name, **kept})}",
            is_current=name == view,
            count=counts[name],
        )
        for name, (label, icon) in VIEWS.items()
    ]


def empty(view: str, *, is_filtered: bool, has_any: bool) -> records.State:
    """What the list says when there is nothing in it."""
    if is_filtered:
        show = records.Action(label=_("Show all of this view"), href=f"{reverse('cases')}?view={view}")
        words = _("Try another word, another plan, or another view.")
        return records.State(kind="nothing", title=_("No case is like that"), words=words, actions=(show,))
    if not has_any:
        words = _(
            "A case gathers everything about somebody's problem, with a plan that guides and that you may change. Open one here,"
            " or from a conversation with the key O."
        )
        begin = records.Action(label=_("Open a case"), href=reverse("case_new"), icon="plus")
        return records.State(kind="first", title=_("No cases yet"), words=words, icon="briefcase", actions=(begin,))
    title, words = {
        "mine": (_("Nothing is yours to do"), _("Cases that you own, or in which something is yours, are here.")),
        "team": (_("Your team has no open case"), _("Cases of your team are here until they end.")),
        "open": (_("No case is open"), _("What has ended is under Ended.")),
        "ended": (_("No case has ended yet"), _("Cases come here when they are completed or ended early.")),
    }[view]
    return records.State(kind="nothing", title=title, words=words, icon=str(VIEWS[view][1]))


def plans_of(rows: list[cases.PlanRow], chosen: str) -> list[dict[str, object]]:
    """The plans to narrow the list by."""
    return [{"value": each.name, "label": each.title, "is_chosen": each.name == chosen} for each in rows]


def first_view(counts: dict[str, int]) -> str:
    """The view to begin with: mine, or the first that has something."""
    return next((name for name in ("mine", "team", "open") if counts[name]), "mine")
