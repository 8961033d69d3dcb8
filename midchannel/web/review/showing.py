"""From what the queue knows of a pair to what the page shows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.middle.conversations.queries import knowing, people
from midchannel.middle.customers import queries
from midchannel.middle.customers.queries.reviewing import COUNTED, Pair, PairSide
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.components import records, words
from midchannel.web.components.words import NETWORK_ICONS
from midchannel.web.customers import weighing
from midchannel.web.review import changes
from midchannel.web.review.records import Line, PairRow, Progress, Question, Side

HANDLES = 4


def row(pair: Pair, *, is_current: bool = False) -> PairRow:
    """A pair in the list."""
    left, right = pair.left.customer_name, pair.right.customer_name
    return PairRow(
        id=str(pair.id),
        href=reverse("review_pair", args=[pair.id]),
        left=records.Face(name=left, key=str(pair.left.customer_id)),
        right=records.Face(name=right, key=str(pair.right.customer_id)),
        names=left if left == right else _("%(left)s, %(right)s") % {"left": left, "right": right},
        line=weighing.sum_of(pair.weight).words,
        is_current=is_current,
    )


def question(viewer: Viewer, pair: Pair, *, now: datetime) -> Question:
    """A pair as a question."""
    points = points_of(pair)
    total = weighing.sum_of(pair.weight)
    left, right = _side(viewer, pair.left, now=now), _side(viewer, pair.right, now=now)
    are_called_alike = pair.left.name == pair.right.name and pair.left.address and pair.right.address
    return Question(
        id=str(pair.id),
        sides=(left, right),
        left_name=pair.left.address if are_called_alike else pair.left.name,
        right_name=pair.right.address if are_called_alike else pair.right.name,
        points=points,
        sum=total,
        changes=changes.of(pair, points),
        value_words=_value(pair.value),
        value_title=_("What depends on it: how much of their history, and in how many places"),
        who=_("Weighed with %(rule)s, %(when)s")
        % {"rule": rule_words(pair.rule), "when": words.clock_time(pair.noted_at, now=now)},
        announce=_("%(left)s and %(right)s. %(words)s.")
        % {"left": left.name, "right": right.name, "words": total.words},
        answer_href=reverse("review_answer", args=[pair.id]),
    )


def points_of(pair: Pair) -> tuple[weighing.Point, ...]:
    """What each field says, with the values as the sources spelled them, and last how rare it is that two of all people are one."""
    fields = [_as_spelled(each, pair) for each in pair.fields]
    points = weighing.points_of(fields)
    rest = changes.starting_point(pair, points)
    return (*points, *(weighing.points_of([rest]) if rest else ()))


def _as_spelled(each: Mapping[str, Any], pair: Pair) -> dict[str, Any]:
    field = str(each.get("field", ""))
    return {
        **each,
        "left": pair.left.attributes.get(field) or each.get("left"),
        "right": pair.right.attributes.get(field) or each.get("right"),
    }


def rule_words(rule: str) -> str:
    """A rule or a model by name and version, as people may say it."""
    name, _slash, version = rule.partition("/")
    if name in {"", "default"}:
        return _("the weights the program came with")
    return _("the weights %(name)s %(version)s") % {"name": name, "version": version}


def progress(waiting: int, mine: int) -> Progress:
    """How far one is."""
    if waiting >= COUNTED:
        left = _("%(n)s and more wait") % {"n": words.number(COUNTED)}
    else:
        left = ngettext("%d waits", "%d wait", waiting) % waiting
    return Progress(
        words=left,
        mine=ngettext("%d answered by you today", "%d answered by you today", mine) % mine if mine else "",
        done=mine,
        total=max(1, mine + waiting),
    )


def answer_words(pair: Pair) -> str:
    """What was answered."""
    names = {"left": pair.left.name, "right": pair.right.name}
    if pair.label == "same":
        return _("%(left)s and %(right)s: the same") % names
    return _("%(left)s and %(right)s: two different") % names


def settled_words(pair: Pair, *, now: datetime) -> str:
    """Who answered it, and what, when somebody else comes to it."""
    if pair.state == "obsolete":
        return _("This question has answered itself: the records have changed since.")
    said = _("the same") if pair.label == "same" else _("two different")
    when = words.clock_time(pair.answered_at, now=now) if pair.answered_at else ""
    return _("%(name)s answered this already, %(when)s: %(said)s.") % {
        "name": pair.answered_by or _("Somebody"),
        "when": when,
        "said": said,
    }


def _value(value: float) -> str:
    if value >= 3:
        return _("both in a business system")
    return _("one in a business system") if value >= 2 else _("nobody in a business system")


def _face(side: PairSide) -> records.Face:
    return records.Face(name=side.customer_name, key=str(side.customer_id), network=side.network)


def _side(viewer: Viewer, side: PairSide, *, now: datetime) -> Side:
    found = queries.get_customer(viewer, side.customer_id)
    count = people.count_contacts(viewer, found.handle_ids)
    last: Sequence[Any] = knowing.list_of_handles(viewer, found.handle_ids, limit=1)
    contacts = ngettext("%d contact", "%d contacts", count.conversations) % count.conversations
    others = [record for record in found.records if record.id != side.record_id]
    asked = [record for record in found.records if record.id == side.record_id]
    handles = [_handle(record.network or record.source, record.address or record.name) for record in (*asked, *others)]
    left_out = len(handles) - HANDLES
    return Side(
        name=found.name,
        face=_face(side),
        href=reverse("customer", args=[found.id]),
        known=_("Known since %(day)s, %(contacts)s")
        % {"day": formats.date_format(timezone.localtime(found.first_seen_at), "j F Y"), "contacts": contacts},
        handles=tuple(handles[:HANDLES]),
        more_words=ngettext("and %d more", "and %d more", left_out) % left_out if left_out > 0 else "",
        said=last[0].snippet if last else "",
        said_at=last[0].last_at if last else None,
    )


def _handle(network: str, address: str) -> Line:
    return Line(icon=NETWORK_ICONS.get(network, "plug"), line=address)
