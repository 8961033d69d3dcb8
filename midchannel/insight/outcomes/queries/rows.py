"""What is behind a number: a page of rows, and how many there are in all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from midchannel.insight.facts import queries as facts
from midchannel.insight.facts.kinds import Fact
from midchannel.insight.facts.queries import FactRow
from midchannel.insight.outcomes.definitions import Measure
from midchannel.insight.outcomes.periods import Period
from midchannel.insight.outcomes.queries.now import CAP, OVERDUE_SQL, count_now
from midchannel.insight.outcomes.queries.overview import ChannelName, name_channels
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database import paging
from midchannel.platform.database.bulk import array, fetch
from midchannel.platform.database.paging import Page

LINE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindRow:
    """One row. `name` and `line` are a stranger's words, empty where `is_elsewhere`: the conversation is another team's by now."""

    at: datetime
    conversation_id: int
    message_id: int | None
    seconds: int | None
    channel: ChannelName | None
    name: str = ""
    line: str = ""
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows of a number. `total` is the number itself; `is_capped` when there are more than were counted."""

    total: int
    items: list[BehindRow]
    next_cursor: str | None
    is_capped: bool = False


def list_behind(
    viewer: Viewer,
    measure: Measure,
    period: Period,
    *,
    now: datetime,
    channel_id: int | None = None,
    own: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Behind:
    """The rows behind a measure of contacts, messages, replies or times; newest first."""
    if measure.is_now:
        return _open_now(viewer, measure, now=now, channel_id=channel_id, cursor=cursor, limit=limit)
    window = {"since": period.since, "until": period.until}
    if measure.fact == Fact.MESSAGE:
        page = facts.list_messages(viewer, **window, channel_id=channel_id, cursor=cursor, limit=limit)
    else:
        page = facts.list_rows(
            viewer, int(measure.fact or 0), **window, channel_id=channel_id, own=own, cursor=cursor, limit=limit
        )
    total = _total(viewer, int(measure.fact or 0), period, channel_id=channel_id, own=own)
    return Behind(total, _describe(viewer, page.items), page.next_cursor)


def _total(viewer: Viewer, kind: int, period: Period, *, channel_id: int | None, own: bool) -> int:
    if own:
        return facts.count_own(viewer, since=period.since, until=period.until).get(kind, 0)
    counted = facts.count_by_day(viewer, [kind], since=period.since, until=period.until, zone=period.zone)
    return sum(each.count for each in counted if channel_id in (None, each.channel_id))


def _open_now(
    viewer: Viewer, measure: Measure, *, now: datetime, channel_id: int | None, cursor: str | None, limit: int
) -> Behind:
    counts = count_now(viewer, now=now)
    by_channel = counts.overdue if measure.id == "overdue" else counts.open
    total = sum(count for each, count in by_channel.items() if channel_id in (None, each))
    page = _list_open(
        viewer, only_overdue=measure.id == "overdue", now=now, channel_id=channel_id, cursor=cursor, limit=limit
    )
    return Behind(min(total, CAP), _describe(viewer, page.items), page.next_cursor, counts.is_capped)


def _list_open(
    viewer: Viewer, *, only_overdue: bool, now: datetime, channel_id: int | None, cursor: str | None, limit: int
) -> Page[FactRow]:
    limit = paging.check_limit(limit)
    before = paging.decode_cursor(cursor, int)
    conditions = ["scope_id = s.scope", "state = t.state"]
    values: dict[str, object] = {"now": now, "scopes": array(viewer.scope_ids)}
    if only_overdue:
        conditions.append(OVERDUE_SQL)
    if channel_id is not None:
        conditions.append("channel_id = %(channel)s")
        values["channel"] = channel_id
    if before:
        conditions.append("last_message_id < %(before)s")
        values["before"] = before[0]
    rows = fetch(
        "SELECT c.last_message_id, c.id, c.channel_id FROM unnest(%(scopes)s::bigint[]) AS s(scope)"
        " CROSS JOIN unnest('{1,2,3}'::smallint[]) AS t(state) CROSS JOIN LATERAL (SELECT last_message_id, id, channel_id FROM conversation"
        f" WHERE {' AND '.join(conditions)} ORDER BY last_message_id DESC LIMIT {limit + 1}) c"
        f" ORDER BY c.last_message_id DESC LIMIT {limit + 1}",
        values,
    )
    found = [FactRow(ids.moment_of(last), last, identifier, channel, None) for last, identifier, channel in rows]
    return paging.cut(found, limit, lambda row: (row.event_id,))


def _describe(viewer: Viewer, rows: Iterable[FactRow]) -> list[BehindRow]:
    rows = list(rows)
    channels = name_channels({row.channel_id for row in rows})
    lines = _lines(viewer, {row.conversation_id for row in rows})
    texts = _texts({row.message_id for row in rows if row.message_id and row.conversation_id in lines})
    described = []
    for row in rows:
        name, line = lines.get(row.conversation_id, ("", ""))
        described.append(
            BehindRow(
                at=row.at,
                conversation_id=row.conversation_id,
                message_id=row.message_id,
                seconds=row.seconds,
                channel=channels.get(row.channel_id),
                name=name,
                line=texts.get(row.message_id, line) if row.message_id else line,
                is_elsewhere=row.conversation_id not in lines,
            )
        )
    return described


def _lines(viewer: Viewer, conversation_ids: set[int]) -> dict[int, tuple[str, str]]:
    """Who and what, for the conversations the viewer may see: now, not when the fact was made."""
    rows = fetch(
        "SELECT c.id, coalesce(nullif(h.name, ''), h.address), coalesce(nullif(c.subject, ''), left(a.text, %s), '') FROM conversation c"
        " JOIN handle h ON h.id = c.handle_id LEFT JOIN activity a ON a.id ="
        " (SELECT m.id FROM message m WHERE m.conversation_id = c.id AND m.direction = 1 ORDER BY m.id LIMIT 1)"
        " WHERE c.id = ANY(%s::bigint[]) AND (c.scope_id = ANY(%s::bigint[]) OR EXISTS (SELECT 1 FROM scope_grant g"
        " WHERE g.user_id = %s AND g.object_type = 'conversation' AND g.object_id = c.id))",
        [LINE, array(conversation_ids), array(viewer.scope_ids), viewer.user_id],
    )
    return {identifier: (name, line) for identifier, name, line in rows}


def _texts(message_ids: set[int]) -> dict[int | None, str]:
    rows = fetch(
        "SELECT id, left(text, %s) FROM activity WHERE id = ANY(%s::bigint[]) AND text <> ''",
        [LINE, array(message_ids)],
    )
    return dict(rows)
