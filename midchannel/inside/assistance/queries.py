"""What was asked for a conversation and what came of it, for whoever sees the conversation; the endpoint, for administrators."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from midchannel.engines.assistance.asking import Purpose
from midchannel.inside.assistance.errors import AssistanceNotFoundError
from midchannel.inside.assistance.models import ONE, Assistance, Endpoint, SpentDay
from midchannel.middle.conversations import queries as conversations
from midchannel.platform import secrets
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import check_administrator

# Why something came to nothing, by the word kept.
REASONS = {
    "off": _("It was switched off in the settings."),
    "gone": _("You do not see this conversation any more, or its messages are gone."),
    "empty": _("There is no text to work with."),
    "budget": _("The budget of tokens for today is used up."),
    "interrupted": _("It was interrupted twice."),
    "server": _("The machine could not be asked."),
}


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """The endpoint, without its key."""

    url: str
    model: str
    has_key: bool
    timeout_seconds: int
    tokens_a_day: int
    purposes: frozenset[Purpose]
    checked_at: datetime | None
    trouble: str


@dataclass(frozen=True, slots=True)
class Access:
    """What the loop needs to ask."""

    url: str
    model: str
    key: str
    timeout_seconds: int
    tokens_a_day: int
    purposes: frozenset[Purpose]


@dataclass(frozen=True, slots=True)
class AssistanceRow:
    """Something asked. `state`: waiting, asked, done, nothing, failed; `reason` in words, `detail` what the server said (from strangers).

    `text` is plain text by a machine; `source_ids` are the messages it was made from.
    """

    id: int
    purpose: Purpose
    message_id: int | None
    state: str
    asked_by_name: str
    asked_at: datetime
    text: str
    source_ids: tuple[int, ...]
    reason: str
    detail: str

    @property
    def is_open(self) -> bool:
        """Whether something may still come."""
        return self.state in {"waiting", "asked"}


def get_endpoint(viewer: Viewer) -> EndpointRow | None:
    """The endpoint, if one was named. Raises NotAdministratorError."""
    check_administrator(viewer)
    row = Endpoint.objects.filter(pk=ONE).first()
    if row is None:
        return None
    return EndpointRow(
        row.url, row.model, row.sealed is not None, row.timeout_seconds, row.tokens_a_day, _purposes(row), row.checked_at, row.trouble
    )  # fmt: skip


def count_spent(viewer: Viewer, *, now: datetime) -> int:
    """The tokens spent today, in UTC. Raises NotAdministratorError."""
    check_administrator(viewer)
    return SpentDay.objects.filter(day=now.date()).values_list("tokens", flat=True).first() or 0


def list_purposes(viewer: Viewer) -> frozenset[Purpose]:
    """What may be asked for; everybody of the company may know."""
    row = Endpoint.objects.filter(pk=ONE).first()
    return _purposes(row) if row else frozenset()


def list_assistances(viewer: Viewer, conversation_id: int) -> list[AssistanceRow]:
    """What was asked for a conversation within the day, newest first. Raises ConversationNotFoundError."""
    conversations.get_conversation(viewer, conversation_id)
    return [_row(each) for each in Assistance.objects.filter(conversation_id=conversation_id).order_by("-id")[:20]]


def get_assistance(viewer: Viewer, conversation_id: int, assistance_id: int) -> AssistanceRow:
    """One of them. Raises ConversationNotFoundError, AssistanceNotFoundError."""
    conversations.get_conversation(viewer, conversation_id)
    found = Assistance.objects.filter(pk=assistance_id, conversation_id=conversation_id).first()
    if found is None:
        raise AssistanceNotFoundError
    return _row(found)


def open_endpoint() -> Access | None:
    """The endpoint with its key, for the loop."""
    row = Endpoint.objects.filter(pk=ONE).first()
    if row is None:
        return None
    key = secrets.unseal(bytes(row.sealed), place=place_of(row.url)) if row.sealed else ""
    return Access(row.url, row.model, key, row.timeout_seconds, row.tokens_a_day, _purposes(row))


def place_of(url: str) -> str:
    """What the key is bound to: this address and no other."""
    return f"assistance_endpoint.sealed:{ONE}:{url}"


def _purposes(row: Endpoint) -> frozenset[Purpose]:
    switches = {
        Purpose.SUMMARY: row.is_summary_on,
        Purpose.REPLY: row.is_reply_on,
        Purpose.TRANSLATION: row.is_translation_on,
    }
    return frozenset(purpose for purpose, is_on in switches.items() if is_on)


def _row(row: Assistance) -> AssistanceRow:
    return AssistanceRow(
        id=row.pk, purpose=Purpose(row.purpose), message_id=row.message_id, state=row.state, asked_by_name=row.asked_by_name,
        asked_at=row.asked_at, text=row.text, source_ids=tuple(row.source_ids), reason=str(REASONS.get(row.reason, "")), detail=row.detail,
    )  # fmt: skip
