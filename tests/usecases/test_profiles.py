"""What is known of a person arrives like anything else: as an activity, with versions, and never as a conversation."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from midchannel.middle.conversations.models import Conversation
from midchannel.middle.customers.models import Customer, Membership, RecordKind, SourceRecord, SourceRecordVersion
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.kinds import Outcome
from midchannel.outside.channels.models import Channel, Parked
from midchannel.outside.listening.models import Mention
from midchannel.platform.accounts import actions as accounts
from midchannel.usecases import arrive

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(db: None) -> Channel:
    team = accounts.create_team(name="Service", now=NOW)
    return Channel.objects.create(network="crm", name="CRM", scope_id=team.scope_id, created_at=NOW)


def profile(
    who: str,
    attributes: dict[str, object] | None,
    *,
    kind: str = "Person",
    at: datetime | None = None,
    more: dict[str, object] | None = None,
) -> bytes:
    actor = {"id": who, "type": kind, "name": who.title(), **(more or {})}
    if attributes is not None:
        actor["mc:attributes"] = attributes
    said = {"id": f"profile:{who}", "type": kind}
    updated = {"updated": at.isoformat()} if at else {}
    return json.dumps({"type": "Update", "actor": actor, "object": said, **updated}).encode()


def take(channel: Channel, *raws: bytes, now: datetime = NOW) -> list[Outcome]:
    told = channels.receive(channel.pk, raws, now=now)
    while arrive.apply_waiting(now=now):
        pass
    return [item.outcome for item in told.items]


def test_a_profile_makes_a_customer_and_no_conversation(channel: Channel) -> None:
    business = {"kind": "business", "lawful_basis": "contract"}

    take(
        channel, profile("4711", {"given_name": "Ana", "email": ["ana@lima.example"]}, more={"mc:provenance": business})
    )

    record = SourceRecord.objects.get()
    assert (record.source, record.kind, record.trust, record.lawful_basis) == (
        "crm",
        RecordKind.BUSINESS,
        80,
        "contract",
    )
    assert record.attributes == {"given_name": "Ana", "email": "ana@lima.example"}
    assert record.customer_id == record.pk
    assert not Conversation.objects.exists()
    assert not Parked.objects.exists()


def test_an_edit_is_a_version_and_the_same_again_a_duplicate(channel: Channel) -> None:
    old, new = (
        profile("4711", {"city": "Porto"}, at=NOW),
        profile("4711", {"city": "Lisboa"}, at=NOW + timedelta(hours=1)),
    )

    outcomes = [take(channel, raw, now=NOW + timedelta(hours=2))[0] for raw in (old, new, new)]

    assert outcomes == [Outcome.ACCEPTED, Outcome.EDIT, Outcome.DUPLICATE]
    assert SourceRecord.objects.get().attributes == {"city": "Lisboa"}
    version = SourceRecordVersion.objects.get()
    assert (version.attributes, version.at) == ({"city": "Porto"}, NOW)


def test_what_was_said_earlier_and_comes_later_changes_only_the_past(channel: Channel) -> None:
    old, new = (
        profile("4711", {"city": "Porto"}, at=NOW),
        profile("4711", {"city": "Lisboa"}, at=NOW + timedelta(hours=1)),
    )

    for raw in (new, old):
        take(channel, raw, now=NOW + timedelta(hours=2))

    assert SourceRecord.objects.get().attributes == {"city": "Lisboa"}
    assert SourceRecordVersion.objects.get().attributes == {"city": "Porto"}


def test_both_versions_may_come_in_one_batch(channel: Channel) -> None:
    old, new = (
        profile("4711", {"city": "Porto"}, at=NOW),
        profile("4711", {"city": "Lisboa"}, at=NOW + timedelta(hours=1)),
    )

    take(channel, old, new, now=NOW + timedelta(hours=2))

    assert SourceRecord.objects.get().attributes == {"city": "Lisboa"}
    assert SourceRecordVersion.objects.get().attributes == {"city": "Porto"}


def test_organisations_and_who_belongs_to_them(channel: Channel) -> None:
    ties = [{"id": "org-1", "name": "Lima & Co", "role": "Buyer", "since": "2020-01-01"}]

    take(channel, profile("4711", {"given_name": "Ana"}, more={"mc:organisations": ties}))
    take(channel, profile("org-1", {"website": "https://lima.example"}, kind="Organization"))

    tie = Membership.objects.get()
    assert (tie.role, str(tie.since), tie.until) == ("Buyer", "2020-01-01", None)
    assert sorted(Customer.objects.values_list("kind", flat=True)) == ["organisation", "person"]
    assert tie.organisation.is_organisation


def test_a_profile_that_is_taken_back_leaves_nothing_of_it(channel: Channel) -> None:
    take(channel, profile("4711", {"city": "Porto"}, at=NOW))
    take(channel, profile("4711", {"city": "Lisboa"}, at=NOW + timedelta(seconds=1)), now=NOW + timedelta(hours=1))

    take(channel, json.dumps({"type": "Delete", "actor": "4711", "object": "profile:4711"}).encode())

    assert SourceRecord.objects.get().attributes is None
    assert not SourceRecordVersion.objects.exists()


def test_somebody_elses_profile_cannot_be_written(channel: Channel) -> None:
    take(channel, profile("4711", {"city": "Porto"}))
    forged = json.loads(profile("4712", {"city": "Paris"})) | {"object": {"id": "profile:4711", "type": "Person"}}

    take(channel, json.dumps(forged).encode())

    assert SourceRecord.objects.get().attributes == {"city": "Porto"}
    assert "only its author may" in Parked.objects.get().reason


def test_a_server_tells_that_somebody_changed_their_profile(channel: Channel) -> None:
    said = {
        "id": "https://a.example/ana",
        "type": "Person",
        "name": "Ana",
        "summary": "<p>Coffee &amp; <b>code</b></p>",
    }

    take(channel, json.dumps({"type": "Update", "actor": "https://a.example/ana", "object": said}).encode())

    record = SourceRecord.objects.get()
    assert (record.name, record.attributes) == ("Ana", {"biography": "Coffee & code"})


def test_a_profile_that_was_only_overheard_makes_nobody(channel: Channel) -> None:
    raw = json.loads(profile("4711", {"city": "Porto"})) | {"mc:addressed": False}

    take(channel, json.dumps(raw).encode())

    assert not SourceRecord.objects.exists()
    assert not Mention.objects.exists()


@pytest.mark.parametrize(
    "attributes",
    [
        {"address": {"city": "Porto"}},
        {"email": [["x"]]},
        {"": "x"},
        {"x_long": "x" * 5000},
        {f"x_{n}": 1 for n in range(300)},
    ],
)
def test_attributes_that_are_not_flat_are_parked_with_the_reason(
    channel: Channel, attributes: dict[str, object]
) -> None:
    assert take(channel, profile("4711", attributes)) == [Outcome.PARKED]

    assert Parked.objects.get().code == "attributes"


def test_a_nul_in_an_attribute_is_replaced(channel: Channel) -> None:
    take(channel, profile("4711", {"city": "Por\0to"}))

    assert SourceRecord.objects.get().attributes == {"city": "Por\ufffdto"}
