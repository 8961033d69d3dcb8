"""Messages into documents: what a field becomes, and that nothing a stranger sends does harm."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.outside.channels import documents
from midchannel.outside.channels.documents import CannotApplyError, Envelope
from midchannel.outside.channels.kinds import Kind
from midchannel.outside.channels.port import CannotTranslateError
from midchannel.outside.networks.tracking import messages, orders, places, traits
from midchannel.outside.networks.tracking.network import TrackingNetwork

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NETWORK = TrackingNetwork()


def read(message: object, *, config: dict[str, Any] | None = None, may_locate: bool = False) -> list[Envelope]:
    """A message all the way to envelopes. Raises CannotTranslateError, CannotApplyError, and nothing else."""
    raw = message if isinstance(message, bytes) else json.dumps(message).encode()
    understood = NETWORK.understand(raw, channel_id=7, config=config or {}, now=NOW)
    made, _went = NETWORK.translate(understood, may_locate=may_locate, known={})
    return [documents.read(each, now=NOW) for each in made]


def test_traits_of_the_specification_become_standard_fields() -> None:
    told = {
        "firstName": "Ana", "lastName": "Lima", "username": "analima", "email": "ana@lima.example", "phone": "+351 21 000",
        "birthday": "1990-01-02T00:00:00.000Z", "gender": "female", "title": "Buyer", "website": "https://lima.example",
        "description": "Sails", "company": {"name": "Acme", "id": 17, "employee_count": 12}, "age": 36, "isVip": True,
        "address": {"street": "Rua 1", "city": "Lisbon", "postalCode": "1000-001", "state": "Lisboa", "country": "Portugal"},
        "createdAt": "2020-01-01", "id": "x", "logins": 4, "nothing": None, "empty": "", "tags": ["a", "b"],
    }  # fmt: skip

    assert traits.of_person(told) == {
        "given_name": "Ana", "family_name": "Lima", "handle": "analima", "email": "ana@lima.example", "phone": "+351 21 000",
        "birth_date": "1990-01-02", "gender": "female", "job_title": "Buyer", "website": "https://lima.example",
        "biography": "Sails", "organisation": "Acme", "x_company_id": 17, "x_company_employee_count": 12, "x_age": 36,
        "x_is_vip": "true", "street": "Rua 1", "city": "Lisbon", "postcode": "1000-001", "state": "Lisboa",
        "country": "Portugal", "x_logins": 4, "x_tags": ["a", "b"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"First Name": "Ana", "E-Mail": "a@b.example"}, {"given_name": "Ana", "email": "a@b.example"}),
        ({"address": "Rua 1, Lisbon"}, {"address": "Rua 1, Lisbon"}),
        ({"email": "a@b.example", "mail": "c@d.example"}, {"email": ["a@b.example", "c@d.example"]}),
        ({"name": {"first": "Ana"}}, {"x_name_first": "Ana"}),
        ({"Größe": 40, "等级": 2}, {"x_grösse": 40, "x_等级": 2}),
        ({"a": {"b": {"c": {"d": {"e": 1}}}}}, {}),
    ],
)
def test_traits_as_people_write_them(told: dict[str, Any], fields: dict[str, Any]) -> None:
    assert traits.of_person(told) == fields


@pytest.mark.parametrize(
    "event", ["Order Completed", "order completed", "Completed Order", "order_completed", "OrderCompleted"]
)
def test_the_names_of_an_order_that_is_complete(event: str) -> None:
    assert orders.state_of(event) == "completed"


def test_an_order_has_its_number_total_and_lines() -> None:
    told = {
        "order_id": 9001,
        "total": "59.90",
        "currency": "eur",
        "shipping": 4.9,
        "products": [{"sku": "lamp", "name": "Lamp", "price": 27.5, "quantity": 2, "image_url": "x"}, "junk"],
    }

    (envelope,) = read({"type": "track", "userId": "ana", "event": "Order Completed", "properties": told})

    assert (envelope.kind, envelope.external_id, envelope.text) == (Kind.ORDER, "order:9001", "9001, 59.90 EUR")
    assert envelope.data == {
        "state": "completed",
        "number": "9001",
        "total": 59.9,
        "ordered": 59.9,
        "currency": "EUR",
        "shipping": 4.9,
        "lines": [{"sku": "lamp", "name": "Lamp", "quantity": 2, "price": 27.5}],
    }


def test_a_visit_has_its_page() -> None:
    context = {
        "page": {
            "url": "https://shop.example/a?x=1",
            "path": "/a",
            "title": "A lamp",
            "referrer": "https://search.example",
        }
    }

    (envelope,) = read({"type": "page", "anonymousId": "v1", "context": context | {"campaign": {"source": "mail"}}})

    assert (envelope.kind, envelope.text, envelope.address) == (Kind.VISIT, "A lamp", "c7/visitor/v1")
    assert envelope.data is not None
    assert (envelope.data["path"], envelope.data["campaign"]) == ("/a", {"source": "mail"})


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "track", "userId": "1"}, "no-event"),
        ({"type": "page"}, "no-person"),
        ({"type": "page", "userId": {"a": 1}}, "no-person"),
        ({"type": "page", "userId": True}, "no-person"),
        ({"type": "alias", "userId": "1"}, "no-person"),
        ({"type": "group", "userId": "1"}, "no-group"),
        ({"type": "delete", "userId": "1"}, "unknown-type"),
        ({"type": "page", "userId": "x" * 300}, "too-long"),
        ({"type": "page", "userId": "1", "timestamp": "yesterday"}, "time"),
        ({"type": "page", "userId": "1", "timestamp": 1e300}, "time"),
        ({"type": "page", "userId": "1", "context": "x"}, "shape"),
        ({"type": "identify", "userId": "1", "traits": [1]}, "shape"),
        ([1, 2], "shape"),
        (b'{"type": "page", "userId": "1", "properties": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "shape"),
        (b'{"type": "page", "userId": "1", "properties": {"a": "' + b"x" * 40_000 + b'"}}', "too-large"),
        (b'{"type": "page", "userId": "1", "properties": {"a": NaN}}', "not-json"),
        (b'{"type": "page", "userId": "\\ud800"}', "not-json"),
    ],
)
def test_what_cannot_be_used_says_why(message: object, code: str) -> None:
    with pytest.raises(CannotTranslateError) as told:
        read(message)

    assert told.value.code == code


def test_a_clock_that_is_wrong_is_set_right_by_when_it_sent() -> None:
    ahead = {"timestamp": "2026-12-25T10:00:00Z", "sentAt": "2026-12-25T10:05:00Z"}

    (envelope,) = read({"type": "page", "anonymousId": "v1", **ahead})

    assert envelope.at == NOW - timedelta(minutes=5)


@pytest.mark.parametrize("timestamp", ["2027-12-25T10:00:00Z", "1969-12-25T10:00:00Z"])
def test_a_time_that_cannot_be_is_parked(timestamp: str) -> None:
    with pytest.raises(CannotApplyError, match="clock"):
        read({"type": "page", "anonymousId": "v1", "timestamp": timestamp})


def test_the_same_message_has_the_same_content_whenever_it_is_sent() -> None:
    message = {
        "type": "identify",
        "userId": "1",
        "messageId": "m",
        "traits": {"name": "Ana"},
        "timestamp": "2026-11-21T10:00:00Z",
    }

    (one,), (two,) = read(message), read({**message, "sentAt": "2026-11-21T11:00:00Z"})

    assert (one.external_id, one.content) == (two.external_id, two.content)


def test_a_message_without_an_id_is_known_again_by_its_time() -> None:
    timed = {"type": "page", "anonymousId": "v1", "timestamp": "2026-11-21T10:00:00Z"}
    plain = {"type": "page", "anonymousId": "v1"}

    assert read(timed)[0].external_id == read(timed)[0].external_id
    assert read(plain)[0].external_id != read(plain)[0].external_id


def test_places_go_wherever_they_stand() -> None:
    told = {
        "context": {"ip": "203.0.113.9", "location": {"city": "Lisbon"}, "device": {"geo": [1, 2]}},
        "properties": {"Latitude": 1, "list": [{"lng": 2}], "shop": "Lisbon"},
        "traits": {"address": {"city": "Lisbon", "latitude": 3}, "ipAddress": "203.0.113.9"},
    }

    assert places.has_any(told)
    assert places.take_out(told) == 6
    assert told == {
        "context": {"device": {}},
        "properties": {"list": [{}], "shop": "Lisbon"},
        "traits": {"address": {"city": "Lisbon", "latitude": 3}},
    }
    assert not places.has_any(told)


leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["\0", "\ud7ff", "null", "2026-11-21T10:00:00Z", "-0001-13-45", "9" * 400, "Order Completed"])
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["type", "userId", "anonymousId", "previousId", "groupId", "event", "name", "messageId", "timestamp", "originalTimestamp",
     "sentAt", "traits", "properties", "context", "category", "integrations", "channel"]
)  # fmt: skip
inner = st.dictionaries(
    st.sampled_from(
        ["email", "name", "phone", "birthday", "address", "company", "order_id", "total", "products", "currency", "page", "url",
         "campaign", "consent", "categoryPreferences", "location", "ip", "latitude", "title", "x"]
    ),
    values | st.dictionaries(st.sampled_from(["city", "name", "categoryPreferences", "url", "source", "lat"]), values),
    max_size=6,
)  # fmt: skip
whole = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(messages.TYPES)), "userId": st.just("1") | values},
    optional={
        "properties": inner,
        "traits": inner,
        "context": inner,
        "event": st.sampled_from(["A", "Order Refunded"]),
    },
)


@given(st.dictionaries(keys, values | inner, max_size=8) | whole, st.booleans())
def test_any_message_is_understood_or_refused(message: dict[str, Any], may_locate: bool) -> None:
    try:
        made = read(message, may_locate=may_locate)
    except (CannotTranslateError, CannotApplyError) as error:
        told: tuple[str, ...] = (error.code, error.reason)
    else:
        told = tuple(envelope.external_id for envelope in made)
        assert all(envelope.address.startswith("c7/") for envelope in made)
    assert told
    assert all(told)


@given(whole)
def test_no_place_is_left_that_is_not_allowed(message: dict[str, Any]) -> None:
    raw = json.dumps(message).encode()
    try:
        understood = NETWORK.understand(raw, channel_id=7, config={}, now=NOW)
        made, _went = NETWORK.translate(understood, may_locate=False, known={})
    except CannotTranslateError:
        assert not places.has_any(json.loads(NETWORK.bare(raw)))
    else:
        assert not any(places.has_any(json.loads(each)["mc:source"]) for each in made)


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_by_their_reason(raw: bytes) -> None:
    with pytest.raises(CannotTranslateError):
        read(raw)
    NETWORK.bare(raw)
