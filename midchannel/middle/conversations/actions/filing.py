"""Activities become messages in threads, for a batch, inside the transaction of `usecases.arrive`.

A worker holds the channel's lock, so a reply and what it answers are never filed at the same moment by two.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from midchannel.middle.conversations.actions import joining
from midchannel.middle.conversations.models import Audience, Direction, State
from midchannel.platform import ids
from midchannel.platform.database.bulk import NULL, array, copy_lines, escaped, execute, fetch, moment

IN, OUT = int(Direction.IN), int(Direction.OUT)
PUBLIC, PRIVATE = int(Audience.PUBLIC), int(Audience.PRIVATE)
OPEN, SPAM = int(State.OPEN), int(State.SPAM)
RESOLVED = int(State.RESOLVED)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a channel's conversations belong: who sees them, where they wait, and by when they want an answer and an end."""

    channel_id: int
    scope_id: int | None = None
    queue_id: int | None = None
    first_answer: timedelta | None = None
    resolution: timedelta | None = None


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """One activity that says something. `key` is its own in `channels.Seen`, `parents` those it stands under, best first.

    `conversation_id` names a thread outright (a signed plus-address). `continues` joins the open private talk with the same person on the
    same channel, as chats do. `is_blocked` files it as spam; `is_automatic` never opens or re-opens anything.
    """

    id: int
    key: str
    handle_id: int
    at: datetime
    subject: str = ""
    is_private: bool = False
    is_outgoing: bool = False
    is_automatic: bool = False
    is_blocked: bool = False
    continues: bool = False
    parents: tuple[str, ...] = ()
    conversation_id: int | None = None
    participants: tuple[int, ...] = ()


class Thread(msgspec.Struct):
    """A conversation while a batch is filed into it: as it was, and what the batch adds."""

    id: int
    handle_id: int
    state: int
    is_new: bool
    subject: str = ""
    audience: int = PUBLIC
    opened_at: datetime | None = None
    opened_by_us: bool = False
    last_id: int = 0
    last_in_id: int | None = None
    reopened: bool = False
    wakes: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """What a batch did: the conversations opened, re-opened and touched, those joined into another; `received`: messages from outside."""

    opened: list[int] = field(default_factory=list)
    reopened: list[int] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    received: list[int] = field(default_factory=list)


def file_messages(place: Place, batch: Sequence[Incoming], activity_of: dict[str, int], *, now: datetime) -> Filed:
    """File a batch: each message joins the thread of its parent, or its open chat, or opens a conversation.

    `activity_of` maps keys (of parents) to message ids where they have arrived. A reply whose parent is not there yet opens a conversation
    and is remembered; when the parent arrives, it finds it.
    """
    batch = sorted(batch, key=lambda incoming: incoming.id)
    awaiting = _awaiting([incoming.key for incoming in batch])
    stored = list(awaiting)
    known = _known_threads(place, batch, activity_of, awaiting)
    desk = _Desk(place, known, ids.take_many(len(batch), now=now) if batch else [], awaiting)
    messages, participants, orphans = [], [], []
    for incoming in batch:
        thread = desk.thread_for(incoming)
        if thread is None:
            continue
        desk.add(thread, incoming)
        direction = OUT if incoming.is_outgoing else IN
        messages.append(f"{incoming.id}\t{thread.id}\t{direction}\t{PRIVATE if incoming.is_private else PUBLIC}\t\n")
        participants += [(thread.id, other) for other in incoming.participants if other != thread.handle_id]
        if incoming.parents and not desk.found_parent:
            orphans.append((incoming, thread))
            for key in incoming.parents:
                awaiting.setdefault(key, []).append(thread.id)
    desk.write(now=now)
    copy_lines("message", ("id", "conversation_id", "direction", "audience", "body"), messages)
    awaited = [(k, orphan.id) for orphan, _ in orphans if not desk.has_any(orphan.parents) for k in orphan.parents]
    _remember(participants, awaited)
    joined = joining.join(desk.joins, now=now) if desk.joins else []
    if stored:
        execute("DELETE FROM awaited_parent WHERE key = ANY(%s::uuid[])", [array(stored)])
    return desk.result(joined)


