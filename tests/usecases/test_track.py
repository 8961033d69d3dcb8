"""Track: what comes of messages in Segment's language, from the wire to customers, orders and consents."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from midchannel.middle.consents import actions as consents
from midchannel.middle.consents import queries as consent_queries
from midchannel.middle.customers.models import Customer, LinkDecision, Membership, ReviewPair, SourceRecord
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.actions import Door
from midchannel.outside.channels.kinds import Kind
from midchannel.outside.channels.models import Activity, ChannelDropped, Handle, Parked
from midchannel.outside.listening.models import Mention
from midchannel.platform.audit.actions import Actor
from midchannel.usecases import arrive, track

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BY = Actor("test")


def open_one(name: str = "Shop", **config: Any) -> Door:
    """A tracking channel."""
    config = {"space": "shop", **config}
    return Door(channels.open_channel(network="tracking", name=name, config=config, by=BY, now=NOW), "tracking", config)


@pytest.fixture
def door(db: None) -> Door:
    return open_one()


def send(door: Door, *messages: Mapping[str, Any], now: datetime = NOW) -> track.Tracked:
    """Receive and apply."""
    tracked = track.receive(door, track.Sent([json.dumps(each).encode() for each in messages]), now=now)
    while arrive.apply_waiting(now=now):
        pass
    return tracked


def page(person: str, name: str = "Home", **more: Any) -> dict[str, Any]:
    """A visit of a visitor (`v...`) or a user."""
    who = {"anonymousId": person} if person.startswith("v") else {"userId": person}
    return {"type": "page", "name": name, **who, **more}


def identify(user: str, device: str = "", **traits: Any) -> dict[str, Any]:
    """Somebody says who they are."""
    return {"type": "identify", "userId": user, "anonymousId": device or None, "traits": traits}


def alias(user: str, previous: str) -> dict[str, Any]:
    """Two ids are said to be one person's."""
    return {"type": "alias", "userId": user, "previousId": previous}


def record(address: str) -> SourceRecord:
    """The record of a user or visitor."""
    return SourceRecord.objects.get(handle_id=Handle.objects.get(network="tracking", address=f"shop/{address}").pk)


def customer_of(address: str) -> int:
    """Whose it is."""
    return record(address).customer_id


def test_a_visitor_nobody_knows_is_a_handle_and_no_customer(door: Door) -> None:
    send(door, page("v1"), page("v1", "Pricing"), {"type": "track", "anonymousId": "v1", "event": "Played"})

    assert Activity.objects.filter(handle_id=Handle.objects.get().pk).count() == 3
    assert (Customer.objects.count(), Mention.objects.count()) == (0, 0)


def test_what_a_visitor_did_before_signing_in_is_theirs_afterwards(door: Door) -> None:
    send(door, page("v1"))
    send(door, identify("ana", "v1", name="Ana Lima"))

    assert customer_of("visitor/v1") == customer_of("user/ana")
    assert Customer.objects.get(pk=customer_of("user/ana")).name == "Ana Lima"
    decision = LinkDecision.objects.get(by_rule="same-device/1")
    assert (decision.verdict, decision.record_id) == ("must", record("visitor/v1").pk)


def test_a_shared_computer_makes_nobody_one_with_anybody(door: Door) -> None:
    people = [f"user{n}" for n in range(6)]
    for person in people:
        send(door, page("v1", "Sign in"), identify(person, "v1", name=f"Name {person}"), page(person))

    customers = {customer_of(f"user/{person}") for person in people}
    assert len(customers) == len(people)
    assert customer_of("visitor/v1") not in customers
    assert set(LinkDecision.objects.filter(by_rule="shared-device/1").values_list("verdict", flat=True)) == {"cannot"}


def test_a_shared_computer_in_one_batch(door: Door) -> None:
    send(door, identify("ana", "v1"), identify("bo", "v1"), identify("cy", "v1"))

    assert len({customer_of(f"user/{each}") for each in ("ana", "bo", "cy")}) == 3


def test_two_devices_of_one_person(door: Door) -> None:
    send(door, identify("ana", "v1"), identify("ana", "v2"), identify("ana", "v3"))

    assert {customer_of(f"visitor/v{n}") for n in (1, 2, 3)} == {customer_of("user/ana")}


def test_the_same_device_again_is_no_further_decision(door: Door) -> None:
    for _turn in range(3):
        send(door, identify("ana", "v1"), page("ana", anonymousId="v1"))

    assert LinkDecision.objects.filter(by_rule="same-device/1").count() == 1


def test_an_alias_from_a_page_waits_for_a_person(door: Door) -> None:
    send(door, identify("ana", name="Ana"), identify("bo", name="Bo"), alias("ana", "bo"))

    assert customer_of("user/ana") != customer_of("user/bo")
    assert ReviewPair.objects.filter(by_rule="alias/1").count() == 1


