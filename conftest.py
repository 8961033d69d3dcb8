"""What every test shares. The database server comes from `midchannel.platform.database.testing` (see pyproject)."""

import os
import shutil

import pytest

MORE_PLACES = "/usr/sbin:/usr/lib/dovecot"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    database_server: str,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """pytest-django's seam before it makes its test databases: the server has to run by then."""


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
