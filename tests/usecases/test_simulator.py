"""The whole main line on the network in the box: somebody speaks, is answered, reacts; and every state of a delivery can be had."""

from datetime import datetime, timedelta

import pytest

from midchannel.middle.conversations import queries as conversations
from midchannel.middle.conversations.models import Conversation
from midchannel.outside.channels import registry
from midchannel.outside.channels.boxes import Utterance
from midchannel.outside.channels.models import Delivery
from midchannel.outside.listening.models import Mention
from midchannel.platform import clock
from midchannel.usecases import arrive, deliver, demo_company, read_channels, reply, resolve, simulate
from midchannel.usecases.demo_company import Company

ANA, BEN = "@aiko.paperlantern@simulator", "@hamish.thistledown@simulator"

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    company = demo_company.found(now=clock.now())
    registry.get_box().set_pace(company.channels["simulator"], per_minute=0)
    return company


def work(company: Company, now: datetime) -> None:
    """What the worker's loops do once around."""
    simulate.live(now=now)
    read_channels.read_channel(company.channels["simulator"], should_stop=lambda: False)
    while arrive.apply_waiting(now=now):
        pass
    while deliver.send_due(now):
        pass


def say(company: Company, text: str, *, who: str = ANA, answers: str = "", is_public: bool = True) -> str:
    channel_id = company.channels["simulator"]
    return registry.get_box().say(channel_id, who, text, is_public=is_public, answers_id=answers, now=clock.now())


def answer(company: Company, conversation_id: int, *, key: str, now: datetime) -> None:
    sent = reply.send(
        company.people["mia"],
        conversation_id,
        text="We look into it.",
        client_key=key,
        saw_message_id=None,
        send_anyway=True,
        now=now,
    )
    assert isinstance(sent, reply.Sent)
    work(company, now + timedelta(minutes=1))


def public(company: Company) -> list[Utterance]:
    return registry.get_box().list_public(company.channels["simulator"])


def test_somebody_asks_is_answered_where_they_asked_and_their_reaction_joins_the_thread(company: Company) -> None:
    now = clock.now()
    for number, role in enumerate(registry.get_box().list_people(company.channels["simulator"])[:6]):
        say(company, f"@lantern where is my card number {number}?", who=role.handle)
    work(company, now)
    asked = list(Conversation.objects.order_by("pk"))

    for conversation in asked:
        answer(company, conversation.pk, key=f"k{conversation.pk}", now=now)
    ours = [said for said in public(company) if said.author is None]
    assert len(ours) == 6
    assert all(said.answers for said in ours)
    resolve.resolve(company.people["mia"], asked[0].pk, now=now + timedelta(minutes=1))
    work(company, now + timedelta(minutes=4))

    assert Conversation.objects.count() == 6, "reactions open nothing new"
    reactions = [said for said in public(company) if said.answers == "@lantern"]
    assert len(reactions) >= 3
    told = sum(len(conversations.list_messages(company.people["mia"], conversation.pk).items) for conversation in asked)
    assert told == 12 + len(reactions)


def test_a_private_question_is_answered_privately(company: Company) -> None:
    now = clock.now()
    say(company, "My number is 12", is_public=False)
    work(company, now)

    answer(company, Conversation.objects.get().pk, key="k", now=now)

    assert public(company) == []
    box = registry.get_box()
    private = box.list_private(company.channels["simulator"], ANA)
    assert [said.text for said in private][:2] == ["My number is 12", "We look into it."]
    assert box.list_private(company.channels["simulator"], BEN) == []


def test_a_reply_of_a_stranger_joins_the_thread_and_an_edit_and_a_deletion_are_honoured(company: Company) -> None:
    now, mia = clock.now(), company.people["mia"]
    box, channel_id = registry.get_box(), company.channels["simulator"]
    post = say(company, "@lantern where is my card?")
    second = say(company, "Same here", who=BEN, answers=post)
    work(company, now)
    box.edit(channel_id, post, "@lantern where is my new card?", now=clock.now())
    box.delete(channel_id, second, now=clock.now())

    work(company, now)

    messages = conversations.list_messages(mia, Conversation.objects.get().pk).items
    assert [message.text for message in messages] == ["@lantern where is my new card?", ""]
    assert messages[0].is_edited
    assert messages[1].is_deleted


@pytest.mark.parametrize(
    ("trouble", "first", "then"),
    [
        ("none", "confirmed", "confirmed"),
        ("refuse", "queued", "confirmed"),
        ("refuse_for_good", "failed", "failed"),
        ("lose_receipt", "unknown", "confirmed"),
        ("lose_both", "unknown", "failed"),
    ],
)
def test_every_state_of_a_delivery_can_be_had(company: Company, trouble: str, first: str, then: str) -> None:
    now = clock.now()
    say(company, "@lantern where is my card?")
    work(company, now)
    box, channel_id = registry.get_box(), company.channels["simulator"]
    box.set_pace(channel_id, trouble=trouble)

    answer(company, Conversation.objects.get().pk, key="k", now=now)
    state = Delivery.objects.get().state
    box.set_pace(channel_id, trouble="none")
    later = now + timedelta(hours=2)
    while deliver.send_due(later):
        pass
    deliver.reconcile(later)

    assert (state, Delivery.objects.get().state) == (first, then)
    ours = [said for said in public(company) if said.author is None]
    assert len(ours) == (1 if then == "confirmed" else 0), "never twice"


def test_what_is_only_overheard_is_nobodys_work(company: Company) -> None:
    box, channel_id = registry.get_box(), company.channels["simulator"]
    box.say(channel_id, ANA, "Lantern or the other one?", is_addressed=False, now=clock.now())

    work(company, clock.now())

    assert not Conversation.objects.exists()
    assert Mention.objects.count() == 1
