"""The demo company is set up once, is full of life, and goes without a trace."""

from datetime import UTC, datetime

import pytest

from midchannel.outside.channels.models import Channel
from midchannel.platform.accounts.models import User
from midchannel.usecases import demo

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_it_is_set_up_once() -> None:
    first = demo.set_up(now=NOW)
    again = demo.set_up(now=NOW)

    assert first == again
    assert Channel.objects.count() == 3
    assert User.objects.count() == 7
    email, password, _name, role = first.people[0]
    assert User.objects.get(email=email).check_password(password)
    assert role == "agent"
