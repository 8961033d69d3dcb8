"""Reading improvements and their ledgers. Everybody sees what is asked for; who asked, only in conversations they may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.inside.improvements.errors import ImprovementNotFoundError
from midchannel.inside.improvements.models import Telling
from midchannel.middle.conversations.queries import seeing
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database import paging
from midchannel.platform.database.bulk import fetch
from midchannel.platform.database.paging import Page

# Where word to an asker stands. `a` is the asker, `d` its delivery, `i` the improvement.
STANDING = """CASE WHEN d.state IN ('sent', 'confirmed') THEN 'told' WHEN d.state = 'unknown' THEN 'unknown'
    WHEN d.state IN ('queued', 'sending') THEN 'on_its_way' WHEN a.message_id IS NULL AND a.telling_id IS NOT NULL AND a.reason = ''
    THEN 'on_its_way' ELSE 'owed' END"""
FROM_LEDGER = """improvement_asker a JOIN improvement i ON i.id = a.improvement_id LEFT JOIN conversation c ON c.id = a.conversation_id
    LEFT JOIN handle h ON h.id = a.handle_id LEFT JOIN delivery d ON d.message_id = a.message_id"""
STANDINGS = ("told", "on_its_way", "unknown", "owed")
ASKERS = "(SELECT count(*) FROM improvement_asker a WHERE a.improvement_id = i.id)"


@dataclass(frozen=True, slots=True)
class ImprovementRow:
    """An improvement in a list."""

    id: int
    title: str
    state: str
    owner_id: int
    owner_name: str
    askers: int
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class ImprovementDetail:
    """An improvement. `may_tell` when the viewer may approve words for those who asked."""

    id: int
    title: str
    change: str
    state: str
    owner_id: int
    owner_name: str
    created_by_name: str
    created_at: datetime
    done_at: datetime | None
    may_tell: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """How many asked, and where word to them stands. `hidden` asked teams the viewer is not in; they are among the others."""

    told: int
    on_its_way: int
    unknown: int
    owed: int
    hidden: int

    @property
    def asked(self) -> int:
        """Everybody who asked."""
        return self.told + self.on_its_way + self.unknown + self.owed


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One who asked. `standing` is one of `STANDINGS`; `reason` is a sentence for whoever is owed, `cause` a word for machines:
    not_done, not_approved, cannot, failed, withdrawn, or empty.
    """

    asker_id: int
    improvement_id: int
    title: str
    conversation_id: int
    handle_id: int
    name: str
    address: str
    network: str
    channel_name: str
    asked_at: datetime
    standing: str
    cause: str
    reason: str
    told_at: datetime | None
    message_id: int | None


