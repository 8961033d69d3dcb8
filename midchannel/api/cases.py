"""Cases: list, read, open, act, look ahead; their conversations, what reaches them from other systems, what happened in them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.case_shapes import (
    CaseOut,
    CasePage,
    CaseRowOut,
    CaseSignalOut,
    ChangeOut,
    Command,
    Does,
    HappeningOut,
    HappeningPage,
    ItemName,
    ItemWhyOut,
    OneCase,
    PreviewOut,
    Values,
    shown,
)
from midchannel.api.operations import answers, client_key, created, once
from midchannel.api.shapes import AnyId, Asked, In, Limit, Line, Listed
from midchannel.engines.casework.commands import FileEvent, SetValues
from midchannel.engines.casework.states import FileTransition
from midchannel.middle.cases import actions, queries
from midchannel.platform import clock
from midchannel.usecases import open_case

router = Router(tags=["Cases"])
READ = Right("read:cases")
WRITE = Right("write:cases")


class Which(Listed):
    """Which cases: open ones, or those that are over; of one owner, of one conversation."""

    is_open: bool = True
    owner_id: AnyId | None = None
    conversation_id: AnyId | None = None


class OpenIn(In):
    """By which plan, and about what: conversations, or another case. What is left out is taken from the first conversation."""

    plan: ItemName
    title: Line = ""
    conversation_ids: Annotated[list[AnyId], Field(max_length=50)] = []
    parent_id: AnyId | None = None
    values: Values = {}


class ConversationIn(In):
    """Which conversation belongs to the case from now on."""

    conversation_id: AnyId


class SignalIn(In):
    """Something happened in another system: which file item of the plan it is about, what happened to it, and what is known of it."""

    item: ItemName = ""
    event: Annotated[str, Field(pattern="^(create|update|replace|delete)$")] = "create"
    values: Values = {}


class Before(Asked):
    """Which events: those before a number."""

    before: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None
    limit: Limit = 50


class OneItem(OneCase):
    """An item of a case, by its number."""

    instance: Annotated[int, Field(ge=0, le=2_000_000_000)]


@router.get("/cases", auth=READ, response=answers(CasePage), summary="List cases")
def list_cases(request: HttpRequest, asked: Query[Which]) -> CasePage:
    """What changed last first. Of one conversation, all at once."""
    viewer = viewer_of(request)
    if asked.conversation_id is not None:
        rows = queries.list_cases_of(viewer, asked.conversation_id)
        return CasePage(items=[CaseRowOut.model_validate(row) for row in rows], next_cursor=None)
    page = queries.list_cases(
        viewer, is_open=asked.is_open, owner_id=asked.owner_id, cursor=asked.cursor, limit=asked.limit
    )
    return CasePage(items=[CaseRowOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@router.get("/cases/{case_id}", auth=READ, response=answers(CaseOut, 404), summary="Get a case")
def get_case(request: HttpRequest, path: Path[OneCase]) -> CaseOut:
    """One case with its five lists, its milestones, what keeps it open, and what is known in it. `revision` goes with a command."""
    return shown(queries.get_case(viewer_of(request), path.case_id))


@router.get(
    "/cases/{case_id}/items/{instance}",
    auth=READ,
    response=answers(ItemWhyOut, 404),
    summary="Why an item is here, and what would move it",
)
def why(request: HttpRequest, path: Path[OneItem]) -> ItemWhyOut:
    """Why an item is in this state, and what is waited for: each part in plain words, with whether it has happened."""
    viewer = viewer_of(request)
    here = queries.why_here(viewer, path.case_id, path.instance)
    return ItemWhyOut.of(here, queries.what_moves(viewer, path.case_id, path.instance))


@router.post("/cases", auth=WRITE, response=answers(CaseOut, 404, 409, status=201, body=True), summary="Open a case")
@once()
def open_one(request: HttpRequest, body: OpenIn) -> HttpResponse:
    """Open a case by the current version of a plan, about conversations one sees, or under another case."""
    viewer, now = viewer_of(request), clock.now()
    if body.parent_id is not None and not body.conversation_ids:
        case_id = open_case.from_case(
            viewer, body.parent_id, plan=body.plan, title=body.title, values=body.values, now=now
        )
    else:
        case_id = open_case.open_case(
            viewer, plan=body.plan, title=body.title, conversation_ids=tuple(dict.fromkeys(body.conversation_ids)),
            parent_id=body.parent_id, values=body.values, now=now,
        )  # fmt: skip
    return created(shown(queries.get_case(viewer, case_id)), f"/api/v1/cases/{case_id}")


@router.post(
    "/cases/{case_id}/do", auth=WRITE, response=answers(CaseOut, 404, 409, body=True), summary="Do something in a case"
)
@once()
def do(request: HttpRequest, path: Path[OneCase], body: Does) -> CaseOut:
    """Complete, start, end, skip, add ... With `revision`, only while the case stands as it was read: 409 when it has moved on."""
    viewer = viewer_of(request)
    actions.do(viewer, path.case_id, body.command(), now=clock.now(), revision=body.revision)
    return shown(queries.get_case(viewer, path.case_id))


@router.post(
    "/cases/{case_id}/preview",
    auth=READ,
    response=answers(PreviewOut, 404, body=True),
    summary="See what a command would do",
)
def preview(request: HttpRequest, path: Path[OneCase], body: Command) -> PreviewOut:
    """What would open, end and be reached, or why it would be refused. Nothing is done."""
    found = queries.preview(viewer_of(request), path.case_id, body.command(), now=clock.now())
    return PreviewOut(
        opens=[ChangeOut.model_validate(each) for each in found.opens],
        ends=[ChangeOut.model_validate(each) for each in found.ends],
        others=[ChangeOut.model_validate(each) for each in found.others],
        case_state=found.case.after if found.case else None,
        reaches=list(found.reaches),
        refused=found.refused,
    )


@router.post(
    "/cases/{case_id}/signals",
    auth=WRITE,
    response=answers(CaseSignalOut, 404, body=True),
    summary="Tell a case what happened elsewhere",
)
@once(is_required=True)
def signal(request: HttpRequest, path: Path[OneCase], body: SignalIn) -> CaseSignalOut:
    """Moves the case through its criteria, at most once for a key, for ever. `is_moved` is false where it was told before."""
    viewer = viewer_of(request)
    queries.get_case(viewer, path.case_id)
    command = (
        FileEvent(item=body.item, event=FileTransition(body.event), values=body.values)
        if body.item
        else SetValues(values=body.values)
    )
    key = f"api:{viewer.user_id}:{client_key(request)}"
    moved = actions.apply_signal(path.case_id, command, key=key, by=viewer.actor, now=clock.now())
    return CaseSignalOut(is_moved=moved)


@router.post(
    "/cases/{case_id}/conversations",
    auth=WRITE,
    response=answers(CaseOut, 404, body=True),
    summary="Add a conversation to a case",
)
@once()
def add_conversation(request: HttpRequest, path: Path[OneCase], body: ConversationIn) -> CaseOut:
    """The conversation, and whoever speaks in it, belong to the case from now on."""
    viewer = viewer_of(request)
    open_case.add_conversation(viewer, path.case_id, body.conversation_id, now=clock.now())
    return shown(queries.get_case(viewer, path.case_id))


class OneOfCase(OneCase):
    """A conversation of a case."""

    conversation_id: AnyId


@router.delete(
    "/cases/{case_id}/conversations/{conversation_id}",
    auth=WRITE,
    response=answers(CaseOut, 404),
    summary="Remove a conversation from a case",
)
def remove_conversation(request: HttpRequest, path: Path[OneOfCase]) -> CaseOut:
    """The conversation belongs to the case no longer."""
    viewer = viewer_of(request)
    open_case.remove_conversation(viewer, path.case_id, path.conversation_id, now=clock.now())
    return shown(queries.get_case(viewer, path.case_id))


@router.get(
    "/cases/{case_id}/events", auth=READ, response=answers(HappeningPage, 404), summary="List what happened in a case"
)
def list_events(request: HttpRequest, path: Path[OneCase], asked: Query[Before]) -> HappeningPage:
    """The newest first; `before` is the `seq` to go on from."""
    found = queries.list_happenings(viewer_of(request), path.case_id, before=asked.before, most=asked.limit)
    return HappeningPage(items=[HappeningOut.model_validate(each) for each in found])
