"""Differences and their items, as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.middle.customers.queries.differing import DifferenceItemRow, DifferenceRow, RecordName
from midchannel.web.components import records, words
from midchannel.web.components.words import NETWORK_ICONS
from midchannel.web.customers import weighing

GROUPS, MEMBERS, EDGES = 6, 6, 4
BADGES = {"proposed": "accent", "applied": "accent", "declined": "", "undone": "", "overtaken": "internal"}


@dataclass(frozen=True, slots=True)
class Row:
    """A difference in the list."""

    href: str
    title: str
    words: str
    state: str
    is_open: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a difference's items."""

    words: str
    state: str
    settle_href: str
    done: int
    total: int
    is_open: bool
    can_undo: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A record in a group."""

    name: str
    icon: str
    line: str
    href: str


@dataclass(frozen=True, slots=True)
class Group:
    """A customer, before or after."""

    members: tuple[Member, ...]
    more_words: str
    face: records.Face


@dataclass(frozen=True, slots=True)
class Reason:
    """A decision that would be written."""

    left: str
    right: str
    words: str
    side: str
    points: tuple[weighing.Point, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One change: who is one customer before, and who after."""

    id: str
    title: str
    icon: str
    before: tuple[Group, ...]
    after: tuple[Group, ...]
    more_words: str
    reasons: tuple[Reason, ...]
    state: str
    state_words: str
    reason: str
    href: str
    is_open: bool
    can_undo: bool


def row(found: DifferenceRow) -> Row:
    """A difference in a list."""
    return Row(
        href=reverse("difference", args=[found.id]),
        title=_counted(found),
        words=_("%(records)s records weighed by %(model)s with %(engine)s")
        % {"records": words.number(found.records), "model": found.model, "engine": found.engine},
        state=_state(found.state) if not found.open or found.open == found.items else _("%d open") % found.open,
        is_open=bool(found.open),
        made_at=found.made_at,
    )


def head(found: DifferenceRow, *, now: datetime) -> Head:
    """Its head."""
    settled = _state(found.state)
    who = found.settled_by or ""
    when = words.clock_time(found.settled_at, now=now) if found.settled_at else ""
    return Head(
        words=_("%(records)s records weighed by %(model)s with %(engine)s, %(when)s")
        % {
            "records": words.number(found.records),
            "model": found.model,
            "engine": found.engine,
            "when": words.clock_time(found.made_at, now=now),
        },
        state=", ".join(each for each in (settled, who, when) if each),
        settle_href=reverse("difference_settle", args=[found.id]),
        done=found.items - found.open,
        total=max(1, found.items),
        is_open=bool(found.open),
        can_undo=bool(found.counts.get("applied", 0)),
    )


def item(found: DifferenceItemRow, *, now: datetime) -> Item:
    """One change."""
    by = {record.id: record for group in (*found.before, *found.after) for record in group}
    when = words.clock_time(found.settled_at, now=now) if found.settled_at else ""
    left_out = max(len(found.before), len(found.after)) - GROUPS
    return Item(
        id=str(found.id),
        title=_title(found),
        icon={"join": "link", "split": "split"}.get(found.kind, "git-branch"),
        before=tuple(_group(group) for group in found.before[:GROUPS]),
        after=tuple(_group(group) for group in found.after[:GROUPS]),
        more_words=ngettext("and %d more customer", "and %d more customers", left_out) % left_out
        if left_out > 0
        else "",
        reasons=tuple(_reasons(found.edges, by)),
        state=found.state,
        state_words=", ".join(each for each in (_state(found.state), found.settled_by, when) if each),
        reason=found.reason,
        href=reverse("difference_item", args=[found.difference_id, found.id]),
        is_open=found.state == "proposed",
        can_undo=found.state == "applied",
    )


def _title(found: DifferenceItemRow) -> str:
    before, after = len(found.before), len(found.after)
    if found.kind == "join":
        return _("%(n)d customers become one") % {"n": before}
    if found.kind == "split":
        return _("One customer becomes %(n)d") % {"n": after}
    return _("%(before)d customers become %(after)d others") % {"before": before, "after": after}


def _counted(found: DifferenceRow) -> str:
    joins = ngettext("%d comes together", "%d come together", found.joins) % found.joins
    splits = ngettext("%d comes apart", "%d come apart", found.splits) % found.splits
    return _("%(joins)s, %(splits)s") % {"joins": joins, "splits": splits}


def _state(state: str) -> str:
    return {
        "proposed": _("Proposed"),
        "applied": _("Done"),
        "declined": _("Left as it was"),
        "undone": _("Taken back"),
        "overtaken": _("Overtaken by what happened since"),
    }.get(state, state)


def _group(group: Sequence[RecordName]) -> Group:
    left_out = len(group) - MEMBERS
    return Group(
        members=tuple(_member(each) for each in group[:MEMBERS]),
        more_words=ngettext("and %d more", "and %d more", left_out) % left_out if left_out > 0 else "",
        face=records.Face(name=group[0].name if group else "", key=str(group[0].customer_id) if group else ""),
    )


def _member(record: RecordName) -> Member:
    href = reverse("customer", args=[record.customer_id]) if record.customer_id else ""
    return Member(record.name, NETWORK_ICONS.get(record.network, "plug"), record.address, href)


def _reasons(edges: Sequence[dict[str, Any]], by: dict[int, RecordName]) -> list[Reason]:
    found = []
    for edge in edges[:EDGES]:
        ends = [by.get(int(edge[key])) for key in ("record", "other") if edge.get(key)]
        evidence = edge.get("evidence") or {}
        weight = edge.get("weight")
        total = weighing.sum_of(None if weight is None else float(weight))
        names = [end.name if end else "" for end in ends]
        found.append(
            Reason(
                left=names[0] if names else "",
                right=names[1] if len(names) > 1 else "",
                words=total.words,
                side=total.side,
                points=tuple(weighing.points_of(evidence.get("fields") or ())),
            )
        )
    return found
