"""Assist: what somebody asked of the machine that writes is built, sent to the endpoint, and what it says is believed or not.

A loop takes one at a time: in one transaction the row is taken, the request built and its cost set aside; then the endpoint is asked
within its time; then what came is kept. What goes along is what the person who asked may see now; never anything internal.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.engines.assistance import answering, asking
from midchannel.engines.assistance.asking import Line, Purpose
from midchannel.inside.assistance import actions, queries
from midchannel.inside.assistance.actions import Task
from midchannel.inside.assistance.actions.asking import WAKE
from midchannel.inside.assistance.queries import Access
from midchannel.middle.conversations import queries as conversations
from midchannel.middle.conversations.queries import MessageItem
from midchannel.middle.signals import queries as signals
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import check_administrator
from midchannel.platform.errors import NotFoundError
from midchannel.platform.http import ServerError, ask_json

__all__ = ["EVERY_SECONDS", "WAKE", "try_endpoint", "work"]

EVERY_SECONDS = 10.0
MAX_BYTES = 1_000_000


def work(*, now: datetime) -> bool:
    """Do the next one. True when there may be more."""
    with transaction.atomic():
        task = actions.take_next(now=now)
        if task is None:
            return False
        prepared = _prepare(task, now=now)
    if prepared is not None:
        _ask(task, *prepared, now=now)
    return True


def _prepare(task: Task, *, now: datetime) -> tuple[dict[str, Any], dict[str, int]] | None:
    """The body to send, and which message each id in it is; None when it was given up."""
    viewer = accounts.get_viewer(task.asked_by_id)
    try:
        if viewer is None:
            raise NotFoundError
        messages = _messages(viewer, task)
    except NotFoundError:
        actions.give_up(task.id, task.tries, "gone", now=now)
        return None
    by_id = {f"m{number}": message for number, message in enumerate(messages, 1)}
    lines = asking.trimmed(
        [Line(key, "customer" if m.direction == "in" else "company", m.text) for key, m in by_id.items()]
    )
    if not lines:
        actions.give_up(task.id, task.tries, "empty", now=now)
        return None
    language = _language(viewer, messages) if task.purpose is Purpose.REPLY else ""
    body = asking.body_of(task.purpose, lines, model=task.access.model, language=language or task.language)
    sent = {line.id: by_id[line.id].id for line in lines}
    if not actions.hold(task, list(sent.values()), tokens=asking.tokens_of(body), now=now):
        return None
    return body, sent


def _messages(viewer: Viewer, task: Task) -> list[MessageItem]:
    """What goes along, oldest first. A reply in public is drafted from what is public, so that nothing private can slip into it."""
    if task.message_id is not None:
        found = conversations.get_messages(viewer, task.conversation_id, [task.message_id])
    else:
        found = conversations.list_messages(viewer, task.conversation_id, limit=asking.MOST_LINES).items
    found = [m for m in found if not m.is_deleted and not (m.delivery and m.delivery.state == "failed")]
    if task.purpose is Purpose.REPLY and any(m.audience == "public" for m in found if m.direction == "in"):
        found = [m for m in found if m.audience == "public"]
    return found


def _language(viewer: Viewer, messages: Sequence[MessageItem]) -> str:
    """The language of the customer's newest words, when it is known."""
    said = [m.id for m in messages if m.direction == "in"][-1:]
    found = signals.of(viewer, said)
    return found[said[0]].language if said and said[0] in found else ""


def _ask(task: Task, body: dict[str, Any], sent: dict[str, int], *, now: datetime) -> None:
    try:
        answer = _exchange(task.access, body)
    except ServerError as error:
        actions.give_up(task.id, task.tries, "server", detail=_trouble(error), now=now)
        return
    tokens = answering.tokens_of(answer)
    found = answering.read(answer, purpose=task.purpose, known=sent)
    if found is None:
        actions.settle(task, tokens=tokens, now=now)
        return
    actions.settle(
        task, text=found.text, source_ids=[sent[each] for each in found.sources], tokens=tokens, now=now
    )  # fmt: skip


def _exchange(access: Access, body: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {access.key}"} if access.key else {}
    return ask_json(
        f"{access.url}/chat/completions", body, headers=headers, timeout_seconds=access.timeout_seconds, max_bytes=MAX_BYTES,
        within_seconds=access.timeout_seconds,
    )  # fmt: skip


def _trouble(error: ServerError) -> str:
    words = {
        401: _("The endpoint does not accept the key."),
        403: _("The endpoint does not allow this with this key."),
        404: _("There is no such address or model at the endpoint."),
        429: _("The endpoint says that it was asked too much."),
    }
    return words.get(error.status, error.reason)


def try_endpoint(viewer: Viewer, *, now: datetime) -> str:
    """Ask for the summary of a sentence of ours, and keep what was wrong: empty when all is well. Raises NotAdministratorError."""
    check_administrator(viewer)
    access = queries.open_endpoint()
    if access is None:
        return _("No endpoint is named yet.")
    line = Line("m1", "customer", "The parcel I ordered on Monday has not come. Where is it?")
    body = asking.body_of(Purpose.SUMMARY, [line], model=access.model, language="en")
    actions.spend(now.date(), asking.tokens_of(body))
    trouble = ""
    try:
        answer = _exchange(access, body)
        if answering.read(answer, purpose=Purpose.SUMMARY, known={"m1"}) is None:
            trouble = _(
                "It answers, but not in the form asked for. A model that can give structured answers (JSON Schema) is needed."
            )
    except ServerError as error:
        trouble = _trouble(error)
    actions.note_try(viewer, trouble, now=now)
    return trouble
