"""Who turned to whom is written down, from the batches that arrived, by the events that told of them; each once, whatever is repeated."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from midchannel.insight.social.models import TalkKind
from midchannel.outside.channels import queries as channels
from midchannel.outside.channels.queries import talking
from midchannel.outside.channels.queries.talking import Said
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.platform.events import queries as events

# Small: other listeners wait for events as long as this transaction is open.
PORTION = 10
AWAITED = timedelta(days=14)
REPLY, MENTION, SHARE = map(int, (TalkKind.REPLY, TalkKind.MENTION, TalkKind.SHARE))

Row = tuple[int, int, int, datetime, int]


@transaction.atomic
def hear(*, limit: int = PORTION) -> bool:
    """Take the next events and note who spoke to whom in them. True when there may be more. One at a time: the state's row is the lock."""
    execute("INSERT INTO social_state (id, event_id) VALUES (1, 0) ON CONFLICT DO NOTHING")
    found = fetch("SELECT event_id FROM social_state WHERE id = 1 FOR UPDATE SKIP LOCKED")
    if not found:
        return False
    portion = events.list_after(found[0][0], limit=limit)
    for event in portion:
        if event.kind == "messages.arrived":
            first_id, last_id = int(event.body["first_id"]), int(event.body["last_id"])
            _note(event.object_id, talking.list_public_talk(event.object_id, first_id, last_id))
    if portion:
        execute("UPDATE social_state SET event_id = %s WHERE id = 1", [portion[-1].id])
    return len(portion) == limit


def _note(channel_id: int, said: Sequence[Said]) -> None:
    if not said:
        return
    targets = channels.find_activities({key for each in said for key in (*each.answers, each.passes_on) if key})
    speakers = talking.find_speakers(targets.values())
    named = _named(channel_id, said)
    rows: dict[tuple[int, int], Row] = {}
    awaited = []
    for each in said:
        parent = next((targets[key] for key in each.answers if key in targets), None)
        if parent is None and each.answers:
            awaited.append((each.answers[0], each.activity_id, each.handle_id, each.at))
        turned = [(speakers.get(parent or 0), REPLY), (speakers.get(targets.get(each.passes_on, 0)), SHARE)]
        turned += [(handle_id, MENTION) for handle_id in named.get(each.activity_id, ())]
        for handle_id, kind in turned:
            if handle_id is not None and handle_id != each.handle_id:
                rows.setdefault(
                    (each.activity_id, handle_id), (each.activity_id, handle_id, each.handle_id, each.at, kind)
                )
    _write(rows.values())
    if awaited:
        execute(
            "INSERT INTO talk_awaited (key, activity_id, from_id, at)"
            " SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::timestamptz[]) ON CONFLICT DO NOTHING",
            [list(column) for column in zip(*awaited, strict=True)],
        )


def _named(channel_id: int, said: Sequence[Said]) -> dict[int, list[int]]:
    """Whom each names, as handles of the channel's network; the company itself is nobody to listen to."""
    spelled = [each for each in said if each.names]
    if not spelled:
        return {}
    channel = fetch("SELECT network, lower(address) FROM channel WHERE id = %s", [channel_id])
    network, own = channel[0] if channel else ("", "")
    hosts = {
        handle_id: address.rpartition("@")[2]
        for handle_id, address in talking.get_addresses({each.handle_id for each in spelled}).items()
        if address.count("@") > 0
    }
    wanted = {each.activity_id: _spellings(each, hosts.get(each.handle_id, "")) for each in spelled}
    handles = talking.find_handles(network, {name for names in wanted.values() for name in names})
    ours = {own, own.removeprefix("@"), own.rpartition("@")[0]} - {""}
    return {
        activity_id: list(
            dict.fromkeys(
                handle_id
                for name in names
                if name.lower() not in ours and (handle_id := handles.get(name) or handles.get(name.lower()))
            )
        )
        for activity_id, names in wanted.items()
    }


def _spellings(said: Said, host: str) -> list[str]:
    """The addresses a name may stand for: as it is, without its @, and at the host of whoever wrote it."""
    found = []
    for name in said.names:
        found += [name, name.removeprefix("@")]
        if host and name.startswith("@") and name.count("@") == 1:
            found += [f"{name}@{host}", f"{name[1:]}@{host}"]
    return found


def _write(rows: Iterable[Row]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        execute(
            "INSERT INTO talk (activity_id, to_id, from_id, at, kind)"
            " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::smallint[]) ON CONFLICT DO NOTHING",
            columns,
        )


@transaction.atomic
def hear_late(*, now: datetime) -> int:
    """Replies whose parent came after them find it now; after two weeks it is not waited for any longer. Returns how many were found."""
    rows = fetch(
        "SELECT w.key, w.activity_id, w.from_id, w.at, s.activity_id FROM talk_awaited w JOIN seen s ON s.key = w.key"
    )
    speakers = talking.find_speakers({row[4] for row in rows})
    _write(
        (activity_id, speakers[parent], from_id, at, REPLY)
        for _key, activity_id, from_id, at, parent in rows
        if parent in speakers and speakers[parent] != from_id
    )
    execute(
        "DELETE FROM talk_awaited WHERE at < %s OR key = ANY(%s::uuid[])",
        [now - AWAITED, array(row[0].hex for row in rows)],
    )
    return len(rows)