class _Desk:
    """The threads a batch is filed into."""

    def __init__(self, place: Place, known: "_Known", new_ids: list[int], awaiting: dict[str, list[int]]) -> None:
        self.place = place
        self.known = known
        self.new_ids = iter(new_ids)
        self.by_key: dict[str, Thread] = {}
        self.used: dict[int, Thread] = {}
        self.received: list[int] = []
        self.awaiting = awaiting
        self.joins: list[tuple[int, int]] = []
        self.found_parent = False

    def has_any(self, keys: Sequence[str]) -> bool:
        """Whether one of these messages is of this batch."""
        return any(key in self.by_key for key in keys)

    def thread_for(self, incoming: Incoming) -> Thread | None:
        """The thread a message belongs to; a new one where none is found; None when it belongs nowhere (a machine's answer to nothing).

        Threads that waited for this message are one with it from now on.
        """
        thread = self._by_parent(incoming)
        self.found_parent = thread is not None
        if thread is None and incoming.continues:
            thread = self.known.chats.get((incoming.handle_id, incoming.is_private))
        waiting = self._waiting_for(incoming.key) if self.awaiting else []
        if thread is None and waiting:
            thread = waiting[0]
        if thread is None:
            if incoming.is_automatic or (incoming.is_outgoing and not incoming.participants):
                return None
            thread = self._open(incoming)
        self.by_key[incoming.key] = thread
        self.used[thread.id] = thread
        self.joins += [(orphan.id, thread.id) for orphan in waiting if orphan is not thread]
        return thread

    def _waiting_for(self, key: str) -> list[Thread]:
        threads = [self.used.get(each) or self.known.threads.get(each) for each in self.awaiting.get(key, ())]
        return [thread for thread in threads if thread is not None]

    def _by_parent(self, incoming: Incoming) -> Thread | None:
        if incoming.conversation_id and incoming.conversation_id in self.known.threads:
            return self.known.threads[incoming.conversation_id]
        for key in incoming.parents:
            thread = self.by_key.get(key) or self.known.by_key.get(key)
            if thread:
                return thread
        return None

    def _open(self, incoming: Incoming) -> Thread:
        person = incoming.participants[0] if incoming.is_outgoing else incoming.handle_id
        thread = Thread(
            id=next(self.new_ids),
            handle_id=person,
            state=SPAM if incoming.is_blocked else RESOLVED if incoming.is_outgoing else OPEN,
            is_new=True,
            subject=incoming.subject,
            audience=PRIVATE if incoming.is_private else PUBLIC,
            opened_at=incoming.at,
            opened_by_us=incoming.is_outgoing,
        )
        if incoming.continues:
            self.known.chats[person, incoming.is_private] = thread
        return thread

    def add(self, thread: Thread, incoming: Incoming) -> None:
        """Count a message into its thread. What a person says wakes it; what a machine or we say does not."""
        thread.last_id = incoming.id  # a batch is filed in the order of its ids
        if incoming.is_outgoing:
            return
        self.received.append(incoming.id)
        thread.last_in_id = incoming.id
        if not (incoming.is_automatic or incoming.is_blocked):
            thread.wakes = True
            if thread.state not in (OPEN, SPAM):
                thread.reopened = thread.state == RESOLVED
                thread.state = OPEN

    def write(self, *, now: datetime) -> None:
        """Write the new threads by COPY, and what changed on the known ones in one statement."""
        new = [t for t in self.used.values() if t.is_new]
        old = sorted((t for t in self.used.values() if not t.is_new), key=lambda t: t.id)
        if new:
            clocks = "\t".join(
                (moment(now), self._due(self.place.first_answer, now), self._due(self.place.resolution, now))
            )
            copy_lines("conversation", NEW_COLUMNS, (self._line(thread, clocks) for thread in new))
        if old:
            execute(UPDATE_KNOWN, [now, *_columns(old)])

    def _line(self, thread: Thread, clocks: str) -> str:
        """A new conversation as COPY takes it. `clocks`: since when it waits and until when, for one that somebody has to take up."""
        place = self.place
        return (
            f"{thread.id}\t{place.scope_id or NULL}\t{place.queue_id or NULL}\t{place.channel_id}\t{thread.handle_id}"
            f"\t{thread.audience}\t{thread.state}\t{escaped(thread.subject)}\t0\t{thread.opened_by_us}\t{thread.last_id}"
            f"\t{thread.last_in_id or NULL}\t{moment(thread.opened_at) if thread.opened_at else NULL}"
            f"\t{clocks if thread.wakes and thread.state == OPEN else NO_CLOCKS}\n"
        )

    @staticmethod
    def _due(within: timedelta | None, now: datetime) -> str:
        return moment(now + within) if within else NULL

    def result(self, joined: list[int]) -> Filed:
        """What was done."""
        gone = set(joined)
        live = [t for t in self.used.values() if t.id not in gone]
        return Filed(
            opened=[t.id for t in live if t.is_new and t.state == OPEN],
            reopened=[t.id for t in live if t.reopened],
            touched=[t.id for t in live],
            joined=joined,
            received=self.received,
        )


