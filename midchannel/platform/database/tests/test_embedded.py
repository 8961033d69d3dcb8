"""The embedded server, through its own binaries."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from midchannel.platform.database import embedded

pytestmark = pytest.mark.embedded


@pytest.fixture
def server(tmp_path: Path) -> Iterator[embedded.Server]:
    server = embedded.Server(tmp_path / "postgres", settings=embedded.FOR_TESTS, durable=False)
    try:
        yield server
    finally:
        server.stop()


def test_a_server_starts_holds_data_and_stops(server: embedded.Server) -> None:
    server.start()
    server.ensure_roles()
    server.query("CREATE TABLE thing (id int); INSERT INTO thing VALUES (7)", role=embedded.OWNER)
    server.stop()
    assert server.pid() is None

    server.start()
    server.ensure_roles()

    assert server.query("SELECT id FROM thing", role=embedded.APPLICATION).strip() == "7"


def test_the_application_may_write_rows_but_not_change_the_schema(server: embedded.Server) -> None:
    server.start()
    server.ensure_roles()
    server.query("CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, n int)", role=embedded.OWNER)

    with psycopg.connect(server.url()) as connection:
        connection.execute("INSERT INTO thing (n) VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DROP TABLE thing")
    with psycopg.connect(server.url()) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE other (id int)")


def test_what_was_committed_survives_a_killed_server(server: embedded.Server) -> None:
    server.start()
    server.ensure_roles()
    server.query("CREATE TABLE thing (id int); INSERT INTO thing VALUES (7)", role=embedded.OWNER)

    server.kill()
    server.start()

    assert server.query("SELECT id FROM thing").strip() == "7"


def test_a_long_data_folder_gets_a_short_socket_folder(tmp_path: Path) -> None:
    cluster = tmp_path / ("long" * 30) / "postgres"
    cluster.parent.mkdir()
    server = embedded.Server(cluster, settings=embedded.FOR_TESTS, durable=False)
    try:
        server.start()
        server.ensure_roles()

        assert len(os.fsencode(embedded.socket_folder(cluster))) < 40
        assert server.query("SELECT 1", role=embedded.APPLICATION).strip() == "1"
    finally:
        server.stop()


def test_an_sql_error_raises_what_the_server_said(server: embedded.Server) -> None:
    server.start()

    with pytest.raises(embedded.ServerError, match='relation "nowhere" does not exist'):
        server.query("SELECT * FROM nowhere", database="postgres")


def test_the_server_speaks_utf8_and_lowers_letters_of_every_alphabet(server: embedded.Server) -> None:
    server.start()

    assert server.query("SELECT lower('ÄÖÉЖ')", database="postgres").strip() == "äöéж"
