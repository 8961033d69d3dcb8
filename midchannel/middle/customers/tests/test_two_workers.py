"""Two workers that meet one person at the same moment decide alike."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from midchannel.middle.customers import actions
from midchannel.platform.database.bulk import fetch
from tests import desk as desks
from tests.desk import make_desk, say

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ANA = {"given_name": "Ana", "family_name": "Lima", "birth_date": "1990-01-02", "email": "ana@lima.example"}

pytestmark = pytest.mark.django_db(transaction=True)


def worker(handle: int, together: threading.Barrier, failed: list[BaseException]) -> Callable[[], None]:
    def work() -> None:
        try:
            about = actions.About(ANA, NOW, kind=1)
            together.wait(timeout=20)
            with transaction.atomic():
                face = actions.Face(handle, "Ana Lima", str(handle), True, (), (about,))
                actions.recognise([face], source=f"silo{handle}", now=NOW)
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failed.append(error)
        finally:
            connection.close()

    return work


def test_whoever_comes_second_waits_and_finds_the_first() -> None:
    together = threading.Barrier(3)
    failed: list[BaseException] = []
    threads = [threading.Thread(target=worker(handle, together, failed)) for handle in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failed == []
    customers = fetch("SELECT DISTINCT customer_id FROM source_record")
    assert len(customers) == 1
    assert fetch("SELECT count(*) FROM customer WHERE redirect_to_id IS NULL") == [(1,)]


def test_two_people_who_link_two_customers_from_both_sides_do_not_wait_in_a_ring() -> None:
    desk = make_desk()
    say(desk.mail, "<1@x>", who="cara@example.com", private=True)
    say(desk.mail, "<2@x>", who="dora@example.com", private=True)
    (one,), (two,) = fetch("SELECT id FROM customer ORDER BY id")

    def link() -> None:
        try:
            actions.link_customers(desk.lea, two, into_id=one, now=desks.NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            fetch("SELECT 1 FROM source_record WHERE customer_id = %s FOR UPDATE", [one])
            linking = other.submit(link)
            with pytest.raises(TimeoutError):
                linking.result(timeout=0.3)
            fetch("SELECT 1 FROM source_record WHERE customer_id = %s FOR UPDATE NOWAIT", [two])
        linking.result(timeout=30)
