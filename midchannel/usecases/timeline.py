"""Timeline: one customer's story over all channels, what they did, what we answered, and what we said among ourselves.

Reads only. It lies here because it reads three rooms at once: what customers are, what was said with them, what was said about them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from midchannel.inside.teamwork import queries as teamwork
from midchannel.inside.teamwork.queries import PostAbout
from midchannel.middle.conversations.queries import behaviour, people
from midchannel.middle.conversations.queries.behaviour import Visit
from midchannel.middle.conversations.queries.people import Spoken
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.queries import CustomerDetail
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.paging import Page, check_limit, cut, decode_cursor
from midchannel.platform.errors import InvalidError

LAST_ID = 2**63 - 1
# Senders' clocks may run ahead by a day; see channels.documents.
AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: exactly one of `spoken`, `post` and `visit`. A post is internal and was never seen outside."""

    at: datetime
    id: int
    spoken: Spoken | None = None
    post: PostAbout | None = None
    visit: Visit | None = None


def get_timeline(
    viewer: Viewer, customer_id: int, cursor: str | None = None, *, now: datetime, limit: int = 30
) -> Page[Item]:
    """A page of it, the newest first. Raises CustomerNotFoundError."""
    return timeline_of(viewer, customers.get_customer(viewer, customer_id), cursor, now=now, limit=limit)


def timeline_of(
    viewer: Viewer,
    customer: CustomerDetail,
    cursor: str | None = None,
    *,
    now: datetime,
    until: datetime | None = None,
    limit: int = 30,
) -> Page[Item]:
    """The same for a customer that was proven and fetched already; `until` a moment of the past, nothing behind it."""
    limit = check_limit(limit)
    before = (until, LAST_ID) if until is not None else moment_of(cursor, now=now)
    spoken = people.list_spoken(viewer, customer.handle_ids, before=before, limit=limit + 1)
    about = {
        # A record that began a customer of its own has that customer's id: what was said about them then is theirs still.
        "customer": sorted({customer.id, *(record.id for record in customer.records)}),
        "conversation": people.list_conversation_ids(viewer, customer.handle_ids),
    }
    posts = teamwork.list_posts_about(viewer, about, before=before, limit=limit + 1)
    visits = behaviour.list_visits(viewer, customer.handle_ids, before=before, limit=limit + 1)
    items = [Item(s.at, s.id, spoken=s) for s in spoken] + [Item(v.at, v.id, visit=v) for v in visits]
    items += [Item(p.post.at, p.post.id, post=p) for p in posts]
    items.sort(key=lambda item: (item.at, item.id), reverse=True)
    return cut(items[: limit + 1], limit, lambda item: (item.at.isoformat(), item.id))


def moment_of(cursor: str | None, *, now: datetime) -> tuple[datetime, int]:
    """The moment and id that a cursor of a timeline stands for; without one, later than everything. Raises InvalidError."""
    keys = decode_cursor(cursor, str, int)
    if keys is None:
        return now + AHEAD, LAST_ID
    try:
        return datetime.fromisoformat(str(keys[0])), int(keys[1] or 0)
    except ValueError as error:
        raise InvalidError(field="cursor") from error
