"""What a reply here would do, in words, before anything is typed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from midchannel.middle.conversations.errors import ConversationNotFoundError
from midchannel.middle.conversations.models import Audience, State
from midchannel.middle.conversations.queries import seeing
from midchannel.middle.conversations.queries.listing import audience_word
from midchannel.outside.channels import queries as channels
from midchannel.outside.channels import registry
from midchannel.outside.channels.errors import UnknownNetworkError
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch

SHOWN_RECIPIENTS = 3
OLDEST_TRIED = 5


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """One audience a reply may have. `where` and `seen_by` are whole sentences."""

    value: str
    where: str
    seen_by: str


@dataclass(frozen=True, slots=True)
class ComposerState:
    """Whether one can reply, and where it would be published and by whom seen. `reason` says why not, with the remedy."""

    can_send: bool
    reason: str
    network: str
    channel_name: str
    audience: str
    where: str
    seen_by: str
    choices: tuple[AudienceChoice, ...] = ()
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on the outside of a reply: to whom, behind what, under which subject."""

    channel_id: int
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    in_reply_to: str
    references: tuple[str, ...]


def composer_state(viewer: Viewer, conversation_id: int) -> ComposerState:
    """What the composer says. The first of `choices` is the audience used when none is named. Raises ConversationNotFoundError."""
    audience, state, channel_id, network, channel_name, address = _place(viewer, conversation_id)
    people = _people(conversation_id)
    choices = tuple(
        AudienceChoice(audience_word(each), _where(each, channel_name, address), _seen_by(each, people, channel_name))
        for each in _audiences(audience, network)
    )
    reason = ""
    if state == State.SPAM:
        reason = _("This is marked as spam. Say that it is not before you answer.")
    elif not choices:
        reason = _("This channel is a public place; what is private cannot be answered there.")
    first = choices[0] if choices else AudienceChoice(audience_word(audience), "", "")
    reason = reason or channels.why_not_send(channel_id, is_public=first.value == "public")
    return ComposerState(
        can_send=not reason,
        reason=reason,
        network=network,
        channel_name=channel_name,
        audience=first.value,
        where=first.where,
        seen_by=first.seen_by,
        choices=choices,
        recipients=tuple(name for _address, name in people),
    )


def _place(viewer: Viewer, conversation_id: int) -> tuple[Any, ...]:
    rows = fetch(
        "SELECT c.audience, c.state, c.channel_id, ch.network, ch.name, ch.address FROM conversation c"
        f" JOIN channel ch ON ch.id = c.channel_id WHERE c.id = %(id)s AND {seeing.VISIBLE}",
        {**seeing.of(viewer), "id": conversation_id},
    )
    if not rows:
        raise ConversationNotFoundError
    found: tuple[Any, ...] = rows[0]
    return found


def _people(conversation_id: int) -> list[tuple[str, str]]:
    """Whoever may see what is private here, the first author first: address and name."""
    rows = fetch(
        "SELECT h.address, coalesce(nullif(k.name, h.address), nullif(h.name, ''), h.address) FROM ("
        "  SELECT c.handle_id, 0 AS place FROM conversation c WHERE c.id = %s"
        "  UNION ALL SELECT p.handle_id, p.id FROM conversation_participant p WHERE p.conversation_id = %s) AS w"
        " JOIN handle h ON h.id = w.handle_id LEFT JOIN source_record s ON s.handle_id = h.id LEFT JOIN customer k ON k.id = s.customer_id"
        " ORDER BY w.place LIMIT 100",
        [conversation_id, conversation_id],
    )
    return [(address, name) for address, name in rows]


def _audiences(audience: int, network: str) -> list[Audience]:
    """The audiences a reply may have here, the usual one first. What is private never becomes public."""
    try:
        adapter = registry.get_adapter(network)
        carries_private = registry.carries_private(network)
    except UnknownNetworkError:
        return []
    is_place_public = adapter is not None and adapter.is_public
    if audience != Audience.PUBLIC or not is_place_public:
        return [Audience.PRIVATE] if carries_private or adapter is None else []
    return [Audience.PUBLIC, *([Audience.PRIVATE] if carries_private else [])]


def _where(audience: Audience, channel_name: str, address: str) -> str:
    sender = f"{channel_name} ({address})" if address else channel_name
    if audience == Audience.PUBLIC:
        return _("Published in public through %(channel)s.") % {"channel": sender}
    return _("Sent as a private message through %(channel)s.") % {"channel": sender}


def _seen_by(audience: Audience, people: list[tuple[str, str]], channel_name: str) -> str:
    if audience == Audience.PUBLIC:
        return _("Everybody can read it.")
    names = [name for _address, name in people[:SHOWN_RECIPIENTS]]
    more = len(people) - len(names)
    if more:
        names.append(_("%(count)d more") % {"count": more})
    return _("Seen by %(people)s and your company.") % {"people": ", ".join(names)}


def address_reply(viewer: Viewer, conversation_id: int, *, is_public: bool, now: datetime) -> Envelope:
    """To whom a reply goes, behind what it stands, and its subject. Raises ConversationNotFoundError.

    It answers the newest message from outside whose words were not taken back; without one (we spoke first), our own newest.
    In private it goes to whoever wrote that, if they take part, in copy to the others who take part, and to nobody else.
    """
    _audience, _state, channel_id, _network, _name, own_address = _place(viewer, conversation_id)
    people = [address for address, _name in _people(conversation_id)]
    origin = _newest_origin(conversation_id, now=now)
    to = origin.address if origin and (is_public or origin.address in people) else people[0]
    cc = () if is_public else tuple(p for p in people if p not in (to, own_address))
    if origin:
        return Envelope(channel_id, (to,), cc, _as_answer(origin.subject), origin.external_id, origin.references)
    ours = _newest_of_ours(conversation_id)
    subject = fetch("SELECT subject FROM conversation WHERE id = %s", [conversation_id])[0][0]
    return Envelope(channel_id, (to,), cc, _as_answer(subject), ours[-1] if ours else "", tuple(ours[:-1]))


def _newest_origin(conversation_id: int, *, now: datetime) -> channels.Origin | None:
    rows = fetch(
        "SELECT id FROM message WHERE conversation_id = %s AND direction = 1 ORDER BY id DESC LIMIT %s",
        [conversation_id, OLDEST_TRIED],
    )
    return next((found for (m,) in rows if (found := channels.get_origin(m, now=now))), None)


def _newest_of_ours(conversation_id: int) -> list[str]:
    rows = fetch(
        "SELECT id FROM message WHERE conversation_id = %s AND direction = 2 ORDER BY id DESC LIMIT %s",
        [conversation_id, OLDEST_TRIED],
    )
    sent = channels.get_deliveries(m for (m,) in rows)
    return [sent[m].external_id or sent[m].external_key for (m,) in reversed(rows) if m in sent]


def _as_answer(subject: str) -> str:
    return subject if not subject or subject[:3].lower() in ("re:", "aw:") else f"Re: {subject}"
