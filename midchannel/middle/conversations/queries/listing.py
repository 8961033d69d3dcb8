"""The inbox: one page of one view with all that its rows show, in one statement that reads no further than the page.

`conversation_list` (scope, state, newest message), `conversation_longest` and `conversation_mine` serve the views: each scope of the viewer
gives its first rows in order, and the page is the first of those.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from midchannel.middle.conversations.models import Audience, Direction, Looking
from midchannel.middle.conversations.queries import seeing
from midchannel.middle.conversations.states import name_of
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database import paging
from midchannel.platform.database.bulk import array, fetch
from midchannel.platform.database.paging import Page
from midchannel.platform.errors import InvalidError

VIEWS = ("mine", "unassigned", "open", "waiting_longest", "pressing", "waiting", "snoozed", "resolved", "spam")
"""The names of the views, in the order they are shown."""

MOST_COUNTED = 100
SNIPPET = 140
SCANNED = 400
IN = int(Direction.IN)


@dataclass(frozen=True, slots=True)
class Looker:
    """A colleague who has the conversation before them. `mode` is "viewing" or "typing"."""

    user_id: int
    name: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """A conversation in the list. `state`: open, waiting, snoozed, resolved or spam; `audience`: public, private or partner.

    `last_message_id` and `last_in_id` are what a reply has to have seen. `waiting_since` is set while the customer waits for us;
    `is_unread` is the viewer's own. `last_direction` says who spoke last, "in" or "out".
    """

    id: int
    state: str
    audience: str
    subject: str
    snippet: str
    channel_id: int
    channel_name: str
    network: str
    handle_id: int
    handle_address: str
    handle_name: str
    is_blocked: bool
    customer_id: int | None
    customer_name: str
    scope_id: int | None
    queue_id: int | None
    owner_id: int | None
    owner_name: str
    last_message_id: int
    last_in_id: int | None
    last_at: datetime
    last_direction: str
    opened_at: datetime
    waiting_since: datetime | None
    first_answer_due_at: datetime | None
    first_answered_at: datetime | None
    resolution_due_at: datetime | None
    resolved_at: datetime | None
    snoozed_until: datetime | None
    is_unread: bool
    lookers: tuple[Looker, ...] = ()


IN_VIEW = {
    "mine": "c.owner_id = %(me)s AND c.state IN (1, 2)",
    "unassigned": "c.state = 1 AND c.owner_id IS NULL",
    "open": "c.state = 1",
    "waiting_longest": "c.state = 1 AND c.waiting_since IS NOT NULL AND (c.owner_id IS NULL OR c.owner_id = %(me)s)",
    "pressing": "c.state = 1 AND c.waiting_since IS NOT NULL AND (c.owner_id IS NULL OR c.owner_id = %(me)s)",
    "waiting": "c.state = 2",
    "snoozed": "c.state = 3",
    "resolved": "c.state = 4 AND c.joined_into_id IS NULL",
    "spam": "c.state = 5",
}

# What a row shows beside the conversation, for the rows of the page alone. In steps of a few joins each: planning one of thirteen tables
# costs more than running it. The newest words are read by key in `last_words`, so that only their months' partitions are planned.
SHOWN = """
WITH c AS MATERIALIZED ({rows}),
theirs AS MATERIALIZED (
    SELECT c.id, h.address, h.name, h.blocked_at IS NOT NULL AS is_blocked, k.id AS customer_id,
        coalesce(nullif(k.name, h.address), nullif(h.name, ''), h.address) AS customer
    FROM c JOIN handle h ON h.id = c.handle_id LEFT JOIN source_record s ON s.handle_id = h.id
        LEFT JOIN customer k ON k.id = s.customer_id),
ours AS MATERIALIZED (
    SELECT c.id, coalesce(u.name, '') AS owner, coalesce(r.read_id, 0) AS read_id, m.direction, left(m.body, 400) AS body,
        (SELECT array_agg(ARRAY[w.user_id::text, x.name, w.mode::text] ORDER BY x.name) FROM conversation_presence w
            JOIN account_user x ON x.id = w.user_id WHERE w.conversation_id = c.id AND w.user_id <> %(me)s) AS lookers
    FROM c LEFT JOIN account_user u ON u.id = c.owner_id LEFT JOIN conversation_read r ON r.conversation_id = c.id AND r.user_id = %(me)s
        LEFT JOIN message m ON m.id = c.last_message_id)
SELECT c.id, c.state, c.audience, c.subject, c.channel_id, ch.name, ch.network, c.handle_id, t.address, t.name, t.is_blocked, t.customer_id,
    t.customer, c.scope_id, c.queue_id, c.owner_id, o.owner, c.last_message_id, c.last_in_id, c.opened_at, c.waiting_since,
    c.first_answer_due_at, c.first_answered_at, c.resolution_due_at, c.resolved_at, c.snoozed_until, c.last_in_id > o.read_id,
    o.lookers, o.direction, o.body{more}
