"""A needle is hidden in every place that keeps a text; after an erasure with its cleaning it is in no table, file or page on disk."""

import os
import secrets as random
import zipfile
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from midchannel.middle.consents import queries
from midchannel.middle.consents.actions import requesting
from midchannel.outside.channels.actions.filing import unpack
from midchannel.outside.channels.models import Arrival
from midchannel.platform.database import cleaning, embedded
from midchannel.usecases.fates import FATES, GONE, SWEPT
from tests.desk import after, make_desk
from tests.usecases.erasing import work
from tests.usecases.hiding import hide

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = ("text", "character varying", "json", "jsonb", "bytea", "ARRAY")
# What cannot hold a needle: words out of a short list that the program writes, hashes, and what is looked at by its own door.
WORDS = {
    ("handle", "network"),
    ("identifier", "type"),
    ("consent", "purpose"),
    ("consent", "state"),
    ("difference_item", "before"),
    ("difference_item", "after"),
    ("stored_file", "sha256"),
    ("case_document", "sha256"),
    ("arrival", "body"),
    ("search_hit", "mood"),
    ("search_hit", "language"),
}


def list_columns() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN pg_class p ON p.oid = to_regclass(c.table_name)"
            " WHERE c.table_schema = current_schema() AND c.data_type = ANY(%s) AND NOT p.relispartition AND p.relkind IN ('r', 'p')"
            " AND (c.data_type <> 'ARRAY' OR c.udt_name IN ('_text', '_varchar', '_jsonb', '_bytea')) ORDER BY 1, 2",
            [list(TEXTS)],
        )
        return [(table, column) for table, column in cursor.fetchall()]


def places_of(needle: str) -> set[tuple[str, str]]:
    """Where in the database it is."""
    found = set()
    with connection.cursor() as cursor:
        for table, column in list_columns():
            cursor.execute(
                f"SELECT 1 FROM \"{table}\" WHERE position(%s in encode(convert_to(\"{column}\"::text, 'UTF8'), 'hex')) > 0"
                f' OR position(%s in "{column}"::text) > 0 LIMIT 1',
                [needle.encode().hex(), needle.encode().hex()],
            )
            if cursor.fetchone():
                found.add((table, column))
    if any(
        needle.encode() in raw
        for body in Arrival.objects.values_list("body", flat=True)
        for *_, raw in unpack(bytes(body))
    ):
        found.add(("arrival", "body"))
    return found


def files_with(needle: str, *folders: Path) -> list[str]:
    """The files below some folders in whose bytes it is; ZIPs are opened."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if not path.is_file():
                continue
            try:
                content = path.read_bytes()
            except OSError:
                continue
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as packed:
                    content += b"".join(packed.read(name) for name in packed.namelist())
            if (at := content.find(needle.encode())) >= 0:
                found.append(f"{path} ({_relation(path)}): {content[max(0, at - 60) : at + 30]!r}")
    return found


def _relation(path: Path) -> str:
    """What lies in a file of the server."""
    if not path.name.isdigit() or len(path.name) > 9:
        return path.name
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE pg_relation_filenode(oid) = %s", [int(path.name)])
        return ", ".join(name for (name,) in cursor.fetchall())


def test_every_column_that_can_hold_a_text_has_its_fate() -> None:
    unknown = [
        f"{table}.{column}"
        for table, column in list_columns()
        if column not in FATES.get(table, {}) and not table.startswith("django_")
    ]

    assert unknown == [], "say in midchannel/usecases/fates.py what an erasure does to these columns"


def test_every_fate_is_of_a_column_that_is_there() -> None:
    there = set(list_columns())
    tables = {table for table, _ in there}

    assert [(t, c) for t, columns in FATES.items() for c in columns if t in tables and (t, c) not in there] == []


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> embedded.Server:
    if "MIDCHANNEL_TEST_EMBEDDED" not in os.environ:
        pytest.skip("the server is not ours: its files cannot be looked at")
    server = embedded.Server(Path(os.environ["MIDCHANNEL_TEST_FOLDER"]) / "postgres", settings=embedded.FOR_TESTS)
    monkeypatch.setattr(cleaning, "own_server", lambda: server)
    return server


def test_after_an_erasure_no_needle_is_left_anywhere(cluster: embedded.Server) -> None:
    desk = make_desk()
    needle = f"zq{random.token_hex(8)}"
    customer_id = hide(desk, needle)
    statistics(cluster)
    hidden = places_of(needle)
    there = {table for table, _ in list_columns()}
    wanted = {
        (t, c) for t, columns in FATES.items() if t in there for c, fate in columns.items() if fate in {GONE, SWEPT}
    }
    assert wanted - hidden - WORDS == set(), "hide a needle there, in `hide` below"
    assert hidden - wanted == set()
    cluster.query("CHECKPOINT", database="postgres")
    assert files_with(needle, cluster.cluster, Path(settings.DATA))

    request = requesting.open_request(desk.lea, customer_id, kind="erasure", at_once=True, now=after(hours=3))
    work(after(hours=3))

    assert queries.get_request(desk.lea, request).state == "done"
    assert places_of(needle) == set()
    cluster.query("CHECKPOINT", database="postgres")
    assert files_with(needle, cluster.cluster, Path(settings.DATA)) == []


def statistics(cluster: embedded.Server) -> None:
    """The planner samples values of every column."""
    with psycopg.connect(
        cluster.url(role=embedded.SUPERUSER, database=connection.settings_dict["NAME"]), autocommit=True
    ) as own:
        own.execute("ANALYZE")
