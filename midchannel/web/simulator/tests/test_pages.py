"""The simulator's page: one sees the network, speaks as anybody in it, and steers it."""

from datetime import timedelta

import pytest
from django.test import Client

from midchannel.outside.channels import registry
from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from midchannel.platform.accounts.queries import Viewer
from midchannel.usecases import demo_company, simulate

pytestmark = pytest.mark.django_db
BEN, ANA = "@hamish.thistledown@simulator", "@aiko.paperlantern@simulator"


@pytest.fixture
def company() -> None:
    demo_company.found(now=clock.now())


def sign_in(client: Client, user: str) -> Client:
    client.force_login(User.objects.get(email=f"{user}@lantern.example"))
    return client


def channel_id() -> int:
    from midchannel.outside.channels.models import Channel

    return Channel.objects.get(network="simulator").pk


def test_one_speaks_as_anybody_in_public_privately_and_in_answer(client: Client, company: None) -> None:
    sign_in(client, "mia")

    client.post("/simulator/say/", {"as": ANA, "text": "@lantern my <b>card</b>?", "where": "public"})
    client.post("/simulator/say/", {"as": ANA, "text": "My number is 12", "where": "private"})
    box = registry.get_box()
    post = box.list_public(channel_id())[0]
    client.post("/simulator/say/", {"as": BEN, "text": "Same here", "where": "public", "answers": post.external_id})
    page = client.get("/simulator/", {"as": ANA}).content.decode()

    assert "my &lt;b&gt;card&lt;/b&gt;?" in page
    assert "in answer to Aiko Paperlantern" in page
    assert "My number is 12" in page
    assert "My number is 12" not in client.get("/simulator/", {"as": BEN}).content.decode()


def test_one_changes_and_deletes_what_the_person_said_and_nobody_elses(client: Client, company: None) -> None:
    sign_in(client, "mia")
    said = registry.get_box().say(channel_id(), ANA, "Where is my card?", now=clock.now())

    page = client.get("/simulator/", {"as": ANA, "change": said}).content.decode()
    assert "says instead" in page
    assert "says instead" not in client.get("/simulator/", {"as": BEN, "change": said}).content.decode()
    client.post("/simulator/edit/", {"as": ANA, "id": said, "text": "Where is my new card?"})
    assert registry.get_box().list_public(channel_id())[0].text == "Where is my new card?"
    client.post("/simulator/delete/", {"as": ANA, "id": said})
    assert registry.get_box().list_public(channel_id())[0].is_deleted


def test_parts_answer_alone_and_earlier_ones_follow(client: Client, company: None) -> None:
    sign_in(client, "mia")
    box = registry.get_box()
    for number in range(40):
        box.say(channel_id(), ANA, f"Number {number}.", now=clock.now() + timedelta(seconds=number))

    first = client.get("/simulator/public/", {"as": ANA}).content.decode()
    position = first.split("before=")[1].split('"')[0]
    second = client.get("/simulator/public/", {"as": ANA, "before": position}).content.decode()

    assert "Number 39." in first
    assert "Number 10." in first
    assert "Number 9." not in first
    assert "Number 9." in second
    assert client.get("/simulator/private/", {"as": ANA}).status_code == 200


def test_only_leads_steer_and_only_administrators_remove(client: Client, company: None) -> None:
    sign_in(client, "mia")
    assert client.post("/simulator/steer/", {"per_minute": "9"}).status_code == 403
    assert client.post("/simulator/remove/").status_code == 403

    sign_in(client, "lea")
    client.post("/simulator/steer/", {"per_minute": "9", "trouble": "refuse"})
    client.post("/simulator/steer/", {"paused": "yes"})
    pace = registry.get_box().get_pace(channel_id())
    assert pace is not None
    assert (pace.per_minute, pace.trouble, pace.is_paused) == (9, "refuse", True)
    part = client.post("/simulator/steer/", {"paused": "no"}, headers={"HX-Request": "true"})
    assert b"Pause" in part.content
    assert client.post("/simulator/steer/", {"per_minute": "many"}, headers={"HX-Request": "true"}).status_code == 422


def test_without_a_simulator_the_page_says_how_to_get_one(client: Client, company: None) -> None:
    sign_in(client, "ada")
    boss = User.objects.create(
        email="real@example.org", name="Real", mention="real", role="administrator", created_at=clock.now()
    )
    agent = User.objects.create(email="other@example.org", name="Other", mention="other", created_at=clock.now())

    client.post("/simulator/remove/")
    client.force_login(agent)
    assert "An administrator can open one" in client.get("/simulator/").content.decode()
    client.force_login(boss)
    page = client.get("/simulator/").content.decode()

    assert 'href="/settings/channels/new/simulator/"' in page
    assert client.get("/settings/channels/new/simulator/").status_code == 200
    with pytest.raises(simulate.NoSimulatorError):
        simulate.find_channel(Viewer(boss.pk, "Real", "administrator", ()))


def test_it_asks_for_a_sign_in(client: Client) -> None:
    assert client.get("/simulator/").status_code == 302
