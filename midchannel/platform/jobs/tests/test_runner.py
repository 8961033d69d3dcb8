"""Loops in their lanes, against a real server."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django import db

from midchannel.platform.jobs import runner as runners
from midchannel.platform.jobs.loop import Loop

pytestmark = pytest.mark.django_db(transaction=True)


def noting(calls: list[int]) -> Callable[[], bool]:
    """Work that notes its call and has no more to do."""

    def work() -> bool:
        calls.append(1)
        return False

    return work


class Started:
    """A runner in a thread, stopped at the end of the test."""

    def __init__(self) -> None:
        self.runner: runners.Runner | None = None
        self.thread: threading.Thread | None = None

    def __call__(self, *loops: Loop) -> runners.Runner:
        self.runner = runners.Runner(loops)
        self.thread = threading.Thread(target=self.runner.run)
        self.thread.start()
        return self.runner

    def stop(self) -> None:
        if self.runner and self.thread:
            self.runner.stop()
            self.thread.join(20)
            assert not self.thread.is_alive()


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    monkeypatch.setattr(runners, "FIRST_PAUSE_SECONDS", 0.02)
    monkeypatch.setattr(runners, "LISTEN_SECONDS", 0.1)
    started = Started()
    yield started
    started.stop()


def wait_until(true: Callable[[], bool], *, seconds: float = 15) -> None:
    give_up_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


def execute(statement: str) -> object:
    with db.connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


def test_a_loop_with_more_to_do_is_called_again_at_once(start: Started) -> None:
    answers = iter([True, True, True, False])
    calls: list[int] = []

    def work() -> bool:
        calls.append(1)
        return next(answers, False)

    start(Loop("counting", work, every_seconds=3600))

    wait_until(lambda: len(calls) >= 4)


def test_a_notification_wakes_the_loop_that_waits_for_it(start: Started) -> None:
    calls: list[int] = []
    others: list[int] = []
    start(
        Loop("arrivals", noting(calls), every_seconds=3600, wake_on="arrivals_test"),
        Loop("others", noting(others), every_seconds=3600, wake_on="others_test"),
    )
    wait_until(lambda: bool(execute("SELECT 1 FROM pg_stat_activity WHERE application_name = 'midchannel worker'")))
    time.sleep(0.3)
    before, before_others = len(calls), len(others)

    execute("NOTIFY arrivals_test")

    wait_until(lambda: len(calls) > before)
    assert len(others) == before_others


def test_a_loop_that_fails_goes_on_and_stops_no_other(start: Started) -> None:
    failing: list[int] = []
    healthy: list[int] = []

    def fail_twice() -> bool:
        failing.append(1)
        if len(failing) <= 2:
            raise RuntimeError("broken mailbox")
        return False

    start(
        Loop("failing", fail_twice, every_seconds=3600),
        Loop("healthy", noting(healthy), every_seconds=0.01),
    )

    wait_until(lambda: len(failing) >= 3 and len(healthy) >= 3)


def test_lanes_and_listener_reconnect_when_the_database_cuts_them_off(start: Started) -> None:
    seen: list[object] = []

    def ask() -> bool:
        seen.append(execute("SELECT pg_backend_pid()"))
        return False

    start(Loop("asking", ask, every_seconds=0.02, wake_on="asking_test"))
    wait_until(lambda: len(seen) >= 2)

    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )

    wait_until(lambda: seen[-1] != seen[0])


def test_a_worker_stops_when_the_schema_changes_under_it(start: Started) -> None:
    start(Loop("idle", lambda: False, every_seconds=3600))
    wait_until(lambda: bool(execute("SELECT 1 FROM pg_stat_activity WHERE application_name = 'midchannel worker'")))
    time.sleep(0.3)
    execute("INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', 'from_the_future', now())")
    try:
        assert start.thread is not None
        start.thread.join(15)

        assert not start.thread.is_alive()
    finally:
        execute("DELETE FROM django_migrations WHERE app = 'jobs'")


def test_two_loops_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        runners.Runner([Loop("a", lambda: False, every_seconds=1), Loop("a", lambda: False, every_seconds=1)])
