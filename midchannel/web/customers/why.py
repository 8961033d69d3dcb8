"""Why this is one customer: the path of decisions as a picture, each with what spoke for it, and the way back right there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from midchannel.middle.customers.queries import CustomerDetail, Record, explaining
from midchannel.middle.customers.queries.explaining import Link
from midchannel.platform import clock
from midchannel.web.components import words
from midchannel.web.customers import drawing, known, page, showing, weighing
from midchannel.web.frame.access import SignedInRequest, signed_in

SURE, MOST_PAST = 1000.0, 50


@dataclass(frozen=True, slots=True)
class Step:
    """A decision on the path. `words` say what it comes to, `reason` on what evidence, `who` who decided; `apart` takes it apart."""

    anchor: str
    left: str
    right: str
    words: str
    side: str
    odds: str
    reason: str
    who: str
    at: datetime
    points: tuple[weighing.Point, ...]
    apart_href: str
    apart_name: str
    undo_href: str
    compare_href: str = ""


@require_safe
@signed_in()
def why(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The tab."""
    return answer(request, customer_id)


def answer(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The tab, also after something was decided on it."""
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect("customer_why", found)
    said = explaining.explain(request.viewer, found)
    by = {record.id: record for record in found.records}
    path = _path(found, said.joining)
    context = {
        "customer": found,
        "picture": drawing.draw(_nodes(found), [_edge(link) for link in path], title=_title(found)) if path else None,
        "steps": [_step(link, by, found) for link in path],
        "also": [_step(link, by, found) for link in said.joining if link not in path],
        "apart": [_step(link, by, found) for link in _one_of_each_act(said.apart, set(by))],
        "loose": [_step(link, by, found) for link in _one_of_each_act(said.loose, set(by))],
        "past": [_step(link, by, found) for link in said.past[:MOST_PAST]],
    }
    return page.show(request, customer_id, "customer_why", "customers/_why.html", context)


def _path(found: CustomerDetail, joining: Sequence[Link]) -> list[Link]:
    """The strongest decisions that hold all records together, from the first record on."""
    edges = {_anchor(link): link for link in joining}
    kept = drawing.spanning([_edge(link) for link in joining], {_anchor(link): _strength(link) for link in joining})
    order = {record.id: index for index, record in enumerate(found.records)}
    chosen = [edges[edge.anchor] for edge in kept]
    return sorted(chosen, key=lambda link: max(order.get(link.record_id, 0), order.get(link.other_id, 0)))


def _one_of_each_act(links: Sequence[Link], own: set[int]) -> list[Link]:
    """Of what was decided at once about another customer, the first: the rest says the same."""
    found: dict[tuple[int, int], Link] = {}
    for link in reversed(links):
        other = link.other_customer_id if link.record_id in own else link.record_customer_id
        found.setdefault((link.act_id or link.id, other), link)
    return list(found.values())


def _strength(link: Link) -> float:
    """Proof first, then what a person said, best with what they were shown, then weights."""
    if not is_sure(link):
        return link.weight or 0.0
    return 3 * SURE if not link.person else 2 * SURE if link.fields else SURE


def _title(found: CustomerDetail) -> str:
    count = len(found.records)
    return ngettext("%d record", "%d records, joined by what was decided", count) % count


def _nodes(found: CustomerDetail) -> list[drawing.Node]:
    return [
        drawing.Node(
            record.id,
            record.handle_name or record.name or record.address,
            record.address or known.source_words(record.network or record.source),
            known.icon_of(record.network or record.source),
        )
        for record in found.records
    ]


def _anchor(link: Link) -> str:
    return f"link-{link.id}"


def _edge(link: Link) -> drawing.Edge:
    who = link.person or (_("rule") if is_sure(link) else _("weights"))
    day = words.short_age(link.at, now=clock.now())
    kind = "sure" if is_sure(link) else "rule" if (link.weight or 0) >= weighing.STRONG else "weak"
    label = _short(link)
    return drawing.Edge(link.other_id, link.record_id, label, f"{who}, {day}", kind, _anchor(link))


def is_sure(link: Link) -> bool:
    """Whether a proof or a person decided."""
    return bool(link.person) or link.verdict in {"must", "link", "cannot", "apart"}


def _short(link: Link) -> str:
    if link.person:
        return _("said by a person")
    if link.evidence.get("value") and is_sure(link):
        return _("same %(what)s") % {"what": showing.identifier_name(str(link.evidence.get("identifier", "")))}
    return weighing.sum_of(link.weight).words.lower() if link.weight is not None else _("certain")


def _step(link: Link, by: dict[int, Record], found: CustomerDetail) -> Step:
    is_apart = link.verdict in {"cannot", "apart"}
    total = weighing.sum_of(None if is_sure(link) else link.weight)
    newer = max((each for each in (link.record_id, link.other_id) if each in by), default=link.record_id)
    can_part = link.stands and not is_apart and len(found.records) > 1 and newer in by
    return Step(
        anchor=_anchor(link),
        left=_called(link.record_name, link.record_place, link.other_name),
        right=_called(link.other_name, link.other_place, link.record_name),
        words=_words(link, total),
        side="against" if is_apart else total.side,
        odds="" if is_sure(link) else total.odds,
        reason=_reason(link),
        who=link.person or showing.short_rule(link.rule),
        at=link.at,
        points=tuple(weighing.points_of(link.fields)),
        apart_href=reverse("customer_apart", args=[found.id, newer]) if can_part else "",
        apart_name=_name(by[newer]) if can_part else "",
        undo_href=reverse("customer_undo", args=[link.id]) if link.stands and link.person else "",
        compare_href=_compare(link, by, found),
    )


def _compare(link: Link, by: dict[int, Record], found: CustomerDetail) -> str:
    """Where both are compared, when the other is somebody whom the viewer may see."""
    is_other_seen = bool(link.other_name if link.record_id in by else link.record_name)
    other = link.other_customer_id if link.record_id in by else link.record_customer_id
    return reverse("customer_link", args=[found.id, other]) if is_other_seen and other != found.id else ""


def _called(name: str, place: str, other: str) -> str:
    """A record by its name; by its address where both are called alike."""
    if not name and not place:
        return _("somebody you may not see")
    return name if name and name != other else place or name


def _words(link: Link, total: weighing.Sum) -> str:
    if link.verdict in {"cannot", "apart"}:
        return _("Two different")
    if link.person:
        return _("One customer, as a person said")
    return _("One customer, by proof") if is_sure(link) else total.words


def _name(record: Record) -> str:
    return record.address or record.handle_name or record.name


def _reason(link: Link) -> str:
    evidence = link.evidence
    said = str(evidence.get("reason", ""))
    if said:
        return said
    if link.reverts_id is not None:
        return _("An earlier decision was taken back.")
    if evidence.get("value"):
        what = showing.identifier_name(str(evidence.get("identifier", "")))
        return _("Both have the same confirmed %(what)s: %(value)s") % {"what": what, "value": evidence["value"]}
    return ""
