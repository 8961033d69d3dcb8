"""Opening a channel, from the settings page or the terminal."""

from datetime import UTC, date, datetime

import pytest

from midchannel.inside.service.models import Queue
from midchannel.insight.outcomes.models import Baseline
from midchannel.insight.outcomes.models import Goal as StoredGoal
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Channel
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.errors import InvalidError
from midchannel.usecases import open_channel

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_a_collector_from_the_terminal_gets_an_id_a_token_and_a_queue_of_everybody() -> None:
    ana = accounts.create_person(email="ana@example.org", name="Ana", password=None, now=NOW)

    opened = open_channel.open_channel(None, network="collector", name="Shop", purpose="Orders", now=NOW)

    assert channels.authenticate(opened.token) == opened.channel_id
    channel, queue = Channel.objects.get(), Queue.objects.get()
    assert channel.queue_id == queue.pk
    assert channel.scope_id in account_queries.viewer_for(ana).scope_ids


def test_while_there_is_nobody_leads_will_see_what_comes() -> None:
    opened = open_channel.open_channel(None, network="collector", name="Shop", now=NOW)

    assert (Channel.objects.get().queue_id, Queue.objects.count()) == (None, 0)
    assert channels.authenticate(opened.token) == opened.channel_id
    with pytest.raises(InvalidError, match="no such queue"):
        open_channel.open_channel(None, network="collector", name="App", queue_id=4711, now=NOW)


def test_the_next_channel_joins_the_queue_there_is() -> None:
    accounts.create_person(email="ana@example.org", name="Ana", password=None, now=NOW)
    for name in ("One", "Two"):
        open_channel.open_channel(None, network="collector", name=name, now=NOW)

    assert Queue.objects.count() == 1


def test_only_an_administrator_opens_channels() -> None:
    agent = accounts.create_person(email="ana@example.org", name="Ana", password=None, now=NOW)

    with pytest.raises(open_channel.MayNotOpenChannelsError, match="administrator"):
        open_channel.open_channel(account_queries.viewer_for(agent), network="collector", name="Shop", now=NOW)


def test_its_goal_is_kept_and_the_baseline_says_that_there_was_none() -> None:
    goal = open_channel.Goal("first_answer", 3600, date(2027, 3, 1), "Answer within the hour")

    opened = open_channel.open_channel(None, network="collector", name="Shop", goal=goal, now=NOW)

    assert opened.baseline.is_none
    assert Baseline.objects.get().channel_id == opened.channel_id
    assert StoredGoal.objects.get().target == 3600


def test_a_goal_that_cannot_be_opens_no_channel() -> None:
    goal = open_channel.Goal("happiness", 1, date(2027, 3, 1))

    with pytest.raises(InvalidError, match="one of"):
        open_channel.open_channel(None, network="collector", name="Shop", goal=goal, now=NOW)

    assert not Channel.objects.exists()