@dataclass(frozen=True, slots=True)
class ChannelEvidence:
    """Conversations of one channel that ask for it."""

    channel_id: int
    channel_name: str
    network: str
    conversations: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A conversation that asks for it."""

    conversation_id: int
    name: str
    line: str
    network: str
    channel_name: str
    asked_at: datetime
    tied_by_name: str


@dataclass(frozen=True, slots=True)
class Words:
    """Words that were approved."""

    id: int
    text: str
    approved_by_name: str
    approved_at: datetime
    askers: int


@dataclass(frozen=True, slots=True)
class Recipients:
    """Those who would be told on one channel, with a name to show the words with."""

    channel_id: int
    channel_name: str
    network: str
    count: int
    example: str
    can_send: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Closure:
    """Of those who asked for what is done: how many have been told."""

    told: int
    asked: int


def list_improvements(
    viewer: Viewer, *, state: str = "", text: str = "", cursor: str | None = None, limit: int = 50
) -> Page[ImprovementRow]:
    """Improvements, most asked for first; `state` and words of the title narrow."""
    limit = paging.check_limit(limit)
    before = paging.decode_cursor(cursor, int, int)
    conditions = ["true"]
    values: list[object] = []
    if state:
        conditions.append("r.state = %s")
        values.append(state)
    for word in text.split()[:8]:
        conditions.append("r.title ILIKE %s")
        values.append("%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
    if before:
        conditions.append("(r.askers, r.id) < (%s, %s)")
        values += before
    rows = fetch(
        "SELECT r.* FROM (SELECT i.id, i.title, i.state, i.owner_id, coalesce(u.name, ''), "
        f"{ASKERS} AS askers, i.created_at, i.done_at FROM improvement i LEFT JOIN account_user u ON u.id = i.owner_id) r"
        f" WHERE {' AND '.join(conditions)} ORDER BY r.askers DESC, r.id DESC LIMIT {limit + 1}",
        values,
    )
    return paging.cut([ImprovementRow(*row) for row in rows], limit, lambda row: (row.askers, row.id))


def count_states(viewer: Viewer) -> dict[str, int]:
    """How many improvements are in each state."""
    return dict(fetch("SELECT state, count(*) FROM improvement GROUP BY state"))


def get_improvement(viewer: Viewer, improvement_id: int) -> ImprovementDetail:
    """One improvement. Raises ImprovementNotFoundError."""
    rows = fetch(
        "SELECT i.id, i.title, i.change, i.state, i.owner_id, coalesce(o.name, ''), coalesce(b.name, ''), i.created_at, i.done_at"
        " FROM improvement i LEFT JOIN account_user o ON o.id = i.owner_id LEFT JOIN account_user b ON b.id = i.created_by_id"
        " WHERE i.id = %s",
        [improvement_id],
    )
    if not rows:
        raise ImprovementNotFoundError
    may_tell = not viewer.is_machine and (viewer.is_lead or viewer.user_id == rows[0][4])
    return ImprovementDetail(*(*rows[0], may_tell))


def list_of_conversation(viewer: Viewer, conversation_id: int) -> list[ImprovementRow]:
    """What a conversation is tied to; the caller has proven that the viewer may see it."""
    rows = fetch(
        f"SELECT i.id, i.title, i.state, i.owner_id, coalesce(u.name, ''), {ASKERS}, i.created_at, i.done_at FROM improvement_evidence e"
        " JOIN improvement i ON i.id = e.improvement_id LEFT JOIN account_user u ON u.id = i.owner_id WHERE e.conversation_id = %s"
        " ORDER BY e.tied_at",
        [conversation_id],
    )
    return [ImprovementRow(*row) for row in rows]


def get_ledger(viewer: Viewer, improvement_id: int) -> Ledger:
    """The ledger's numbers; those of all teams, since everybody is owed an answer, with how many the viewer cannot see."""
    rows = fetch(
        f"SELECT {STANDING} AS standing, count(*), count(*) FILTER (WHERE {seeing.VISIBLE} IS NOT TRUE) FROM {FROM_LEDGER}"
        " WHERE a.improvement_id = %(improvement)s GROUP BY 1",
        {**seeing.of(viewer), "improvement": improvement_id},
    )
    counts = {standing: count for standing, count, _ in rows}
    return Ledger(**{s: counts.get(s, 0) for s in STANDINGS}, hidden=sum(hidden for _, _, hidden in rows))


