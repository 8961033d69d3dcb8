"""Opening a channel, from the settings page or the terminal."""

from datetime import UTC, datetime

import pytest

from midchannel.inside.service.models import Queue
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Channel
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.usecases import open_channel

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_a_collector_from_the_terminal_gets_an_id_a_token_and_a_queue_of_everybody() -> None:
    ana = accounts.create_person(email="ana@example.org", name="Ana", password=None, now=NOW)

    opened = open_channel.from_the_terminal("collector", name="Shop", purpose="Orders", now=NOW)

    assert channels.authenticate(opened.token) == opened.channel_id
    channel, queue = Channel.objects.get(), Queue.objects.get()
    assert channel.queue_id == queue.pk
    assert channel.scope_id in account_queries.viewer_for(ana).scope_ids


def test_the_next_channel_joins_the_queue_there_is() -> None:
    for name in ("One", "Two"):
        open_channel.from_the_terminal("collector", name=name, purpose="", now=NOW)

    assert Queue.objects.count() == 1


def test_only_an_administrator_opens_channels() -> None:
    agent = accounts.create_person(email="ana@example.org", name="Ana", password=None, now=NOW)

    with pytest.raises(open_channel.MayNotOpenChannelsError, match="administrator"):
        open_channel.open_channel(account_queries.viewer_for(agent), network="collector", name="Shop", now=NOW)
