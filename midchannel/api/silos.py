"""Silos: business systems that are read in, and their runs. For administrators; to anybody else there are none."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.operations import answers
from midchannel.api.shapes import AnyId, Asked, Id, In, Listed, Out, PageOut, SmallId, cut
from midchannel.outside.silos import queries
from midchannel.platform import clock
from midchannel.platform.database import paging
from midchannel.platform.imports import queries as imports
from midchannel.usecases import open_silo, try_silo

router = Router(tags=["Silos"])
READ = Right("read:silos")
WRITE = Right("write:silos")
CHANGES = {"stop": open_silo.stop, "pause": open_silo.pause, "resume": open_silo.resume, "close": open_silo.close}


class SiloOut(Out):
    """A silo: how it is read, and whether it works. Its connection is seen in the browser alone."""

    id: Id = Field(description="Of its channel.")
    name: str
    purpose: str
    system: str = Field(description="The business system; its handles are on the network silo:SYSTEM.")
    reader: str = Field(description="file, sql or tryton")
    is_mapped: bool = Field(description="Whether it is known what its columns mean; it is read only then.")
    health: str
    health_reason: str
    record_kind: str
    trust: int
    lawful_basis: str
    expires_days: int | None
    every_minutes: int | None = Field(description="Null: by hand alone.")
    due_at: datetime | None
    run_id: Id | None = Field(description="The run under way.")
    records: int = Field(description="How many rows are known, by their keys.")
    parked: int
    waiting: int
    closed_at: datetime | None


class SiloPage(PageOut):
    """A page of silos, by name."""

    items: list[SiloOut]


class SiloRunOut(Out):
    """A run. `items` = new + changed + unchanged + duplicate + parked + refused."""

    id: Id
    silo_id: Id
    state: str = Field(description="running, done, undoing or undone")
    items: int
    new: int
    changed: int
    unchanged: int
    duplicate: int
    parked: int
    refused: int
    missing: int | None = Field(description="Known rows that a full reading did not meet.")
    is_full: bool
    is_stopped: bool
    reason: str
    by_name: str
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None


class SiloRunPage(PageOut):
    """A page of runs, newest first."""

    items: list[SiloRunOut]


class SiloRowOut(Out):
    """What became of one row of a run."""

    number: int
    outcome: str = Field(description="new, changed, duplicate, parked or refused")
    key: str
    code: str
    reason: str
    is_undone: bool


class SiloRowPage(PageOut):
    """A page of a run's rows, in order; what was unchanged is counted and has none."""

    items: list[SiloRowOut]


class ReadIn(In):
    """How much to read."""

    is_full: bool = Field(default=False, description="All of it again, and not only what has changed.")


class OneSilo(Asked):
    """Which silo."""

    silo_id: SmallId


class OneSiloToChange(OneSilo):
    """Which silo, and how it goes on."""

    change: Literal["stop", "pause", "resume", "close"]


class OneRun(Asked):
    """Which run of a silo."""

    run_id: AnyId


class WhichRows(Listed):
    """Which rows."""

    outcome: Literal["new", "changed", "duplicate", "parked", "refused"] | None = None