def list_ledger(
    viewer: Viewer,
    *,
    improvement_id: int | None = None,
    standing: str = "",
    only_done: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[LedgerRow]:
    """Who asked, first asked first: those in conversations the viewer may see; of one improvement, or of all that are done."""
    limit = paging.check_limit(limit)
    after = paging.decode_cursor(cursor, int)
    conditions = [seeing.VISIBLE]
    values: dict[str, Any] = seeing.of(viewer)
    if improvement_id is not None:
        conditions.append("a.improvement_id = %(improvement)s")
        values["improvement"] = improvement_id
    if only_done:
        conditions.append("i.state = 'done'")
    if standing:
        conditions.append(f"{STANDING} = %(standing)s")
        values["standing"] = standing
    if after:
        conditions.append("a.id > %(after)s")
        values["after"] = after[0]
    rows = fetch(
        "SELECT a.id, i.id, i.title, a.conversation_id, a.handle_id, coalesce(nullif(h.name, ''), h.address, ''),"
        " coalesce(h.address, ''), n.network, n.name, a.asked_at,"
        f" {STANDING}, CASE WHEN d.state = 'failed' THEN 'failed' WHEN d.state = 'withdrawn' THEN 'withdrawn'"
        " WHEN a.reason <> '' THEN 'cannot'"
        " WHEN a.message_id IS NOT NULL OR a.telling_id IS NOT NULL THEN '' WHEN i.state <> 'done' THEN 'not_done' ELSE 'not_approved' END,"
        " coalesce(nullif(d.reason, ''), a.reason), coalesce(d.settled_at, a.told_at), a.message_id"
        f" FROM {FROM_LEDGER} JOIN channel n ON n.id = a.channel_id WHERE {' AND '.join(conditions)} ORDER BY a.id LIMIT {limit + 1}",
        values,
    )
    return paging.cut([LedgerRow(*row) for row in rows], limit, lambda row: (row.asker_id,))


def get_closure(viewer: Viewer) -> Closure:
    """Loop closure over all improvements that are done, of those who asked in conversations the viewer may see."""
    told, asked = fetch(
        f"SELECT count(*) FILTER (WHERE {STANDING} = 'told'), count(*) FROM {FROM_LEDGER} WHERE i.state = 'done' AND {seeing.VISIBLE}",
        seeing.of(viewer),
    )[0]
    return Closure(told, asked)


def list_evidence_by_channel(viewer: Viewer, improvement_id: int) -> list[ChannelEvidence]:
    """Where it is asked for, first and last when; only conversations the viewer may see."""
    rows = fetch(
        "SELECT n.id, n.name, n.network, count(*), min(e.asked_at), max(e.asked_at) FROM improvement_evidence e"
        " JOIN conversation c ON c.id = e.conversation_id JOIN channel n ON n.id = c.channel_id"
        f" WHERE e.improvement_id = %(improvement)s AND {seeing.VISIBLE} GROUP BY 1, 2, 3 ORDER BY 4 DESC, 2",
        {**seeing.of(viewer), "improvement": improvement_id},
    )
    return [ChannelEvidence(*row) for row in rows]


def list_evidence(
    viewer: Viewer, improvement_id: int, *, cursor: str | None = None, limit: int = 20
) -> Page[EvidenceRow]:
    """The conversations that ask for it, newest first."""
    limit = paging.check_limit(limit)
    before = paging.decode_cursor(cursor, int)
    values: dict[str, Any] = {**seeing.of(viewer), "improvement": improvement_id}
    behind = ""
    if before:
        behind, values["before"] = "AND c.id < %(before)s", before[0]
    rows = fetch(
        "SELECT c.id, coalesce(nullif(h.name, ''), h.address), coalesce(nullif(c.subject, ''), left(x.text, 200), ''), n.network, n.name,"
        " e.asked_at, coalesce(u.name, '') FROM improvement_evidence e JOIN conversation c ON c.id = e.conversation_id"
        " JOIN handle h ON h.id = c.handle_id JOIN channel n ON n.id = c.channel_id LEFT JOIN account_user u ON u.id = e.tied_by_id"
        " LEFT JOIN activity x ON x.id ="
        " (SELECT m.id FROM message m WHERE m.conversation_id = c.id AND m.direction = 1 ORDER BY m.id LIMIT 1)"
        f" WHERE e.improvement_id = %(improvement)s {behind} AND {seeing.VISIBLE} ORDER BY c.id DESC LIMIT {limit + 1}",
        values,
    )
    return paging.cut([EvidenceRow(*row) for row in rows], limit, lambda row: (row.conversation_id,))


def list_words(viewer: Viewer, improvement_id: int) -> list[Words]:
    """What was approved, newest first."""
    rows = fetch(
        "SELECT t.id, t.text, t.approved_by_name, t.approved_at, (SELECT count(*) FROM improvement_asker a WHERE a.telling_id = t.id)"
        " FROM improvement_telling t WHERE t.improvement_id = %s ORDER BY t.id DESC",
        [improvement_id],
    )
    return [Words(*row) for row in rows]


def list_recipients(viewer: Viewer, improvement_id: int) -> list[Recipients]:
    """Who would be told if words were approved now, by channel: everybody, whatever team they asked.

    The example is a name the viewer may see, or none.
    """
    rows = fetch(
        "SELECT n.id, n.name, n.network, count(*), coalesce(min(nullif(h.name, '')) FILTER (WHERE "
        + seeing.VISIBLE
        + "), ''),"
        " n.can_send AND n.health = 'ok', n.health_reason FROM "
        + FROM_LEDGER
        + " JOIN channel n ON n.id = a.channel_id"
        " WHERE a.improvement_id = %(improvement)s AND a.message_id IS NULL AND (a.telling_id IS NULL OR a.reason <> '')"
        " GROUP BY 1, 2, 3, 6, 7 ORDER BY 4 DESC, 2",
        {**seeing.of(viewer), "improvement": improvement_id},
    )
    return [Recipients(*row) for row in rows]


def last_words(viewer: Viewer, improvement_id: int) -> str:
    """The words approved last, to start from."""
    found = Telling.objects.filter(improvement_id=improvement_id).order_by("-pk").values_list("text", flat=True).first()
    return found or ""
