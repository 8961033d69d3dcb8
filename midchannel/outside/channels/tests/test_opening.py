"""Opening, changing and closing channels; a collector's tokens."""

from datetime import UTC, datetime

import pytest

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import errors
from midchannel.outside.channels.models import Channel, ChannelToken, Health
from midchannel.platform.audit.actions import Actor
from midchannel.platform.audit.models import Entry
from midchannel.platform.errors import InvalidError
from midchannel.platform.events.models import StoredEvent

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ANA = Actor("Ana", 7)

pytestmark = pytest.mark.django_db


def open_collector(name: str = "Shop") -> int:
    return channels.open_channel(network="collector", name=name, purpose="Orders and chats", by=ANA, now=NOW)


def test_opening_is_audited_and_told() -> None:
    channel_id = open_collector("  The   shop ")

    channel = Channel.objects.get(pk=channel_id)
    assert (channel.name, channel.purpose, channel.can_send) == ("The shop", "Orders and chats", False)
    assert Entry.objects.get(object_type="channel", object_id=channel_id).action == "channel.open"
    assert StoredEvent.objects.get(object_id=channel_id).kind == "channel.opened"


def test_a_name_is_given_once_and_a_network_must_exist() -> None:
    open_collector("Shop")

    with pytest.raises(errors.NameTakenError):
        open_collector("Shop")
    with pytest.raises(errors.UnknownNetworkError, match="collector"):
        channels.open_channel(network="pigeon", name="Roof", by=ANA, now=NOW)
    with pytest.raises(InvalidError):
        open_collector("   ")


def test_secrets_are_sealed_and_an_empty_one_stays_as_it_was() -> None:
    channel_id = channels.open_channel(
        network="collector", name="Shop", secrets={"password": "swordfish", "other": "x"}, by=ANA, now=NOW
    )

    channels.change_settings(channel_id, secrets={"password": "", "other": "y"}, address="a@b.example", by=ANA, now=NOW)

    channel = Channel.objects.get(pk=channel_id)
    assert b"swordfish" not in bytes(channel.sealed)
    settings = channels.settings_of(channel_id)
    assert settings.secrets == {"password": "swordfish", "other": "y"}
    assert settings.address == "a@b.example"
    assert "swordfish" not in str(list(Entry.objects.values()))


def test_a_token_opens_its_channel_and_only_its_hash_is_kept() -> None:
    channel_id = open_collector()

    issued = channels.issue_token(channel_id, by=ANA, now=NOW)

    assert channels.authenticate(issued.token) == channel_id
    assert issued.token.encode() not in bytes(ChannelToken.objects.get().token_hash)


def test_a_revoked_token_says_so_and_so_does_that_of_a_closed_channel() -> None:
    channel_id = open_collector()
    first, second = (channels.issue_token(channel_id, by=ANA, now=NOW) for _ in range(2))

    channels.revoke_token(first.token_id, by=ANA, now=NOW)
    channels.revoke_token(first.token_id, by=ANA, now=NOW)

    with pytest.raises(errors.RevokedTokenError, match="revoked"):
        channels.authenticate(first.token)
    assert channels.authenticate(second.token) == channel_id
    channels.close(channel_id, by=ANA, now=NOW)
    with pytest.raises(errors.ClosedTokenError, match="closed"):
        channels.authenticate(second.token)
    with pytest.raises(errors.UnknownTokenError):
        channels.authenticate("mc_guess")
    with pytest.raises(errors.NoTokenError):
        channels.authenticate("")


def test_a_machine_does_not_wake_a_paused_channel_and_nobody_a_closed_one() -> None:
    channel_id = open_collector()

    channels.pause(channel_id, by=ANA, now=NOW, reason="Moving house.")
    channels.set_health(channel_id, Health.OK, now=NOW)
    assert Channel.objects.get().health_reason == "Moving house."
    channels.resume(channel_id, by=ANA, now=NOW)
    assert Channel.objects.get().health == Health.OK
    channels.close(channel_id, by=ANA, now=NOW)
    channels.set_health(channel_id, Health.OK, now=NOW)

    assert Channel.objects.get().health == Health.CLOSED
    with pytest.raises(errors.ChannelClosedError):
        channels.change_settings(channel_id, name="Again", by=ANA, now=NOW)


def test_health_is_told_once() -> None:
    channel_id = open_collector()

    for _ in range(2):
        channels.set_health(channel_id, Health.FAILING, reason="Wrong password.", now=NOW)

    assert StoredEvent.objects.filter(kind="channel.health_changed").count() == 1
