"""Server-sent events: whoever may see a thing is told that it happened, and nobody else."""

import asyncio
from collections.abc import AsyncIterator, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec
import pytest
from django.db import connection
from django.test import Client

from midchannel.api import stream
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts.models import Team, User
from midchannel.platform.events import actions as events
from midchannel.platform.events.base import Event

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Happened(Event, frozen=True, kw_only=True):
    """Something."""

    kind: ClassVar[str] = "conversation.changed"
    object_type: ClassVar[str] = "conversation"

    secret: str = "what somebody said"


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    threads = ThreadPoolExecutor(max_workers=1)
    monkeypatch.setattr(stream, "_threads", threads)
    monkeypatch.setattr(stream, "listener", stream.Listener())
    yield
    threads.submit(lambda: connection.close()).result()  # noqa: PLW0108 - the proxy is resolved in that thread
    threads.shutdown()


@pytest.fixture
def team(transactional_db: None, one_thread: None) -> Team:
    return accounts.create_team(name="Service", now=NOW)


def colleague(name: str, *teams: Team) -> tuple[User, str]:
    """A person and the cookie of their session."""
    user = accounts.create_person(email=f"{name}@x.example", name=name, password="secret secret", now=NOW)
    for each in teams:
        accounts.set_members(each, [user.pk], now=NOW)
    client = Client()
    client.force_login(user)
    return user, f"sessionid={client.cookies['sessionid'].value}"


@asynccontextmanager
async def reading(cookie: str) -> AsyncIterator["asyncio.Queue[MutableMapping[str, Any]]"]:
    """An open stream: what the server sends, message by message."""
    sent: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    leave = asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        await leave.wait()
        return {"type": "http.disconnect"}

    scope = {"type": "http", "path": "/events", "headers": [(b"cookie", cookie.encode())]}
    task = asyncio.create_task(stream.app(scope, receive, sent.put))
    yield sent
    leave.set()
    await asyncio.wait_for(task, 10)


async def next_events(sent: "asyncio.Queue[MutableMapping[str, Any]]", count: int) -> list[dict[str, Any]]:
    """The next events of a stream."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        message = await asyncio.wait_for(sent.get(), 10)
        found += [
            msgspec.json.decode(line[6:])
            for line in message.get("body", b"").split(b"\n")
            if line.startswith(b"data: ")
        ]
    return found


def test_a_reader_is_told_of_their_teams_things_and_their_own_and_never_what_was_said(team: Team) -> None:
    other_team = accounts.create_team(name="Other", now=NOW)
    ana, cookie = colleague("ana", team)

    async def story() -> list[dict[str, Any]]:
        async with reading(cookie) as sent:
            assert (await sent.get())["status"] == 200
            await sent.get()
            await asyncio.to_thread(tell, 1, team.scope_id)
            await asyncio.to_thread(tell, 2, other_team.scope_id)
            await asyncio.to_thread(tell, 3, None)
            await asyncio.to_thread(tell, 4, other_team.scope_id, ana.pk)
            return await next_events(sent, 2)

    told = asyncio.run(story())

    assert [each["object_id"] for each in told] == ["1", "4"]
    assert "what somebody said" not in str(told)


def tell(object_id: int, scope_id: int | None, user_id: int | None = None) -> None:
    """Something happens."""
    try:
        events.emit(
            Happened(
                object_id=object_id, scope_ids=(scope_id,) if scope_id else (), user_ids=(user_id,) if user_id else ()
            ),
            now=NOW,
        )
    finally:
        connection.close()


def test_strangers_and_people_whose_password_changed_are_told_to_sign_in(team: Team) -> None:
    user, cookie = colleague("ana", team)
    user.set_password("another secret")
    user.save()

    async def story(given: str) -> int:
        async with reading(given) as sent:
            return int((await sent.get())["status"])

    assert [asyncio.run(story(each)) for each in ("", "sessionid=nonsense", "=;;=", cookie)] == [401] * 4