@router.get("/silos", auth=READ, response=answers(SiloPage), summary="List silos")
def list_silos(request: HttpRequest, asked: Query[Listed]) -> SiloPage:
    """Every silo, closed ones last."""
    page = cut(queries.list_silos(viewer_of(request)), asked, lambda silo: silo.id)
    return SiloPage(items=[SiloOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/silos/{silo_id}", auth=READ, response=answers(SiloOut, 404), summary="Get a silo")
def get_silo(request: HttpRequest, path: Path[OneSilo]) -> SiloOut:
    """One silo."""
    return SiloOut.model_validate(queries.get_silo(viewer_of(request), path.silo_id))


@router.get("/silos/{silo_id}/runs", auth=READ, response=answers(SiloRunPage, 404), summary="List a silo's runs")
def list_runs(request: HttpRequest, path: Path[OneSilo], asked: Query[Listed]) -> SiloRunPage:
    """What each reading brought, newest first."""
    viewer = viewer_of(request)
    queries.get_silo(viewer, path.silo_id)
    found = queries.list_runs(viewer, path.silo_id, before=_behind(asked), limit=asked.limit + 1)
    page = paging.cut(found, asked.limit, lambda run: (run.id,))
    return SiloRunPage(items=[SiloRunOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/silo-runs/{run_id}", auth=READ, response=answers(SiloRunOut, 404), summary="Get a run of a silo")
def get_run(request: HttpRequest, path: Path[OneRun]) -> SiloRunOut:
    """One run, also while it is under way."""
    return SiloRunOut.model_validate(queries.get_run(viewer_of(request), path.run_id))


@router.get("/silo-runs/{run_id}/rows", auth=READ, response=answers(SiloRowPage, 404), summary="List a run's rows")
def list_rows(request: HttpRequest, path: Path[OneRun], asked: Query[WhichRows]) -> SiloRowPage:
    """What became of every row that was delivered or refused, and why."""
    queries.get_run(viewer_of(request), path.run_id)
    only = try_silo.OF_WORD[asked.outcome] if asked.outcome else None
    found = imports.list_rows(path.run_id, after=_behind(asked) or 0, limit=asked.limit + 1, only=only)
    page = paging.cut(found, asked.limit, lambda row: (row.number,))
    return SiloRowPage(items=[_row(each) for each in page.items], next_cursor=page.next_cursor)


def _behind(asked: Listed) -> int | None:
    keys = paging.decode_cursor(asked.cursor, int)
    return int(keys[0] or 0) if keys else None


def _row(found: imports.RowDetail) -> SiloRowOut:
    return SiloRowOut(
        number=found.number,
        outcome=try_silo.WORDS[found.outcome],
        key=found.item_key.partition(":")[2],
        code=found.code,
        reason=found.reason,
        is_undone=found.is_undone,
    )


@router.post(
    "/silos/{silo_id}/read", auth=WRITE, response=answers(None, 404, 409, status=204, body=True), summary="Read a silo"
)
def read(request: HttpRequest, path: Path[OneSilo], body: ReadIn) -> HttpResponse:
    """Ask for it to be read now; the run shows in `run_id` once it has begun. A run that waits goes on."""
    viewer = viewer_of(request)
    queries.get_silo(viewer, path.silo_id)
    open_silo.read_now(viewer, path.silo_id, now=clock.now(), is_full=body.is_full)
    return HttpResponse(status=204)


@router.post(
    "/silos/{silo_id}/{change}",
    auth=WRITE,
    response=answers(None, 404, 409, status=204),
    summary="Change how a silo goes on",
)
def change(request: HttpRequest, path: Path[OneSiloToChange]) -> HttpResponse:
    """Stop: end the run under way; what it brought stays, and the next one begins where this one did. Pause: read nothing until it is
    resumed; a run under way waits. Resume: read it again, as its schedule says. Close: read nothing ever again; what came stays."""
    viewer = viewer_of(request)
    queries.get_silo(viewer, path.silo_id)
    CHANGES[path.change](viewer, path.silo_id, now=clock.now())
    return HttpResponse(status=204)


@router.post(
    "/silo-runs/{run_id}/undo",
    auth=WRITE,
    response=answers(None, 404, 409, status=204),
    summary="Take a run of a silo back",
)
def undo(request: HttpRequest, path: Path[OneRun]) -> HttpResponse:
    """What it brought goes, what it changed says again what it said; the run's state tells when that is done. Its silo pauses meanwhile,
    and is read from where the run began once it is resumed. 409 while another run is under way."""
    viewer = viewer_of(request)
    queries.get_run(viewer, path.run_id)
    open_silo.take_back(viewer, path.run_id, now=clock.now())
    return HttpResponse(status=204)
