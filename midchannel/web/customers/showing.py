"""What the pages of customers show, as records."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from midchannel.inside.teamwork.queries import QuestionMark
from midchannel.middle.customers.queries import CustomerDetail, CustomerRow, Decision, Record
from midchannel.usecases.timeline import Item
from midchannel.web.components import records
from midchannel.web.components.words import NETWORK_ICONS
from midchannel.web.customers import visited, weighing

KIND_ICONS = {"like": "heart", "follow": "user-plus", "share": "megaphone", "order": "shopping-cart", "visit": "eye"}
IDENTIFIERS = {"email": "mail", "phone": "phone"}


@dataclass(frozen=True, slots=True)
class Reason:
    """A decision in plain words. `who` is a person, or the rule in words."""

    decision: Decision
    words: str
    who: str
    evidence: str


@dataclass(frozen=True, slots=True)
class HandleCard:
    """A record of the customer with its reason, and what was decided about it before."""

    record: Record
    name: str
    address: str
    icon: str
    network: str
    identifiers: tuple[tuple[str, str, bool], ...]
    why: Reason | None
    history: tuple[Reason, ...]


def row(item: CustomerRow) -> records.Row:
    """A customer in a list."""
    line = item.met if item.met and item.met != item.name else item.address
    if item.handles > 1:
        line = _("%(address)s and %(n)d more") % {"address": line, "n": item.handles - 1}
    return records.Row(
        id=str(item.id),
        href=f"/customers/{item.id}/",
        face=records.Face(name=item.name, key=str(item.id), network=item.network),
        name=item.name,
        line=line,
        at=item.last_at,
    )


def handle_card(record: Record) -> HandleCard:
    """A record for the page."""
    reasons = [reason(decision) for decision in record.decisions]
    return HandleCard(
        record=record,
        name=record.handle_name or record.name,
        address=record.address,
        icon=NETWORK_ICONS.get(record.network, "plug"),
        network=record.network,
        identifiers=tuple((IDENTIFIERS.get(i.type, "tag"), i.value, i.verified) for i in record.identifiers),
        why=next((each for each in reasons if each.decision.stands), None),
        history=tuple(each for each in reasons if not each.decision.stands),
    )


def reason(decision: Decision) -> Reason:
    """Why, who, and on what evidence."""
    rule = decision.rule.partition("/")[0]
    evidence = decision.evidence
    said = str(evidence.get("reason", ""))
    if decision.reverts_id is not None:
        words = _("An earlier decision was taken back")
    elif decision.verdict in {"apart", "cannot"}:
        words = _("This is somebody else than %(name)s") % {"name": decision.other_name or decision.customer_name}
    elif decision.person:
        words = _("This is %(name)s") % {"name": decision.customer_name}
    elif rule == "first-seen":
        words = _("Here we met them first; nobody known had the same verified address or number")
    elif evidence.get("value"):
        words = _("The same verified %(type)s: %(value)s") % {
            "type": identifier_name(str(evidence.get("identifier", ""))),
            "value": evidence["value"],
        }
    elif decision.weight is not None:
        words = weighing.sum_of(decision.weight).words
    else:
        words = _("Linked by a rule")
    who = decision.person or short_rule(decision.rule)
    return Reason(decision, words, who, said)


def short_rule(rule: str) -> str:
    """A rule or a set of weights by name."""
    name = rule.partition("/")[0]
    return {
        "exact-identifier": _("rule: same confirmed address"),
        "links-both-ways": _("rule: each links to the other"),
        "own-domain": _("rule: their own domain"),
        "first-seen": _("rule: met first"),
        "no-longer": _("weighed anew"),
        "same-device": _("rule: same device, signed in"),
        "shared-device": _("rule: a device that several use"),
        "alias": _("a source says so"),
        "default": _("weights of the program"),
    }.get(name, _("weights %(name)s") % {"name": rule.replace("/", " ")})


def identifier_name(type_: str) -> str:
    """What an identifier is called."""
    return {
        "email": _("e-mail address"),
        "phone": _("telephone number"),
        "customer_number": _("customer number"),
    }.get(type_, type_.replace("_", " "))


def entry(item: Item, customer: CustomerDetail) -> records.Entry:
    """An entry of the timeline: theirs, ours, or internal."""
    if item.post is not None:
        post = item.post.post
        place = _("on this customer") if item.post.object_type == "customer" else _("in a conversation")
        href = f"/inbox/c/{item.post.object_id}/" if item.post.object_type == "conversation" else ""
        words = _("%(name)s, internally, %(place)s") % {"name": post.author_name, "place": place}
        if post.questions:
            words = f"{words}: {'; '.join(_question(each) for each in post.questions)}"
        return records.Entry(
            at=item.at, words=words, kind="internal", text=post.text, href=href, audience="internal", icon="eye-off"
        )
    if item.visit is not None:
        return visited.entry(item.visit)
    said = item.spoken
    if said is None:  # an item is one or the other
        raise ValueError("an empty entry of a timeline")
    href = f"/inbox/c/{said.conversation_id}/?m={said.id}" if said.conversation_id else ""
    where = {"channel": said.channel_name}
    if said.is_ours:
        who = said.author_name or _("The company")
        words = _("%(who)s answered on %(channel)s") % {"who": who, **where}
    elif said.is_overheard:
        words = _("Overheard on %(channel)s") % where
    else:
        words = f"{_verb(said.kind)} {_('on %(channel)s') % where}"
    text = _("Deleted by its author") if said.is_deleted else "\n".join(filter(None, (said.subject, said.text)))
    return records.Entry(
        at=item.at,
        words=words,
        kind="ours" if said.is_ours else "theirs",
        icon=KIND_ICONS.get(said.kind, ""),
        network=said.network,
        text=text,
        href=href,
        audience=said.audience,
    )


def _question(question: QuestionMark) -> str:
    states = {
        "open": _("asks %(name)s, still open"),
        "answered": _("asked %(name)s, answered"),
        "withdrawn": _("asked %(name)s, withdrawn"),
    }
    return states[question.state] % {"name": question.asked_name}


def _verb(kind: str) -> str:
    return {
        "mail": _("Wrote a mail"),
        "call": _("Called"),
        "like": _("Liked something"),
        "follow": _("Followed"),
        "share": _("Shared something"),
        "order": _("Ordered"),
        "visit": _("Visited"),
        "post": _("Posted"),
        "reply": _("Replied"),
    }.get(kind, _("Wrote"))
