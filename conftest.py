"""What every test shares. The database server comes from `midchannel.platform.database.testing` (see pyproject)."""

import os
import shutil
from collections.abc import Iterator
from importlib import import_module

import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from django.core.management import call_command
from django.db import connection

# No test is timed; and what CI says depends on the change alone: there the same examples are tried each time, elsewhere new ones.
hypothesis.settings.register_profile("midchannel", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("midchannel")

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "database_server"}
MORE_PLACES = "/usr/sbin:/usr/lib/dovecot"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database, so that just that can be run on another server."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    database_server: str,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """pytest-django's seam before it makes its test databases: the server has to run by then."""


@pytest.fixture(autouse=True)
def _database_as_new(request: pytest.FixtureRequest) -> Iterator[None]:
    """What Django does not see to: ids begin anew, with what is kept by them; what a test committed to partitioned tables goes.

    The low bits of ids turn over every thousand or so: never between two ids of one test, whose clock stands still.
    """
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or (marker is not None and marker.kwargs.get("transaction"))
    if not commits and marker is None and "db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db" if commits else "db")
    import_module("midchannel.middle.cases.plans").forget()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('id_run', 0, false), EXISTS (SELECT FROM scope)")
        if (
            commits and cursor.fetchall()[0][1]
        ):  # the test before could not clean up: something else still held its tables
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    yield
    if commits:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM activity; DELETE FROM signal")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a program this machine lacks, saying so; in CI that is a failure."""
    needed = ["chromium"] if item.get_closest_marker("browser") else []
    for mark in item.iter_markers("peer"):
        needed += mark.args
    for program in needed:
        if shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:{MORE_PLACES}") is None:
            reason = f"{program} is not installed"
            if os.environ.get("CI"):
                pytest.fail(f"{reason}; in CI nothing is skipped")
            pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """A browser may be too slow once: such tests get a second try, which has to pass."""
    if not item.get_closest_marker("browser") or not isinstance(item, pytest.Function):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if any(report.failed for report in reports):
        item._initrequest()
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
