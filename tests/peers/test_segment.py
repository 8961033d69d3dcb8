"""The official Python client of Segment against our own server: every call, batches, gzip, a bad line, a wrong key."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from segment.analytics.client import Client
from segment.analytics.request import APIError

from midchannel.middle.customers.models import Customer, SourceRecord
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.kinds import Kind
from midchannel.outside.channels.models import Activity, Handle
from midchannel.platform import clock
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch
from midchannel.usecases import arrive
from tests.peers.web import BadLine, serving

pytestmark = [pytest.mark.peer, pytest.mark.django_db(transaction=True)]
BY = Actor("test")


@pytest.fixture(scope="module")
def port(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The real server, once for the file."""
    with serving(tmp_path_factory.mktemp("web") / "log") as started:
        yield started
    with django_db_blocker.unblock():
        _end_other_sessions()


def _end_other_sessions() -> None:
    fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND usename = current_user"
    )


@pytest.fixture
def key() -> str:
    now = clock.now()
    config = {"is_trusted": True, "space": "shop"}
    channel_id = channels.open_channel(network="tracking", name="Shop", config=config, by=BY, now=now)
    return channels.issue_token(channel_id, by=BY, now=now).token


def client(key: str, host: str, **more: Any) -> tuple[Client, list[Exception]]:
    """Segment's client, and what it could not bring."""
    errors: list[Exception] = []
    made = Client(key, host=host, on_error=lambda error, _batch: errors.append(error), upload_interval=0.05, **more)
    return made, errors


def apply_all() -> None:
    """Let everything that came be applied."""
    while arrive.apply_waiting(now=clock.now()):
        pass


def kinds() -> dict[int, int]:
    """How many activities of each kind there are."""
    return dict(fetch("SELECT kind, count(*) FROM activity GROUP BY 1"))


def say_everything(analytics: Client) -> None:
    """Each call once."""
    at = datetime.now(UTC) - timedelta(hours=2)
    analytics.page(anonymous_id="visitor-1", name="Home", properties={"url": "https://shop.example/"}, timestamp=at)
    analytics.identify(
        "4711",
        {
            "firstName": "Ana",
            "lastName": "Lima",
            "email": "ana@lima.example",
            "birthday": datetime(1990, 1, 2, tzinfo=UTC),
            "address": {"city": "Lisbon", "country": "Portugal"},
            "plan": "pro",
        },
        anonymous_id="visitor-1",
        context={"ip": "203.0.113.9"},
    )
    analytics.track("4711", "Product Viewed", {"sku": "lamp", "price": 29.95})
    order = {
        "order_id": "9001",
        "total": 59.9,
        "currency": "EUR",
        "products": [{"sku": "lamp", "name": "Lamp", "quantity": 2}],
    }
    analytics.track("4711", "Order Completed", order)
    analytics.screen("4711", "App", "Start")
    analytics.group("4711", "acme", {"name": "Acme", "website": "https://acme.example", "employees": 12})
    analytics.alias("visitor-1", "4711")


@pytest.mark.parametrize("is_compressed", [False, True])
def test_every_call_of_the_client_arrives(port: int, key: str, is_compressed: bool) -> None:
    analytics, errors = client(key, f"http://127.0.0.1:{port}", gzip=is_compressed)

    say_everything(analytics)
    analytics.shutdown()
    apply_all()

    assert errors == []
    assert fetch("SELECT reason FROM parked") == []
    assert kinds() == {Kind.VISIT: 2, Kind.PROFILE: 3, Kind.EVENT: 2, Kind.ORDER: 1}
    ana = SourceRecord.objects.get(handle_id=Handle.objects.get(network="tracking", address="shop/user/4711").pk)
    assert ana.attributes == {
        "given_name": "Ana",
        "family_name": "Lima",
        "email": "ana@lima.example",
        "birth_date": "1990-01-02",
        "city": "Lisbon",
        "country": "Portugal",
        "x_plan": "pro",
    }
    assert Customer.objects.get(pk=ana.customer_id).name == "Ana Lima"
    assert Customer.objects.get(name="Acme").kind == "organisation"
    order = Activity.objects.get(kind=Kind.ORDER)
    assert order.data is not None
    assert (order.data["number"], order.data["total"], order.data["currency"]) == ("9001", 59.9, "EUR")


def test_a_great_deal_comes_in_batches(port: int, key: str) -> None:
    analytics, errors = client(key, f"http://127.0.0.1:{port}", gzip=True, upload_size=250)

    for number in range(1_200):
        analytics.track(f"user-{number % 40}", "Song Played", {"number": number, "note": "x" * 400})
    analytics.shutdown()

    assert errors == []
    rows = fetch("SELECT sum(received), sum(duplicate) FROM channel_count")
    assert (int(rows[0][0]), int(rows[0][1])) == (1_200, 0)


def test_a_bad_line_loses_and_doubles_nothing(port: int, key: str) -> None:
    line = BadLine(port, ["500", "lost", "429", "lost"])
    with line.open() as host:
        analytics, errors = client(key, host, max_retries=10)
        for number in range(30):
            analytics.track("4711", "Song Played", {"number": number})
        analytics.shutdown()
    apply_all()

    assert errors == []
    assert line.requests >= 5
    assert kinds() == {Kind.EVENT: 30}
    assert int(fetch("SELECT sum(duplicate) FROM channel_count")[0][0]) >= 1


def test_a_wrong_key_is_told_and_not_tried_again(port: int, key: str) -> None:
    line = BadLine(port, [])
    with line.open() as host:
        analytics, errors = client("mc_wrong", host)
        analytics.track("4711", "Song Played")
        analytics.shutdown()

    assert line.requests == 1
    assert isinstance(errors[0], APIError)
    assert (errors[0].status, errors[0].code) == (401, "unknown-key")
    assert "write key" in errors[0].message


def test_waiting_for_the_answer_means_that_it_is_kept(port: int, key: str) -> None:
    analytics, _errors = client(key, f"http://127.0.0.1:{port}", sync_mode=True)

    analytics.identify("4711", {"name": "Ana Lima"})

    assert fetch("SELECT sum(size) FROM arrival WHERE waiting")[0][0] == 1