NEW_COLUMNS = (
    "id",
    "scope_id",
    "queue_id",
    "channel_id",
    "handle_id",
    "audience",
    "state",
    "subject",
    "owner_epoch",
    "opened_by_us",
    "last_message_id",
    "last_in_id",
    "opened_at",
    "waiting_since",
    "first_answer_due_at",
    "resolution_due_at",
)
NO_CLOCKS = "\t".join([NULL] * 3)

UPDATE_KNOWN = """
UPDATE conversation c SET
    state = n.state, last_message_id = greatest(c.last_message_id, n.last_id), last_in_id = greatest(c.last_in_id, nullif(n.last_in_id, 0)),
    waiting_since = CASE WHEN n.wakes THEN coalesce(c.waiting_since, %s) ELSE c.waiting_since END,
    resolved_at = CASE WHEN n.state = 1 THEN NULL ELSE c.resolved_at END,
    snoozed_until = CASE WHEN n.state = 1 THEN NULL ELSE c.snoozed_until END
FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::boolean[]) AS n(id, state, last_id, last_in_id, wakes)
WHERE c.id = n.id
"""


def _columns(threads: list[Thread]) -> list[str]:
    return [
        array(t.id for t in threads),
        array(t.state for t in threads),
        array(t.last_id for t in threads),
        array(t.last_in_id or 0 for t in threads),
        array("t" if t.wakes else "f" for t in threads),
    ]


@dataclass(slots=True)
class _Known:
    """Threads a batch may join: by the key of a message in them, by id, and open chats by (handle, is private)."""

    threads: dict[int, Thread] = field(default_factory=dict)
    by_key: dict[str, Thread] = field(default_factory=dict)
    chats: dict[tuple[int, bool], Thread] = field(default_factory=dict)


def _known_threads(
    place: Place, batch: list[Incoming], activity_of: dict[str, int], awaiting: dict[str, list[int]]
) -> _Known:
    """Fetch and lock (in the order of their ids) every conversation that a message of the batch may join."""
    of_message: dict[int, int] = {}
    if activity_of:
        of_message = dict(
            fetch(
                "SELECT id, conversation_id FROM message WHERE id = ANY(%s::bigint[])",
                [array(set(activity_of.values()))],
            )
        )
    chatting = sorted({incoming.handle_id for incoming in batch if incoming.continues})
    chats = []
    if chatting:
        chats = fetch(
            "SELECT DISTINCT ON (handle_id, audience) handle_id, audience, id FROM conversation"
            " WHERE handle_id = ANY(%s::bigint[]) AND channel_id = %s AND state IN (1, 2, 3) AND joined_into_id IS NULL"
            " ORDER BY handle_id, audience, id DESC",
            [array(chatting), place.channel_id],
        )
    named = {incoming.conversation_id for incoming in batch if incoming.conversation_id}
    orphans = {c for each in awaiting.values() for c in each}
    wanted = set(of_message.values()) | {c for _, _, c in chats} | named | orphans
    if not wanted:
        return _Known()
    rows = fetch(
        "SELECT id, handle_id, state FROM conversation WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
        [array(wanted)],
    )
    threads = {identifier: Thread(identifier, handle_id, state, is_new=False) for identifier, handle_id, state in rows}
    by_key = {
        key: threads[of_message[m]] for key, m in activity_of.items() if m in of_message and of_message[m] in threads
    }
    open_chats = {(handle_id, audience == PRIVATE): threads[c] for handle_id, audience, c in chats if c in threads}
    return _Known(threads, by_key, open_chats)


def _awaiting(keys: list[str]) -> dict[str, list[int]]:
    """Conversations that wait for one of these messages: key to their ids, oldest first."""
    rows = fetch(
        "SELECT a.key, m.conversation_id FROM awaited_parent a JOIN message m ON m.id = a.message_id"
        " WHERE a.key = ANY(%s::uuid[]) ORDER BY a.message_id",
        [array(keys)],
    )
    waiting: dict[str, list[int]] = {}
    for key, conversation_id in rows:
        waiting.setdefault(key.hex, []).append(conversation_id)
    return waiting


def _remember(participants: list[tuple[int, int]], awaited: list[tuple[str, int]]) -> None:
    if participants:
        execute(
            "INSERT INTO conversation_participant (conversation_id, handle_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[])"
            " ON CONFLICT DO NOTHING",
            [array(c for c, _ in participants), array(h for _, h in participants)],
        )
    if awaited:
        execute(
            "INSERT INTO awaited_parent (key, message_id) SELECT * FROM unnest(%s::uuid[], %s::bigint[]) ON CONFLICT DO NOTHING",
            [array(key for key, _ in awaited), array(m for _, m in awaited)],
        )