FROM c JOIN theirs t ON t.id = c.id JOIN ours o ON o.id = c.id JOIN channel ch ON ch.id = c.channel_id
"""
COLUMNS = 30

PAGE = "SELECT c.* FROM ({page}) AS page JOIN conversation c ON c.id = page.id"

BY_SCOPE = """
SELECT id, key, tie FROM (
    SELECT part.* FROM unnest(%(scopes)s::bigint[]) AS mine(scope_id) CROSS JOIN LATERAL (
        SELECT {keys} FROM conversation c WHERE c.scope_id = mine.scope_id AND {condition} ORDER BY {order} LIMIT %(limit)s) part
    UNION ALL (SELECT {keys} FROM conversation c WHERE %(lead)s AND c.scope_id IS NULL AND {condition} ORDER BY {order} LIMIT %(limit)s)
    UNION ALL (SELECT {keys} FROM scope_grant g JOIN conversation c ON c.id = g.object_id
        WHERE g.user_id = %(me)s AND g.object_type = 'conversation' AND g.kind = 'see'
        AND coalesce(c.scope_id <> ALL(%(scopes)s::bigint[]), NOT %(lead)s) AND {condition} ORDER BY {order} LIMIT %(limit)s)
) AS first ORDER BY {sorted} LIMIT %(limit)s
"""

BY_OWNER = (
    "SELECT {keys} FROM conversation c WHERE {condition} AND " + seeing.VISIBLE + " ORDER BY {order} LIMIT %(limit)s"
)

NEWEST = {"keys": "c.id, c.last_message_id AS key, 0 AS tie", "order": "c.last_message_id DESC", "sorted": "key DESC"}
# What presses most in the last three things the customer said, 0 to 1,000 (`middle.signals`); this room imports nothing of that one.
PRESS = (
    "coalesce((SELECT max(p.press) FROM (SELECT pm.id FROM message pm WHERE pm.conversation_id = c.id AND pm.direction = 1"
    " ORDER BY pm.id DESC LIMIT 3) pl JOIN signal p ON p.id = pl.id), 0)"
)
MOST_PRESSING = {
    "keys": f"c.id, {PRESS} AS key, c.id AS tie",
    "order": f"{PRESS} DESC, c.id",
    "sorted": "key DESC, tie",
}
LONGEST = {"keys": "c.id, c.waiting_since AS key, c.id AS tie", "order": "c.waiting_since, c.id", "sorted": "key, tie"}


def list_conversations(
    viewer: Viewer,
    *,
    view: str,
    queue_id: int | None = None,
    channel_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ConversationRow]:
    """A page of one of `VIEWS`, newest word first (`waiting_longest`: longest wait first, `pressing`: what presses most).

    Raises InvalidError for another view.
    """
    if view not in IN_VIEW:
        raise InvalidError(_("There is no view of this name."), "view")
    limit = paging.check_limit(limit)
    is_longest, is_pressing = view == "waiting_longest", view == "pressing"
    parts = LONGEST if is_longest else MOST_PRESSING if is_pressing else NEWEST
    values = {**seeing.of(viewer), "limit": limit + 1, "queue": queue_id, "channel": channel_id}
    conditions = [IN_VIEW[view]]
    if queue_id is not None:
        conditions.append("c.queue_id = %(queue)s")
    if channel_id is not None:
        conditions.append("c.channel_id = %(channel)s")
    if cursor and is_pressing:
        conditions.append(f"(-{PRESS}, c.id) > (-%(press)s, %(after)s)")
        values |= dict(zip(("press", "after"), paging.decode_cursor(cursor, int, int) or (0, 0), strict=True))
    elif cursor:
        conditions.append(
            "(c.waiting_since, c.id) > (%(since)s, %(after)s)" if is_longest else "c.last_message_id < %(after)s"
        )
        values |= _place_of(cursor, is_longest=is_longest)
    page = (BY_OWNER if view == "mine" else BY_SCOPE).format(condition=" AND ".join(conditions), **parts)
    items = list_rows(page, values, order=parts["order"])
    if is_longest:
        return paging.cut(
            items, limit, lambda row: (row.waiting_since.isoformat() if row.waiting_since else "", row.id)
        )
    if is_pressing:
        return paging.cut(items, limit, lambda row: (_press_of(row.id), row.id))
    return paging.cut(items, limit, lambda row: (row.last_message_id,))


def _press_of(conversation_id: int) -> int:
    return int(fetch(f"SELECT {PRESS} FROM conversation c WHERE c.id = %s", [conversation_id])[0][0])


def list_rows(page: str, values: Mapping[str, object], *, order: str) -> list[ConversationRow]:
    """Conversations whose ids a query gives (as `id`, with permission in it), as the list shows them. Takes the values of `seeing.of`."""
    rows = fetch(f"{SHOWN.format(more='', rows=PAGE.format(page=page))} ORDER BY {order}", values)
    words = last_words(rows)
    return [row_of(row, words) for row in rows]


def _place_of(cursor: str, *, is_longest: bool) -> dict[str, object]:
    if not is_longest:
        keys = paging.decode_cursor(cursor, int) or (0,)
        return {"after": keys[0]}
    since, after = paging.decode_cursor(cursor, str, int) or ("", 0)
    try:
        return {"since": datetime.fromisoformat(str(since)), "after": after}
    except ValueError as error:
        raise InvalidError(_("This cursor was not made here; begin without one."), "cursor") from error


@dataclass(frozen=True, slots=True)
class Words:
    """The newest words of a conversation: when, by whom ("in" or "out"), and how they begin."""

    at: datetime
    direction: str
    beginning: str


def last_words(rows: Sequence[Sequence[Any]]) -> dict[int, Words]:
    """How the newest messages of some rows of `SHOWN` begin, in their newest versions, by id.

    One query for what was said outside, a second one where some of that was edited or taken back.
    """
    words = {
        row[17]: Words(ids.moment_of(row[17]), "in" if row[28] == IN else "out", _line(row[29] or "")) for row in rows
    }
    if not words:
        return {}
    heard = fetch(
        "SELECT id, at, left(text, %s), flags & 48 FROM activity WHERE id = ANY(%s::bigint[])", [SCANNED, array(words)]
    )
    texts = {activity_id: text for activity_id, _at, text, _changed in heard}
    edited = array(activity_id for activity_id, _at, _text, changed in heard if changed)
    if edited != "{}":
        texts |= dict(
            fetch(
                "SELECT DISTINCT ON (activity_id) activity_id, left(text, %s) FROM activity_version"
                " WHERE activity_id = ANY(%s::bigint[]) ORDER BY activity_id, id DESC",
                [SCANNED, edited],
            )
        )
    for activity_id, at, _text, _changed in heard:
        words[activity_id] = Words(at, words[activity_id].direction, _line(texts[activity_id]))
    return words


def _line(text: str) -> str:
    return " ".join(text.split())[:SNIPPET]


def row_of(row: Sequence[Any], words: Mapping[int, Words]) -> ConversationRow:
    """A row of `SHOWN` as the list shows it."""
    last = words.get(row[17]) or Words(ids.moment_of(row[17]), "in", "")
    return ConversationRow(
        id=row[0],
        state=name_of(row[1]),
        audience=audience_word(row[2]),
        subject=row[3],
        snippet=last.beginning,
        channel_id=row[4],
        channel_name=row[5],
        network=row[6],
        handle_id=row[7],
        handle_address=row[8],
        handle_name=row[9],
        is_blocked=row[10],
        customer_id=row[11],
        customer_name=row[12],
        scope_id=row[13],
        queue_id=row[14],
        owner_id=row[15],
        owner_name=row[16],
        last_message_id=row[17],
        last_in_id=row[18],
        last_at=last.at,
        last_direction=last.direction,
        opened_at=row[19],
        waiting_since=row[20],
        first_answer_due_at=row[21],
        first_answered_at=row[22],
        resolution_due_at=row[23],
        resolved_at=row[24],
        snoozed_until=row[25],
        is_unread=bool(row[26]),
        lookers=tuple(Looker(int(u), name, Looking(int(mode)).name.lower()) for u, name, mode in row[27] or ()),
    )


def audience_word(audience: int) -> str:
    """The word for an audience: public, private or partner."""
    return Audience(audience).name.lower()


COUNT = """(SELECT count(*) FROM (
    SELECT 1 FROM unnest(%(scopes)s::bigint[]) AS mine(scope_id) CROSS JOIN LATERAL (
        SELECT c.id FROM conversation c WHERE c.scope_id = mine.scope_id AND {condition} ORDER BY {order} LIMIT %(most)s) part
    UNION ALL (SELECT 1 FROM conversation c WHERE %(lead)s AND c.scope_id IS NULL AND {condition} LIMIT %(most)s)
    UNION ALL (SELECT 1 FROM scope_grant g JOIN conversation c ON c.id = g.object_id
        WHERE g.user_id = %(me)s AND g.object_type = 'conversation' AND g.kind = 'see'
        AND coalesce(c.scope_id <> ALL(%(scopes)s::bigint[]), NOT %(lead)s) AND {condition} LIMIT %(most)s)) AS found)"""
COUNT_MINE = (
    "(SELECT count(*) FROM (SELECT 1 FROM conversation c WHERE {condition} AND "
    + seeing.VISIBLE
    + " LIMIT %(most)s) AS found)"
)


def count_views(viewer: Viewer) -> dict[str, int]:
    """How many conversations each of `VIEWS` holds for the viewer, counted up to 100 (shown as "99+")."""
    counts = [
        (COUNT_MINE if view == "mine" else COUNT).format(
            condition=IN_VIEW[view], order=(LONGEST if view == "waiting_longest" else NEWEST)["order"]
        )
        for view in VIEWS
    ]
    rows = fetch(f"SELECT {', '.join(counts)}", {**seeing.of(viewer), "most": MOST_COUNTED})
    return {view: min(count, MOST_COUNTED) for view, count in zip(VIEWS, rows[0], strict=True)}
