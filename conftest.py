"""What every test shares. The database server comes from `midchannel.platform.database.testing` (see pyproject)."""

import pytest


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    database_server: str,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """pytest-django's seam before it makes its test databases: the server has to run by then."""
