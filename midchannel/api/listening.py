"""Listening: standing searches, the mentions they found, and alerts. To be read."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.operations import answers
from midchannel.api.shapes import AnyId, Asked, Id, Listed, Out, PageOut
from midchannel.outside.listening.queries import alerts, mentions, searches
from midchannel.outside.listening.queries.mentions import MentionRow, Narrow
from midchannel.outside.listening.queries.searches import SearchRow
from midchannel.platform import clock

router = Router(tags=["Listening"])
READ = Right("read:listening")


class SearchOut(Out):
    """A standing search with what it found on each of the last 28 days."""

    id: Id
    name: str
    query: str
    takes_up: bool
    created_by_name: str
    created_at: datetime
    days: list[int] = Field(description="Posts found on each of the last 28 days, oldest first.")
    relevant: int = Field(description="How many of those judged people called relevant.")
    judged: int


class SearchList(Out):
    """All searches."""

    items: list[SearchOut]


class FoundByOut(Out):
    """A search that found it; `verdict` is 1 relevant, -1 not, 0 nobody has said."""

    search_id: Id
    name: str
    verdict: int


class MentionOut(Out):
    """A text that was found. `state` is new, taken, passed, or addressed where it was said to the company."""

    activity_id: Id
    at: datetime
    text: str
    name: str
    address: str
    network: str
    channel: str
    state: str
    conversation_id: Id | None
    mood: str
    language: str
    reach: int | None
    found_by: list[FoundByOut]


class MentionPage(PageOut):
    """A page of mentions, the last said first."""

    items: list[MentionOut]


class AlertOut(Out):
    """A storm. `sign` is hour, day or mood; `count` the most seen, `expected` what is usual, `weeks` that one false alarm is stated in."""

    id: Id
    search_id: Id
    search_name: str
    sign: str
    opened_at: datetime
    closed_at: datetime | None
    count: int
    expected: float
    limit: int
    weeks: int
    verdict: int


class AlertList(Out):
    """Alerts, those that are on first."""

    items: list[AlertOut]


class OneSearch(Asked):
    """Which search."""

    search_id: AnyId


class Which(Listed):
    """Which mentions."""

    mood: Literal["negative", "neutral", "positive", "mixed"] | None = None


@router.get("/searches", auth=READ, response=answers(SearchList), summary="List searches")
def list_searches(request: HttpRequest) -> SearchList:
    """All standing searches by name."""
    rows = searches.list_searches(viewer_of(request), now=clock.now())
    return SearchList(items=[_search(row) for row in rows])


@router.get("/searches/{search_id}/mentions", auth=READ, response=answers(MentionPage, 404), summary="List mentions")
def list_mentions(request: HttpRequest, path: Path[OneSearch], asked: Query[Which]) -> MentionPage:
    """What a search found, of what you may see."""
    viewer = viewer_of(request)
    searches.get_search(viewer, path.search_id, now=clock.now())
    narrow = Narrow(search_id=path.search_id, mood=asked.mood or "")
    page = mentions.list_mentions(viewer, narrow, cursor=asked.cursor, limit=asked.limit)
    return MentionPage(items=[_mention(row) for row in page.items], next_cursor=page.next_cursor)


@router.get("/alerts", auth=READ, response=answers(AlertList), summary="List alerts")
def list_alerts(request: HttpRequest) -> AlertList:
    """The last 50 alerts."""
    return AlertList(items=[AlertOut.model_validate(row) for row in alerts.list_alerts(viewer_of(request))])


def _search(row: SearchRow) -> SearchOut:
    return SearchOut(
        id=str(row.id),
        name=row.name,
        query=row.text,
        takes_up=row.takes_up,
        created_by_name=row.created_by_name,
        created_at=row.created_at,
        days=list(row.days),
        relevant=row.precision.relevant,
        judged=row.precision.judged,
    )


def _mention(row: MentionRow) -> MentionOut:
    return MentionOut(
        activity_id=str(row.activity_id),
        at=row.at,
        text=row.text,
        name=row.name,
        address=row.address,
        network=row.network,
        channel=row.channel,
        state=row.state,
        conversation_id=str(row.conversation_id) if row.conversation_id else None,
        mood=row.mood,
        language=row.language,
        reach=row.reach,
        found_by=[
            FoundByOut(search_id=str(each.search_id), name=each.name, verdict=each.verdict) for each in row.found_by
        ],
    )
