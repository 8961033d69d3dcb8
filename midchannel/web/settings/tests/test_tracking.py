"""A channel for pages and apps in the settings: opened, explained, changed, its keys revoked, what it left out told."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from midchannel.config import wiring
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Channel, ChannelToken
from midchannel.platform.accounts.models import User
from tests import company as companies

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEW = "/settings/channels/new/tracking/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Client:
    wiring.connect_networks()
    company = companies.make_company(now=NOW)
    client = Client()
    user: User = company.administrator
    client.force_login(user, backend=BACKEND)
    return client


def given(client: Client, **more: str) -> dict[str, str]:
    """A form that is filled in."""
    queue = client.get(NEW).context["form"].fields["queue_id"].choices[0][0]
    return {
        "name": "Shop",
        "purpose": "To know what people look for",
        "queue_id": str(queue),
        "senders": "pages",
        **more,
    }


def test_a_write_key_is_shown_once_with_what_to_paste(boss: Client) -> None:
    shown = boss.post(NEW, given(boss, origins="https://shop.example\nhttps://m.shop.example")).content.decode()

    channel = Channel.objects.get(network="tracking")
    key = shown.partition('id="secret"')[2].partition(">")[2].partition("<")[0]
    assert channels.authenticate(key) == channel.pk
    assert shown.count(key) == 4
    assert 'analytics.host = "http://testserver"' in shown
    assert key not in boss.get(f"/settings/channels/{channel.pk}/").content.decode()
    assert channel.config["origins"] == ["https://shop.example", "https://m.shop.example"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("origins", "https://shop.example/path"),
        ("origins", "shop.example"),
        ("categories", "C0004 marketing"),
        ("categories", "C0004 = everything"),
        ("space", "a/b"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(boss: Client, field: str, value: str) -> None:
    answer = boss.post(NEW, given(boss, **{field: value}))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_key_for_servers_is_for_no_page(boss: Client) -> None:
    answer = boss.post(NEW, given(boss, senders="servers", origins="https://shop.example"))

    assert list(answer.context["form"].errors) == ["origins"]


def test_it_is_changed_and_keeps_what_was_given(boss: Client) -> None:
    boss.post(NEW, given(boss, origins="https://shop.example", categories="C0004 = marketing"))
    address = f"/settings/channels/{Channel.objects.get(network='tracking').pk}/"
    before = boss.get(address).context["form"].initial
    assert (before["origins"], before["categories"]) == ("https://shop.example", "C0004 = marketing")

    boss.post(address, given(boss, origins="https://new.example", space="Shop"))

    config = Channel.objects.get(network="tracking").config
    assert (config["origins"], config["space"], config["categories"]) == (["https://new.example"], "shop", {})


def test_what_was_not_kept_is_told(boss: Client) -> None:
    boss.post(NEW, given(boss))
    channel = Channel.objects.get(network="tracking")
    channels.count_dropped(channel.pk, {"location": 1200, "profiling": 1}, now=NOW)
    channels.receive(channel.pk, [b"{}"], now=NOW)

    page = boss.get(f"/settings/channels/{channel.pk}/").content.decode()
    arrivals = boss.get("/arrivals/counts/", headers={"HX-Request": "true"}).content.decode()
    assert "fields about where somebody is" in page
    assert "1 thing somebody did who had said no" in page
    assert "1 more was not taken in" in arrivals


def test_a_write_key_is_revoked(boss: Client) -> None:
    boss.post(NEW, given(boss))
    token = ChannelToken.objects.get()

    boss.post(f"/settings/channels/{token.channel_id}/tokens/{token.pk}/revoke/")

    token.refresh_from_db()
    assert token.revoked_at is not None
