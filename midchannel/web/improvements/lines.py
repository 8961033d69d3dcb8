"""What the templates of improvements are given."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from midchannel.inside.improvements.queries import EvidenceRow, LedgerRow
from midchannel.inside.teamwork.queries import PostItem
from midchannel.web.components import records
from midchannel.web.improvements import standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """One line of the ledger."""

    face: records.Face
    name: str
    channel: str
    asked_at: datetime
    told_at: datetime | None
    standing: str
    words: str
    icon: str
    why: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One conversation of the evidence."""

    conversation_id: int
    face: records.Face
    name: str
    line: str
    channel: str
    asked_at: datetime
    tied_by: str
    href: str


def asker_of(row: LedgerRow) -> Asker:
    """A line of the ledger."""
    message = f"?m={row.message_id}#message-{row.message_id}" if row.message_id else ""
    return Asker(
        face=records.Face(name=row.name or "?", key=row.address, network=row.network),
        name=row.name or _("Somebody whose data was erased"),
        channel=row.channel_name,
        asked_at=row.asked_at,
        told_at=row.told_at if row.standing == "told" else None,
        standing=row.standing,
        words=standings.label(row.standing),
        icon=standings.icon(row.standing),
        why=standings.why(row) if row.standing in {"owed", "unknown"} else "",
        href=f"/inbox/c/{row.conversation_id}/{message}",
    )


def piece_of(row: EvidenceRow) -> Piece:
    """A conversation that asks."""
    return Piece(
        conversation_id=row.conversation_id,
        face=records.Face(name=row.name or "?", key=row.name, network=row.network),
        name=row.name,
        line=row.line,
        channel=row.channel_name,
        asked_at=row.asked_at,
        tied_by=row.tied_by_name,
        href=f"/inbox/c/{row.conversation_id}/",
    )


def post_of(post: PostItem) -> records.Bubble:
    """An internal post, unmistakably inside."""
    open_ones = [question for question in post.questions if question.state == "open"]
    asked = ", ".join(question.asked_name for question in open_ones)
    return records.Bubble(
        id=f"post-{post.id}",
        author=records.Face(name=post.author_name, key=post.author_name),
        audience="internal",
        at=post.at,
        side="ours",
        text=post.text,
        seen_by=_("Waiting for %s") % asked if asked else _("Only colleagues see this"),
        is_question=bool(post.questions),
        is_answered=bool(post.questions) and not open_ones,
    )
