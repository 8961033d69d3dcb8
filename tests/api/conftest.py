"""A small company, and whoever asks it by a token."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from midchannel.platform import clock
from midchannel.platform.accounts.actions import tokens
from midchannel.platform.accounts.models import User
from midchannel.platform.accounts.rules import RIGHTS
from tests import company as companies
from tests.company import Company


@dataclass(slots=True)
class Machine:
    """A client with a token. Answers are dictionaries; `status` is the last one's."""

    client: Client
    token: str
    status: int = 0
    last: Any = None

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        """Send a request under /api/v1 and give its JSON."""
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        answer = self.client.generic(
            method,
            path if path.startswith("/") else f"/api/v1/{path}",
            sent,
            content_type=headers.pop("content_type", "application/json"),
            headers=headers,
        )
        self.status, self.last = answer.status_code, answer
        return json.loads(answer.content) if answer.content else None

    def get(self, path: str) -> Any:
        """GET."""
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """POST."""
        return self.ask("POST", path, body, key=key)


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def company(db: None, now: datetime) -> Company:
    """Six conversations of the service team."""
    made = companies.make_company(now=now - timedelta(days=1))
    companies.fill(made, now=now - timedelta(minutes=1), count=6)
    return made


def token_of(user: User, *rights: str) -> str:
    """A token with a person's eyes; with all rights when none are named."""
    viewer = companies.viewer_of(user)
    return tokens.issue_api_token(viewer, name="test", rights=rights or RIGHTS, now=clock.now()).token


Asks = Callable[..., Machine]


@pytest.fixture
def asks(client: Client) -> Asks:
    """A machine of a person, with all rights or those named."""
    return lambda user, *rights: Machine(Client(), token_of(user, *rights))
