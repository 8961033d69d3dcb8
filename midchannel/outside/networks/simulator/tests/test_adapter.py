"""The simulator behind the seam of every network."""

from datetime import UTC, datetime, timedelta

import pytest

from midchannel.outside.channels import documents
from midchannel.outside.channels.boxes import NobodyThereError
from midchannel.outside.channels.kinds import Flag, Kind
from midchannel.outside.channels.port import Batch, NetworkError, OutcomeUnknownError, Outgoing, Settings
from midchannel.outside.networks.simulator import living
from midchannel.outside.networks.simulator.adapter import SimulatorAdapter
from midchannel.outside.networks.simulator.box import SimulatorBox
from midchannel.outside.networks.simulator.cast import CAST
from midchannel.outside.networks.simulator.models import Plan, Post

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SETTINGS = Settings(1, "Simulator", "@lantern@simulator", {}, {})
ANA, BEN = CAST[2].handle, CAST[10].handle

pytestmark = pytest.mark.django_db
adapter, box = SimulatorAdapter(), SimulatorBox()


@pytest.fixture(autouse=True)
def _world() -> None:
    box.found(1, seed=1, per_minute=0, now=NOW)


def read(settings: Settings = SETTINGS) -> tuple[list[documents.Envelope], dict[str, object]]:
    batches: list[Batch] = []
    adapter.read(settings, batches.append, should_stop=lambda: False)
    raws = [raw for batch in batches for raw in batch.documents]
    return [documents.read(raw, now=NOW + timedelta(days=1)) for raw in raws], batches[-1].cursor if batches else {}


def answer(to: str, parent: str, *, key: str = "k1", is_public: bool = True) -> Outgoing:
    return Outgoing(key=key, text="We look into it.", to=[to], in_reply_to=parent, is_public=is_public)


def test_what_is_said_is_read_once_and_in_order() -> None:
    first = box.say(1, ANA, "@lantern where is my card?", now=NOW)
    second = box.say(1, BEN, "Same here", answers_id=first, now=NOW)

    envelopes, cursor = read()

    assert [e.external_id for e in envelopes] == [first, second]
    assert envelopes[0].kind == Kind.POST
    assert envelopes[0].at == NOW
    assert envelopes[0].identifiers[0].verified
    assert envelopes[1].parents == [first]
    assert read(Settings(1, "", "", {}, {}, cursor))[0] == []


def test_edits_deletions_private_and_overheard_words_arrive_as_such() -> None:
    public = box.say(1, ANA, "Where is my card?", now=NOW, is_addressed=False)
    private = box.say(1, ANA, "My number is 12", is_public=False, now=NOW)
    box.edit(1, public, "Where is my new card?", now=NOW)
    box.delete(1, private, now=NOW)

    envelopes, _ = read()

    assert [e.text for e in envelopes] == ["Where is my card?", "", "Where is my new card?", ""]
    assert not envelopes[0].flags & Flag.ADDRESSED
    assert envelopes[0].content != envelopes[2].content
    assert envelopes[1].is_deletion
    assert envelopes[3].is_deletion


def test_an_answer_becomes_visible_once_and_is_reacted_to() -> None:
    post = box.say(1, ANA, "Where is my card?", now=NOW)

    receipt = adapter.send(SETTINGS, answer(ANA, post))
    again = adapter.send(SETTINGS, answer(ANA, post))

    assert receipt == again
    assert receipt.confirmed
    assert adapter.lookup(SETTINGS, answer(ANA, post)) == receipt
    ours = box.list_public(1)[0]
    assert (ours.author, ours.answers, ours.text) == (None, CAST[2].name, "We look into it.")
    assert Plan.objects.count() <= 1


def test_people_thank_ask_back_or_complain_in_the_thread_of_our_answer() -> None:
    for number, role in enumerate(CAST[:12]):
        post = box.say(1, role.handle, "Where is my card?", now=NOW)
        adapter.send(SETTINGS, answer(role.handle, post, key=f"k{number}"))

    living.live(1, now=NOW + timedelta(minutes=3))

    reactions = Post.objects.filter(parent__persona=None, parent__isnull=False)
    assert reactions.count() >= 6
    envelope = next(e for e in read()[0] if len(e.parents) == 2)
    assert envelope.parents[1] == Post.objects.get(external_id=envelope.parents[0]).parent.external_id  # type: ignore[union-attr]


def test_a_private_answer_is_seen_by_its_receiver_alone() -> None:
    box.say(1, ANA, "My number is 12", is_public=False, now=NOW)

    adapter.send(SETTINGS, answer(ANA, "", is_public=False))

    assert box.list_public(1) == []
    assert [u.text for u in box.list_private(1, ANA)] == ["My number is 12", "We look into it."]
    assert box.list_private(1, BEN) == []


@pytest.mark.parametrize(("trouble", "permanent"), [("refuse", False), ("refuse_for_good", True), ("down", False)])
def test_the_network_can_be_told_to_refuse(trouble: str, permanent: bool) -> None:
    box.set_pace(1, trouble=trouble)

    with pytest.raises(NetworkError) as refused:
        adapter.send(SETTINGS, answer(ANA, ""))

    assert refused.value.permanent is permanent
    assert refused.value.is_channel_wide is (trouble == "down")
    assert Post.objects.count() == 0


@pytest.mark.parametrize(("trouble", "is_there"), [("lose_receipt", True), ("lose_both", False)])
def test_the_network_can_be_told_to_lose_the_receipt(trouble: str, is_there: bool) -> None:
    box.set_pace(1, trouble=trouble)

    with pytest.raises(OutcomeUnknownError):
        adapter.send(SETTINGS, answer(ANA, ""))

    assert (adapter.lookup(SETTINGS, answer(ANA, "")) is not None) is is_there


def test_nothing_is_left_after_its_removal() -> None:
    box.say(1, ANA, "Where is my card?", now=NOW)

    box.remove(1)

    assert box.get_pace(1) is None
    assert box.list_people(1) == []
    assert "removed" in adapter.check(SETTINGS)[0]
    with pytest.raises(NobodyThereError):
        box.say(1, ANA, "Hello?", now=NOW)