def test_an_alias_of_our_own_server_links(db: None) -> None:
    door = open_one(is_trusted=True)

    send(door, identify("ana", name="Ana"), identify("old-ana", name="Ana"), alias("ana", "old-ana"))

    assert customer_of("user/ana") == customer_of("user/old-ana")
    assert LinkDecision.objects.get(by_rule="alias/1").verdict == "auto"


def test_cycles_of_aliases_are_harmless(db: None) -> None:
    door = open_one(is_trusted=True)
    names = ["a1", "a2", "a3", "a4"]
    send(door, *(identify(name) for name in names))

    for _turn in range(2):
        send(
            door, *(alias(one, two) for one, two in zip(names, [*names[1:], names[0]], strict=True)), alias("a1", "a1")
        )

    assert LinkDecision.objects.filter(by_rule="alias/1").count() == 4
    assert SourceRecord.objects.filter(customer_id__isnull=True).count() == 0


def test_an_alias_of_a_visitor_is_a_device(door: Door) -> None:
    send(door, page("v1"), {"type": "identify", "userId": "ana"}, alias("ana", "v1"))

    assert customer_of("visitor/v1") == customer_of("user/ana")


def test_ids_that_mean_nobody_are_nobody(door: Door) -> None:
    tracked = send(
        door, page("undefined"), page("null"), page("0"), {"type": "page", "userId": "NaN", "anonymousId": "v1"}
    )

    assert [item.outcome for item in tracked.items] == ["parked", "parked", "parked", "accepted"]
    assert Handle.objects.get().address == "shop/visitor/v1"


def test_two_shops_with_the_same_ids_have_different_people(db: None) -> None:
    one, two = open_one("One", space=""), open_one("Two", space="")
    send(one, identify("1", name="Ana"))
    send(two, identify("1", name="Bo"))

    assert Customer.objects.count() == 2


def test_traits_that_are_not_named_again_stay(door: Door) -> None:
    send(door, identify("ana", name="Ana", plan="free"), now=NOW)
    send(door, {"type": "identify", "userId": "ana", "traits": {"plan": "pro"}}, now=NOW + timedelta(hours=1))

    assert record("user/ana").attributes == {"full_name": "Ana", "x_plan": "pro"}


def test_traits_that_come_late_do_not_win(door: Door) -> None:
    newer = {"timestamp": "2026-11-21T11:00:00Z", **identify("ana", plan="pro")}
    older = {"timestamp": "2026-11-21T10:00:00Z", **identify("ana", plan="free", city="Lisbon")}
    send(door, newer)
    send(door, older)

    assert record("user/ana").attributes == {"x_plan": "pro", "city": "Lisbon"}


def test_a_group_is_an_organisation_with_its_people(door: Door) -> None:
    send(door, identify("ana", name="Ana"))
    for group in ("acme", "globex"):
        send(
            door,
            {"type": "group", "userId": "ana", "groupId": group, "traits": {"name": group.title(), "employees": 7}},
        )

    acme = record("group/acme")
    assert (acme.is_organisation, acme.attributes) == (True, {"full_name": "Acme", "x_employees": 7})
    assert Customer.objects.get(pk=acme.customer_id).kind == "organisation"
    assert Membership.objects.filter(person=record("user/ana")).count() == 2
    assert record("user/ana").attributes == {"full_name": "Ana"}


def order(event: str, user: str = "ana", identifier: str = "", **properties: Any) -> dict[str, Any]:
    """Something became of an order."""
    told = {"order_id": "9001", "currency": "EUR", **properties}
    message = {"type": "track", "userId": user, "event": event, "properties": told}
    return {**message, "messageId": identifier} if identifier else message


def data_of_order() -> dict[str, Any]:
    found = channel_queries.get_activities([Activity.objects.get(kind=Kind.ORDER).pk])
    return next(iter(found.values())).data or {}


def test_the_page_of_thanks_loaded_twice_is_one_order(door: Door) -> None:
    tracked = send(door, order("Order Completed", total=60), order("Order Completed", total=60))

    assert [item.outcome for item in tracked.items] == ["accepted", "duplicate"]
    assert data_of_order()["total"] == 60


def test_money_given_back_counts_once_however_often_it_is_told(door: Door) -> None:
    send(door, order("Order Completed", total=60))
    for _turn in range(3):
        send(door, order("Order Refunded", identifier="refund-1", total=20))
    send(door, order("Order Refunded", identifier="refund-2", total=15))

    data = data_of_order()
    assert (data["ordered"], data["total"], data["state"]) == (60, 25, "refunded")


def test_a_cancelled_order_is_worth_nothing(door: Door) -> None:
    send(door, order("Order Completed", total=60))
    send(door, order("Order Cancelled"))

    assert (data_of_order()["total"], data_of_order()["ordered"]) == (0, 60)


def test_a_stranger_cannot_change_somebodys_order(door: Door) -> None:
    send(door, order("Order Completed", total=60))
    send(door, order("Order Cancelled", user="mallory"))

    assert data_of_order()["total"] == 60
    assert "only its author may" in Parked.objects.get().reason


