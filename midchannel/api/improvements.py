"""Improvements: what customers ask for and what became of it, with the sums of the ledger."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.inside import OneImprovement
from midchannel.api.operations import answers
from midchannel.api.shapes import Id, Line, Listed, Out, PageOut
from midchannel.inside.improvements import queries

router = Router(tags=["Improvements"])
READ = Right("read:improvements")


class ImprovementRow(Out):
    """An improvement in a list."""

    id: Id
    title: str
    state: str
    owner_id: Id
    owner_name: str
    askers: int
    created_at: datetime
    done_at: datetime | None


class ImprovementPage(PageOut):
    """A page of improvements, most asked for first."""

    items: list[ImprovementRow]


class LedgerOut(Out):
    """How many asked, and where word to them stands."""

    asked: int
    told: int
    on_its_way: int
    unknown: int
    owed: int = Field(description="Who is still owed an answer.")


class ImprovementOut(Out):
    """An improvement with its ledger's sums."""

    id: Id
    title: str
    change: str
    state: str
    owner_id: Id
    owner_name: str
    created_by_name: str
    created_at: datetime
    done_at: datetime | None
    ledger: LedgerOut


class Which(Listed):
    """Which improvements."""

    state: Literal["open", "doing", "done"] | None = None
    text: Line | None = Field(default=None, description="Words of the title.")


@router.get("/improvements", auth=READ, response=answers(ImprovementPage), summary="List improvements")
def list_improvements(request: HttpRequest, asked: Query[Which]) -> ImprovementPage:
    """Most asked for first."""
    page = queries.list_improvements(
        viewer_of(request), state=asked.state or "", text=asked.text or "", cursor=asked.cursor, limit=asked.limit
    )
    return ImprovementPage(
        items=[ImprovementRow.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@router.get(
    "/improvements/{improvement_id}", auth=READ, response=answers(ImprovementOut, 404), summary="Get an improvement"
)
def get_improvement(request: HttpRequest, path: Path[OneImprovement]) -> ImprovementOut:
    """One improvement: what changes, who owns it, who has been told and who is owed an answer."""
    viewer = viewer_of(request)
    found = queries.get_improvement(viewer, path.improvement_id)
    ledger = queries.get_ledger(viewer, path.improvement_id)
    return ImprovementOut(
        id=str(found.id),
        title=found.title,
        change=found.change,
        state=found.state,
        owner_id=str(found.owner_id),
        owner_name=found.owner_name,
        created_by_name=found.created_by_name,
        created_at=found.created_at,
        done_at=found.done_at,
        ledger=LedgerOut.model_validate(ledger),
    )
