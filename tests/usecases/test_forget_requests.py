"""How a request for erasure goes its way: the day of grace, who changes meanwhile, a crash, and two at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection, transaction

from midchannel.middle.consents import queries
from midchannel.middle.consents.actions import requesting
from midchannel.middle.consents.errors import MayNotHandleRightsError, RequestOvertakenError
from midchannel.middle.consents.models import RightsRequest
from midchannel.middle.customers import actions as customers
from midchannel.outside.channels.models import Handle
from midchannel.usecases import disclose, rights
from tests.desk import NOW, Desk, after, make_desk, say
from tests.usecases.erasing import customer_of, erase, work

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ("access", "erasure")


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def test_it_stops_when_the_customer_is_made_of_other_records_by_then(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "One", who="cara@example.com", private=True)
    say(desk.mail, "<2@x>", "Two", who="dora@example.com", private=True)
    cara = customer_of("cara@example.com")
    request = requesting.open_request(desk.lea, cara, kind="erasure", now=NOW)
    customers.link_customers(desk.ana, customer_of("dora@example.com"), into_id=cara, now=after(hours=1))

    work(after(days=2))
    assert queries.get_request(desk.lea, request).state == "stopped"
    assert Handle.objects.filter(address="dora@example.com").exists()

    requesting.hasten(desk.lea, request, now=after(days=3))
    work(after(days=3))
    assert queries.get_request(desk.lea, request).state == "done"
    assert not Handle.objects.exists()


def test_it_can_be_taken_back_within_the_day_and_not_after(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "One", who="cara@example.com", private=True)
    cara = customer_of("cara@example.com")
    request = requesting.open_request(desk.lea, cara, kind="erasure", now=NOW)

    requesting.withdraw(desk.lea, request, now=after(hours=1))
    work(after(days=2))
    assert customer_of("cara@example.com") == cara

    again = erase(desk, cara)
    with pytest.raises(RequestOvertakenError):
        requesting.withdraw(desk.lea, again, now=after(days=3))


def test_agents_may_not_and_machines_not_at_once(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "One", who="cara@example.com", private=True)
    cara, machine = customer_of("cara@example.com"), replace(desk.lea, is_machine=True)

    with pytest.raises(MayNotHandleRightsError):
        requesting.open_request(desk.ana, cara, kind="erasure", now=NOW)
    with pytest.raises(MayNotHandleRightsError):
        requesting.open_request(machine, cara, kind="erasure", at_once=True, now=NOW)
    request = requesting.open_request(machine, cara, kind="erasure", now=NOW)
    with pytest.raises(MayNotHandleRightsError):
        requesting.hasten(machine, request, now=NOW)


@pytest.mark.parametrize("how", ["withdrawn", "erased"])
def test_what_a_crash_left_of_an_export_that_nobody_wants_any_more_goes(desk: Desk, how: str) -> None:
    say(desk.mail, "<1@x>", "One", who="cara@example.com", private=True)
    request = requesting.open_request(desk.lea, customer_of("cara@example.com"), kind="access", now=NOW)
    rights.work(now=NOW)
    left = disclose.place(f"access-{request}.zip.part")
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_text("all about Cara")

    if how == "erased":
        RightsRequest.objects.filter(pk=request).update(run_at=after(days=9))
        erase(desk, customer_of("cara@example.com"))
    else:
        requesting.withdraw(desk.lea, request, now=NOW)
        work(NOW)

    assert not left.exists()


def test_a_crash_in_the_middle_goes_on_where_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    say(desk.mail, "<1@x>", "One", who="cara@example.com", private=True)
    request = requesting.open_request(desk.lea, customer_of("cara@example.com"), kind="erasure", at_once=True, now=NOW)
    monkeypatch.setattr("midchannel.usecases.forget.certificate.make", crash)
    with pytest.raises(RuntimeError):
        work(after(hours=1))
    assert not Handle.objects.exists()
    assert queries.get_request(desk.lea, request).state == "cleaning"

    monkeypatch.undo()
    work(after(hours=2))

    assert queries.get_request(desk.lea, request).state == "done"


def crash(*_: object, **__: object) -> None:
    raise RuntimeError("the power went")


def test_an_erasure_that_was_put_off_stops_when_the_customer_has_become_another(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "Erase me", who="cara@example.com", private=True)
    say(desk.mail, "<2@x>", "Not me", who="dora@example.com", private=True)
    cara, dora = customer_of("cara@example.com"), customer_of("dora@example.com")
    request = requesting.open_request(desk.lea, cara, kind="erasure", at_once=True, now=after(hours=1))
    rights.work(now=after(hours=1))
    assert queries.get_request(desk.lea, request).state == "working"
    customers.link_customers(desk.lea, dora, into_id=cara, now=after(hours=1))

    work(after(hours=2))

    assert queries.get_request(desk.lea, request).state == "stopped"
    assert Handle.objects.filter(address="dora@example.com").exists()


def test_a_request_goes_on_with_the_customer_who_has_their_records_now(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "First number", who="cara@example.com", private=True)
    say(desk.mail, "<2@x>", "Second number", who="cara@example.org", private=True)
    kept, joined = customer_of("cara@example.com"), customer_of("cara@example.org")
    made = [requesting.open_request(desk.lea, joined, kind=kind, at_once=True, now=NOW) for kind in KINDS]
    customers.link_customers(desk.lea, joined, into_id=kept, now=after(hours=1))

    work(after(hours=1))
    assert [queries.get_request(desk.lea, each).state for each in made] == ["stopped", "stopped"]
    assert [each.id for each in queries.list_requests_of(desk.lea, kept)] == made[::-1]
    for each in made:
        requesting.hasten(desk.lea, each, now=after(hours=1))

    assert [queries.get_request(desk.lea, each).customer_id for each in made] == [kept, kept]
    assert len(RightsRequest.objects.get(pk=made[0]).record_ids) == 2


def test_two_who_ask_at_the_same_moment_get_one_request(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "Erase me", who="cara@example.com", private=True)
    cara = customer_of("cara@example.com")

    def ask() -> int:
        try:
            return requesting.open_request(desk.lea, cara, kind="erasure", now=after(hours=1))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            first = requesting.open_request(desk.lea, cara, kind="erasure", now=after(hours=1))
            second = other.submit(ask)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
        assert second.result(timeout=30) == first
