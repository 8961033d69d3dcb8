"""Mentions: kept on the arrival path, taken up or passed over by people, removed with their activities."""

from collections.abc import Sequence
from datetime import datetime

from midchannel.outside.listening.actions import hitting
from midchannel.outside.listening.errors import MentionNotFoundError, NotOverheardError
from midchannel.outside.listening.events import MentionTakenUp
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.platform.events import actions as events

NEW, TAKEN, PASSED = "new", "taken", "passed"


def note_mentions(channel_id: int, activity_ids: Sequence[int]) -> None:
    """Keep what was only overheard, on the arrival path. Nothing more happens until somebody takes a mention up."""
    if activity_ids:
        execute(
            "INSERT INTO mention (activity_id, channel_id, state) SELECT id, %s, 'new' FROM unnest(%s::bigint[]) AS id"
            " ON CONFLICT DO NOTHING",
            [channel_id, array(activity_ids)],
        )


def await_searching(channel_id: int, new_ids: Sequence[int], edited: Sequence[int] = ()) -> None:
    """Note that a batch of a channel is to be searched, on the arrival path: one narrow row, in the batch's transaction."""
    if new_ids or edited:
        execute(
            "INSERT INTO search_waiting (channel_id, first_id, last_id, edited) VALUES (%s, %s, %s, %s::bigint[])",
            [channel_id, min(new_ids, default=0), max(new_ids, default=-1), array(edited)],
        )


def note_taken_up(
    activity_id: int,
    *,
    actor: Actor,
    conversation_id: int,
    search_id: int | None = None,
    scope_ids: tuple[int, ...] = (),
    now: datetime,
) -> None:
    """A mention became a conversation; the caller holds its row (`hold`)."""
    execute(
        "UPDATE mention SET state = %s, decided_by_id = %s, decided_at = %s, by_search_id = %s WHERE activity_id = %s",
        [TAKEN, actor.user_id, now, search_id, activity_id],
    )
    audit.record(
        actor,
        "mention.take_up",
        object_type="mention",
        object_id=activity_id,
        now=now,
        conversation_id=conversation_id,
        search_id=search_id,
    )
    events.emit(
        MentionTakenUp(
            object_id=activity_id,
            scope_ids=scope_ids,
            conversation_id=str(conversation_id),
            search_id=str(search_id or ""),
        ),
        now=now,
    )


def hold(activity_id: int) -> str:
    """Lock a mention until the transaction ends; returns its state. Raises NotOverheardError, MentionNotFoundError."""
    rows = fetch("SELECT state FROM mention WHERE activity_id = %s FOR UPDATE", [activity_id])
    if rows:
        return str(rows[0][0])
    if fetch("SELECT 1 FROM message WHERE id = %s", [activity_id]):
        raise NotOverheardError
    raise MentionNotFoundError


def note_dismissed(actor: Actor, activity_id: int, *, is_passed: bool, now: datetime) -> None:
    """Pass a mention over, or put it back; one that was taken up stays so. The caller has proved the right to see it."""
    before, after = (NEW, PASSED) if is_passed else (PASSED, NEW)
    changed = execute(
        "UPDATE mention SET state = %s, decided_by_id = %s, decided_at = %s WHERE activity_id = %s AND state = %s",
        [after, actor.user_id, now, activity_id, before],
    )
    if changed:
        audit.record(actor, f"mention.{after}", object_type="mention", object_id=activity_id, now=now)


def remove_mentions(activity_ids: Sequence[int]) -> dict[str, int]:
    """Remove mentions and hits of activities that go; hours keep their counts. Returns how many, by table. In the caller's transaction."""
    wanted = array(activity_ids)
    counts = {
        table: execute(f"DELETE FROM {table} WHERE activity_id = ANY(%s::bigint[])", [wanted])
        for table in ("mention", "search_hit")
    }
    if activity_ids:
        counts["rising_term"] = execute(
            "UPDATE rising_term SET activity_ids = (SELECT coalesce(array_agg(i ORDER BY i DESC), '{}')"
            " FROM unnest(activity_ids) AS i WHERE i <> ALL(%s::bigint[])) WHERE activity_ids && %s::bigint[]",
            [wanted, wanted],
        )
    return counts


def take_back_hits(activity_ids: Sequence[int]) -> None:
    """The same for what goes as if it had never come: its hours are counted anew without it."""
    rows = fetch(
        "DELETE FROM search_hit WHERE activity_id = ANY(%s::bigint[]) RETURNING search_id, at", [array(activity_ids)]
    )
    remove_mentions(activity_ids)
    hitting.recount({(search_id, hitting.hour_at(at)) for search_id, at in rows}, is_less=True)
