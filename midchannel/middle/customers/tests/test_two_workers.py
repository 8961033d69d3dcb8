"""Two workers that meet one person at the same moment decide alike."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from midchannel.middle.customers import actions
from midchannel.platform.database.bulk import fetch

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
