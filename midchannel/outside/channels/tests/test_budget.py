"""Machines of ours do not write to one address without end."""

from datetime import UTC, datetime, timedelta

import pytest

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import budget, errors
from midchannel.outside.channels.models import Delivery
from midchannel.platform.audit.actions import Actor

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel_id() -> int:
    return channels.open_channel(network="collector", name="Mail", by=Actor("test"), now=NOW)


def spend(channel_id: int, address: str, now: datetime) -> int:
    """How many may be taken at once."""
    taken = 0
    while budget.take(channel_id, address, now):
        taken += 1
    return taken


def test_an_hour_has_a_budget_and_the_next_hour_another(channel_id: int) -> None:
    assert spend(channel_id, "robot@x.example", NOW) == budget.PER_HOUR
    assert spend(channel_id, "Robot@X.example ", NOW) == 0
    assert spend(channel_id, "robot@x.example", NOW + timedelta(hours=1)) == budget.PER_HOUR


def test_a_day_has_a_budget_too(channel_id: int) -> None:
    spent = sum(spend(channel_id, "robot@x.example", NOW + timedelta(hours=hour)) for hour in range(20))

    assert spent == budget.PER_DAY


def test_addresses_and_channels_have_budgets_of_their_own(channel_id: int) -> None:
    other = channels.open_channel(network="collector", name="Other", by=Actor("test"), now=NOW)
    spend(channel_id, "robot@x.example", NOW)

    assert budget.take(channel_id, "ana@x.example", NOW)
    assert budget.take(other, "robot@x.example", NOW)


def test_spent_budgets_are_forgotten_after_two_days(channel_id: int) -> None:
    spend(channel_id, "robot@x.example", NOW)

    assert spend(channel_id, "robot@x.example", NOW + timedelta(days=3)) == budget.PER_HOUR


def test_an_automatic_message_over_the_budget_is_not_queued_and_a_persons_is() -> None:
    channel_id = channels.open_channel(network="simulator", name="Sim", by=Actor("test"), now=NOW)

    def queue(number: int, *, automatic: bool) -> int:
        letter = channels.Letter(text="hello", to=["robot@x.example"], is_public=True, automatic=automatic)
        return channels.queue_delivery(
            channel_id, letter, message_id=number, client_key=str(number), due_at=NOW, now=NOW
        )

    for number in range(budget.PER_HOUR):
        queue(number, automatic=True)
    with pytest.raises(errors.CannotSendError, match=r"robot@x\.example too often"):
        queue(98, automatic=True)
    queue(99, automatic=False)

    assert Delivery.objects.count() == budget.PER_HOUR + 1