def test_the_shops_own_server_may_change_any_order(db: None) -> None:
    door = open_one(is_trusted=True)
    send(door, order("Order Completed", user="", total=60) | {"anonymousId": "v1"})
    send(door, order("Order Refunded", user="ana"))

    assert data_of_order()["total"] == 0


def located(**more: Any) -> dict[str, Any]:
    return page("ana", context={"ip": "203.0.113.9", "location": {"city": "Lisbon", "latitude": 38.7}}, **more)


def test_a_place_is_kept_once_it_is_allowed(door: Door) -> None:
    send(door, identify("ana"), located())
    consents.record_consent(
        BY, record("user/ana").pk, purpose="location", state="granted", how="form", now=NOW, said_at=NOW
    )
    send(door, located())

    kept = [row.data.get("place") for row in Activity.objects.filter(kind=Kind.VISIT).order_by("id") if row.data]
    assert kept == [None, {"city": "Lisbon", "latitude": 38.7}]
    assert ChannelDropped.objects.get().count == 2


def consenting(**categories: bool) -> dict[str, Any]:
    return {"context": {"consent": {"categoryPreferences": categories}}}


def test_what_the_consent_tool_says_is_written_down_when_it_changes(door: Door) -> None:
    yes, no = consenting(Advertising=True, Analytics=True), consenting(Advertising=False, Analytics=True)
    for turn, said in enumerate((yes, yes, no, no)):
        send(door, {**identify("ana"), **said}, now=NOW + timedelta(minutes=turn))

    lines = {str(line.purpose): line for line in consent_queries.get_consents(None, customer_of("user/ana"))}
    assert [row.state for row in lines["marketing"].rows] == ["withdrawn", "granted"]
    assert [row.state for row in lines["profiling"].rows] == ["granted"]
    assert lines["marketing"].rows[0].proof["said"] == {"Advertising": False, "Analytics": True}


def test_behaviour_is_not_kept_after_a_no(door: Door) -> None:
    send(door, {**identify("ana"), **consenting(Analytics=False)})

    tracked = send(door, page("ana"), {"type": "track", "userId": "ana", "event": "Order Completed"})

    assert [item.outcome for item in tracked.items] == ["dropped", "accepted"]


def test_categories_of_ones_own(db: None) -> None:
    door = open_one(categories={"C0004": "marketing", "C0002": "profiling"})

    send(door, {**identify("ana"), **consenting(C0004=True, C0002=True)})

    said = consent_queries.last_said([record("user/ana").pk])
    assert {purpose for _record, purpose in said} == {"marketing", "profiling"}


def test_an_address_proven_by_our_own_server_links_to_a_known_customer(db: None) -> None:
    collector = channels.open_channel(network="collector", name="Mail", by=BY, now=NOW)
    said = {
        "actor": {"id": "x-1", "mc:identifiers": [{"type": "email", "value": "ana@lima.example", "verified": True}]},
        "object": {"id": "1", "type": "Note", "content": "Hello"},
    }
    channels.receive(collector, [json.dumps(said).encode()], now=NOW)
    known = open_one("Server", is_trusted=True)
    send(known, identify("ana", email="Ana@Lima.example"))

    other = SourceRecord.objects.get(handle_id=Handle.objects.get(address="x-1").pk)
    assert customer_of("user/ana") == other.customer_id


def test_nothing_of_a_message_is_trusted_because_it_says_so(door: Door) -> None:
    lie = {"mc:data": {"device": "shop/user/bo"}, "alias": {"is_proven": True}}
    send(door, identify("bo"), {**page("ana"), **lie, "properties": {"device": "shop/user/bo", "alias": {"user": "x"}}})

    assert customer_of("user/ana") != customer_of("user/bo")
    assert LinkDecision.objects.filter(by_rule__in=["alias/1", "same-device/1"]).count() == 0


def test_attributes_of_a_third_party_carry_their_source_and_end(db: None) -> None:
    collector = channels.open_channel(network="collector", name="Acme Data", by=BY, now=NOW)
    told = {
        "type": "Update",
        "actor": {
            "id": "acme-17",
            "mc:attributes": {"full_name": "Ana Lima", "x_income": "high"},
            "mc:provenance": {
                "kind": "third-party",
                "lawful_basis": "legitimate interest",
                "expires_at": "2026-12-01T00:00:00Z",
            },
        },
        "object": {"id": "acme-17", "type": "Person"},
    }
    channels.receive(collector, [json.dumps(told).encode()], now=NOW)
    while arrive.apply_waiting(now=NOW):
        pass

    row = SourceRecord.objects.get()
    assert (row.kind, row.lawful_basis, row.expires_at) == (
        3,
        "legitimate interest",
        datetime(2026, 12, 1, tzinfo=UTC),
    )
