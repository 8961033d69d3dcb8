"""Silos: business systems are read in, every row is accounted for, what changed is a new version, and a run can be taken back."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import msgspec
import pytest
from django.db import connection, transaction
from hypothesis import strategies as st

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Activity, Channel, Handle
from midchannel.outside.silos import actions as silos
from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos import queries as silo_queries
from midchannel.outside.silos.errors import BadMappingError, SiloBusyError, SourceError
from midchannel.outside.silos.mapping import Mapping
from midchannel.outside.silos.readers import files, get_reader
from midchannel.platform.audit.actions import Actor
from midchannel.platform.imports import queries as imports
from midchannel.usecases import import_history, run_silo, try_silo

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BOSS = Actor("Ada Ortiz", 1)
# What remembers on purpose, and rows that wait for a loop which finds nothing any more.
KEPT = {
    "fact_projection",
    "audit_entry",
    "event",
    "import_run",
    "import_row",
    "silo_run",
    "django_migrations",
    "read_again",
    "signal_reader",
    "search_waiting",
}
PEOPLE = "id,name,email,city,updated\n17,Ana Lima,ana@example.org,Porto,2026-11-01 10:00\n18,Bo Ek,bo@example.org,Ghent,2026-11-02 10:00\n"

RECORDS = """
SELECT h.address, r.attributes, r.name, r.trust, r.lawful_basis, r.kind, r.expires_at, r.is_organisation, r.source, h.name AS called,
  ARRAY(SELECT v.attributes || jsonb_build_object('at', v.at) FROM source_record_version v WHERE v.record_id = r.id ORDER BY v.at)
    AS versions,
  ARRAY(SELECT i.type || '=' || i.value FROM identifier i WHERE i.record_id = r.id ORDER BY 1) AS identifiers,
  ARRAY(SELECT o.name FROM customer_membership m JOIN source_record o ON o.id = m.organisation_id WHERE m.person_id = r.id)
    AS organisations
FROM source_record r JOIN handle h ON h.id = r.handle_id"""
ORDERS = """order_id,customer_id,date,total,currency,sku,qty,price
A1,17,2026-11-03,"1.234,50",eur,X1,2,600
A1,17,2026-11-03,"1.234,50",eur,X2,1,34.5
A2,18,2026-11-04,10,eur,X1,1,10
"""

pytestmark = pytest.mark.django_db


class Tick:
    """A clock that goes on by a second whenever it is asked."""

    def __init__(self, begin: datetime = NOW) -> None:
        self.moments = (begin + timedelta(seconds=n) for n in itertools.count())

    def __call__(self) -> datetime:
        return next(self.moments)


tick = Tick()


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """The data folder's place for files to be read."""
    settings.DATA = tmp_path
    return files.folder()


Opened = Callable[..., int]


@pytest.fixture
def opened(folder: Path) -> Opened:
    """Open a silo of a file, map it by its names, with changes."""

    def make(
        name: str = "people.csv", content: str | bytes | None = PEOPLE, *, kind: str = "customers", **changes: Any
    ) -> int:
        if content is not None:
            put(folder, name, content)
        silo_id = silos.open_silo(
            name=f"{name} {kind}", system="Shop", reader="file", config={"file": name}, by=BOSS, now=tick()
        )
        map_it(silo_id, kind, **changes)
        return silo_id

    return make


def put(folder: Path, name: str, content: str | bytes) -> None:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def map_it(silo_id: int, kind: str, **changes: Any) -> Mapping:
    silo = silo_queries.get_silo(None, silo_id)
    look = get_reader(silo.reader).look(channels.settings_of(silo_id), kind=kind)
    columns = [column.name for column in look.columns]
    mapping = msgspec.structs.replace(mappings.guess(columns, kind), **changes)
    silos.change_mapping(silo_id, mapping, columns=columns, by=BOSS, now=tick())
    return mapping


def bring(silo_id: int) -> silo_queries.SiloRunDetail:
    run = silo_queries.get_run(None, run_silo.run(silo_id, tick=tick, by=BOSS))
    assert run.is_whole
    assert run.state == "done"
    assert not run.parked, reasons(run.id)
    check_sums(silo_id)
    return run


def told(run: silo_queries.SiloRunDetail) -> dict[str, int]:
    names = ("new", "changed", "unchanged", "duplicate", "parked", "refused")
    return {name: getattr(run, name) for name in names if getattr(run, name)}


def check_sums(channel_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(received), 0) = coalesce(sum(applied), 0) + coalesce(sum(duplicate), 0)"
            " + (SELECT count(*) FROM parked WHERE channel_id = %s AND replayed_at IS NULL)"
            " + (SELECT coalesce(sum(size), 0) FROM arrival WHERE channel_id = %s AND waiting)"
            " FROM channel_count WHERE channel_id = %s",
            [channel_id, channel_id, channel_id],
        )
        assert cursor.fetchone()[0]
        cursor.execute("SELECT reason FROM parked WHERE replayed_at IS NULL AND code = 'apply'")
        assert [
            reason
            for (reason,) in cursor.fetchall()
            if "other-author" not in reason and "only its author" not in reason
        ] == []


def reasons(run_id: int) -> list[str]:
    return [row.reason for row in imports.walk_rows(run_id) if row.reason]


def records() -> dict[str, dict[str, Any]]:
    """What is known of everybody, by handle."""
    with connection.cursor() as cursor:
        cursor.execute(RECORDS)
        names = [column[0] for column in cursor.description]
        return {row[0]: dict(zip(names[1:], map(_plain, row[1:]), strict=True)) for row in cursor.fetchall()}


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value[:1] == "{":
        return msgspec.json.decode(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value


def tables() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return {table: count for table, count in counts.items() if count and table not in KEPT}


def test_customers_of_a_file_become_records_that_say_where_they_come_from(opened: Opened) -> None:
    silo_id = opened()
    silos.change_terms(silo_id, silos.Terms("business", 90, "contract"), by=BOSS, now=tick())

    run = bring(silo_id)

    assert told(run) == {"new": 2}
    ana = records()["17"]
    assert ana["attributes"] == {"full_name": "Ana Lima", "email": "ana@example.org", "city": "Porto"}
    assert (ana["trust"], ana["lawful_basis"], ana["source"]) == (90, "contract", "silo:shop")
    assert Handle.objects.get(address="17").network == "silo:shop"


def test_the_same_source_twice_changes_nothing(opened: Opened, folder: Path) -> None:
    silo_id = opened()
    bring(silo_id)
    before = tables(), records()
    put(folder, "people.csv", PEOPLE + "\n")

    run = bring(silo_id)

    assert told(run) == {"unchanged": 2}
    assert (tables(), records()) == before


def test_a_file_that_is_the_same_is_not_read_again(opened: Opened) -> None:
    silo_id = opened()
    bring(silo_id)

    assert bring(silo_id).items == 0


def test_a_changed_row_is_a_new_version_and_changed_back_is_another(opened: Opened, folder: Path) -> None:
    silo_id = opened()
    bring(silo_id)
    for city in ("Lisbon", "Porto"):
        put(folder, "people.csv", PEOPLE.replace("Porto", city))

        run = bring(silo_id)

        assert told(run) == {"changed": 1, "unchanged": 1}
        assert records()["17"]["attributes"]["city"] == city
    assert [version["city"] for version in records()["17"]["versions"]] == ["Porto", "Lisbon"]


def test_orders_and_customers_of_one_system_are_of_the_same_people(opened: Opened) -> None:
    bring(opened())
    run = bring(opened("orders.csv", ORDERS, kind="orders"))

    assert told(run) == {"new": 2}
    assert Handle.objects.filter(network="silo:shop").count() == 2
    order = Activity.objects.get(kind=20, handle_id=Handle.objects.get(address="17").pk)
    assert order.data is not None
    assert order.data["total"] == 1234.5
    assert order.data["lines"] == [
        {"sku": "X1", "quantity": 2, "price": 600},
        {"sku": "X2", "quantity": 1, "price": 34.5},
    ]
    assert order.at == datetime(2026, 11, 3, tzinfo=UTC)


def test_contacts_belong_to_their_organisation(opened: Opened) -> None:
    people = "id,first_name,last_name,company_id,job_title\np1,Ana,Lima,o7,Buyer\n"

    bring(opened("contacts.csv", people, kind="contacts"))
    bring(opened("companies.csv", "id,company\no7,Lima & Sons\n", kind="organisations"))

    assert records()["o7"]["is_organisation"]
    assert records()["p1"]["organisations"] == ["Lima & Sons"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT role FROM customer_membership")
        assert cursor.fetchall() == [("Buyer",)]


def test_taking_a_run_back_leaves_everything_as_it_was_before(opened: Opened, folder: Path) -> None:
    silo_id = opened(verified=True)
    bring(silo_id)
    before = tables(), records()
    changed = PEOPLE.replace("Ana Lima,ana@example.org,Porto", "Ana Lima-Reis,ana@lima.example,Lisbon")
    put(folder, "people.csv", changed + "19,Cy Nu,cy@example.org,Oslo,2026-11-05\n")
    run = bring(silo_id)
    assert told(run) == {"changed": 1, "unchanged": 1, "new": 1}

    undone = import_history.undo(run.id, tick=tick, by=BOSS)

    assert undone == 2
    assert (tables(), records()) == before
    assert Channel.objects.get(pk=silo_id).health == "paused"
    check_sums(silo_id)


def test_what_was_taken_back_comes_again_when_it_is_resumed(opened: Opened, folder: Path) -> None:
    silo_id = opened()
    bring(silo_id)
    put(folder, "people.csv", PEOPLE.replace("Porto", "Lisbon"))
    run = bring(silo_id)
    import_history.undo(run.id, tick=tick, by=BOSS)
    channels.resume(silo_id, by=BOSS, now=tick())

    assert told(bring(silo_id)) == {"changed": 1, "unchanged": 1}
    assert records()["17"]["attributes"]["city"] == "Lisbon"


def test_taking_back_the_first_run_leaves_nobody(opened: Opened) -> None:
    before = tables()
    silo_id = opened("contacts.csv", "id,first_name,last_name,company_id\np1,Ana,Lima,o7\n", kind="contacts")
    run = bring(silo_id)

    import_history.undo(run.id, tick=tick, by=BOSS)

    assert records() == {}
    assert set(tables()) - set(before) == {"channel", "channel_count", "silo"}


def test_an_older_run_can_be_taken_back_after_a_newer_one(opened: Opened, folder: Path) -> None:
    silo_id = opened()
    bring(silo_id)
    put(folder, "people.csv", PEOPLE.replace("Porto", "Lisbon"))
    middle = bring(silo_id)
    put(folder, "people.csv", PEOPLE.replace("Porto", "Faro"))
    bring(silo_id)

    import_history.undo(middle.id, tick=tick, by=BOSS)

    assert records()["17"]["attributes"]["city"] == "Faro"
    assert [version["city"] for version in records()["17"]["versions"]] == ["Porto"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("17,Ana,a@b.example,Porto,\n,Bo,b@b.example,Ghent,\n", "no key"),
        ("17,Ana,a@b.example,Porto,\n17,Bo,b@b.example,Ghent,\n", "same key"),
        ("17,Ana,a@b.example,Porto,\n18,Bo,b@b.ex", "cut off"),
        ("17,Ana,a@b.example,Porto,\n18,,,,\n", "nothing is said"),
        ("17,Ana,a@b.example,Porto,\n" + "x" * 501 + ",Bo,,,\n", "characters"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_others_go_on(opened: Opened, rows: str, said: str) -> None:
    run = bring(opened(content="id,name,email,city,updated\n" + rows))

    assert told(run) == {"new": 1, "refused": 1}
    assert said in reasons(run.id)[0]


def test_a_wrong_encoding_is_refused_and_not_kept_garbled(opened: Opened, folder: Path) -> None:
    silo_id = opened(content="id,name\n1,Søren Åberg\n2,Bo Ek\n".encode("cp1252"))
    silos.change_connection(silo_id, config={"file": "people.csv", "encoding": "utf-8"}, by=BOSS, now=tick())

    assert told(bring(silo_id)) == {"new": 1, "refused": 1}

    silos.change_connection(silo_id, config={"file": "people.csv", "encoding": ""}, by=BOSS, now=tick())
    assert told(bring(silo_id)) == {"new": 1, "unchanged": 1}
    assert records()["1"]["attributes"]["full_name"] == "Søren Åberg"


def test_hostile_values_are_kept_as_text(opened: Opened) -> None:
    name = "<script>alert(1)</script>\x00\u202e'; DROP TABLE customer; --"
    run = bring(opened(content=f'id,name,city\n1,"{name}","=cmd|calc"\n'))

    assert told(run) == {"new": 1}
    assert records()["1"]["attributes"]["city"] == "=cmd|calc"
    assert "\x00" not in records()["1"]["name"]


def test_a_dry_run_says_what_would_become_of_every_row_and_keeps_nothing(opened: Opened, folder: Path) -> None:
    silo_id = opened()
    bring(silo_id)
    put(folder, "people.csv", PEOPLE.replace("Porto", "Lisbon") + "18,Twice,,,\n19,New,,,\n,No key,,,\n")
    before = tables(), records()

    trial = try_silo.try_out(silo_id, tick=tick)

    assert {word: count for word, count in trial.counts.items() if count} == {
        "new": 1,
        "changed": 1,
        "unchanged": 1,
        "refused": 2,
    }
    assert [(sample.number, sample.outcome) for sample in trial.samples] == [
        (1, "changed"),
        (2, "unchanged"),
        (3, "refused"),
        (4, "new"),
        (5, "refused"),
    ]
    assert (tables(), records()) == before
    assert told(bring(silo_id)) == {"new": 1, "changed": 1, "unchanged": 1, "refused": 2}


def test_a_run_that_was_interrupted_goes_on_where_it_was(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_silo, "BATCH", 10)
    silo_id = opened(content="id,name\n" + "".join(f"{n},Person {n}\n" for n in range(35)))
    stops = iter([False, True])

    first = run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: next(stops))
    assert silo_queries.get_run(None, first).items == 20
    assert silo_queries.get_silo(None, silo_id).run_id == first

    run = bring(silo_id)
    assert run.id == first
    assert told(run) == {"new": 35}


def test_a_file_replaced_while_it_is_read_begins_another_run(
    opened: Opened, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_silo, "BATCH", 10)
    silo_id = opened(content="id,name\n" + "".join(f"{n},Person {n}\n" for n in range(25)))
    first = run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: True)
    put(folder, "people.csv", "id,name\n" + "".join(f"{n},Person {n}\n" for n in range(30)))

    run = bring(silo_id)

    assert run.id != first
    assert told(run) == {"new": 20, "unchanged": 10}
    assert silo_queries.get_run(None, first).is_stopped


def test_a_run_can_be_stopped_and_taken_back_half_way(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_silo, "BATCH", 10)
    silo_id = opened(content="id,name\n" + "".join(f"{n},Person {n}\n" for n in range(25)))
    run_id = run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: True)

    import_history.undo(run_id, tick=tick, by=BOSS)

    assert records() == {}
    silo = silo_queries.get_silo(None, silo_id)
    assert (silo.run_id, silo.due_at, silo.health) == (None, None, "paused")


def test_what_a_full_reading_does_not_meet_is_counted_as_missing_and_stays(opened: Opened, folder: Path) -> None:
    silo_id = opened()
    bring(silo_id)
    put(folder, "people.csv", "".join(PEOPLE.splitlines(keepends=True)[:2]))

    run = bring(silo_id)

    assert run.missing == 1
    assert "18" in records()


def test_third_party_data_expire_and_are_renewed_while_their_source_has_them(opened: Opened, folder: Path) -> None:
    silo_id = opened()
    silos.change_terms(silo_id, silos.Terms("third-party", 20, "legitimate interest", 30), by=BOSS, now=tick())
    bring(silo_id)
    first = records()["17"]["expires_at"]
    assert timedelta(days=29) < first - NOW < timedelta(days=31)

    put(folder, "people.csv", PEOPLE + "\n")
    later = Tick(NOW + timedelta(days=16))
    run = silo_queries.get_run(None, run_silo.run(silo_id, tick=later, by=BOSS))

    assert told(run) == {"changed": 2}
    assert records()["17"]["expires_at"] > first


def test_a_schedule_reads_by_itself_and_a_failure_is_tried_again_later(opened: Opened, folder: Path) -> None:
    silo_id = opened()
    silos.change_schedule(silo_id, 60, by=BOSS, now=NOW)
    assert not run_silo.work(tick=Tick(NOW + timedelta(minutes=59)))

    assert run_silo.work(tick=Tick(NOW + timedelta(minutes=61)))
    assert len(records()) == 2
    (folder / "people.csv").unlink()
    run_silo.work(tick=Tick(NOW + timedelta(minutes=130)))

    silo = silo_queries.get_silo(None, silo_id)
    assert silo.health == "failing"
    assert "no file people.csv" in silo.health_reason
    assert silo.due_at is not None
    assert silo.due_at > NOW + timedelta(minutes=130)
    put(folder, "people.csv", PEOPLE.replace("Porto", "Lisbon"))
    run_silo.work(tick=Tick(NOW + timedelta(minutes=240)))
    assert silo_queries.get_silo(None, silo_id).health == "ok"
    assert records()["17"]["attributes"]["city"] == "Lisbon"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(tmp_path / "shop.db")
    database.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, mail TEXT, changed TEXT)")
    database.executemany(
        "INSERT INTO customer VALUES (?, ?, ?, ?)",
        [(n, f"Person {n}", f"p{n}@example.org", f"2026-11-01 10:{n:02}:00") for n in range(1, 31)],
    )
    database.commit()
    yield database
    database.close()


def open_sql(tmp_path: Path, query: str = "SELECT * FROM customer", url: str = "", **changes: Any) -> int:
    silo_id = silos.open_silo(
        name="Shop database",
        system="shop",
        reader="sql",
        config={"url": url or f"sqlite:///{tmp_path}/shop.db", "query": query},
        by=BOSS,
        now=tick(),
    )
    map_it(silo_id, "customers", **changes)
    return silo_id


def test_a_database_is_read_from_where_it_was_read_last(tmp_path: Path, shop: sqlite3.Connection) -> None:
    silo_id = open_sql(tmp_path)
    assert told(bring(silo_id)) == {"new": 30}
    assert told(bring(silo_id)) == {"unchanged": 1}
    shop.execute("UPDATE customer SET name = 'Ana', changed = '2026-11-02 09:00:00' WHERE id = 3")
    shop.execute("INSERT INTO customer VALUES (31, 'Cy', NULL, '2026-11-02 10:00:00')")
    shop.execute("INSERT INTO customer VALUES (32, 'Di', NULL, NULL)")
    shop.commit()

    run = bring(silo_id)

    assert told(run) == {"changed": 1, "new": 2, "unchanged": 1}
    assert records()["3"]["attributes"]["full_name"] == "Ana"


def test_a_database_without_times_of_change_is_compared_whole(tmp_path: Path, shop: sqlite3.Connection) -> None:
    silo_id = open_sql(tmp_path, changed="")
    assert told(bring(silo_id)) == {"new": 30}
    shop.execute("UPDATE customer SET name = 'Ana' WHERE id = 3")
    shop.execute("DELETE FROM customer WHERE id = 4")
    shop.commit()

    run = bring(silo_id)

    assert told(run) == {"changed": 1, "unchanged": 28}
    assert run.missing == 1


def test_a_run_of_a_database_goes_on_behind_its_mark(
    tmp_path: Path, shop: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_silo, "BATCH", 7)
    for changed in ("changed", ""):
        silo_id = silos.open_silo(
            name=f"by {changed}",
            system=f"s{changed}",
            reader="sql",
            config={"url": f"sqlite:///{tmp_path}/shop.db", "query": "SELECT * FROM customer"},
            by=BOSS,
            now=tick(),
        )
        map_it(silo_id, "customers", changed=changed)
        for _ in range(3):
            run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: True)

        assert told(bring(silo_id)) == {"new": 30}


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM customer",
        "SELECT 1; DELETE FROM customer",
        "SELECT 1) AS x; DELETE FROM customer; --",
        "UPDATE customer SET name = 'x' RETURNING *",
        "WITH x AS (SELECT 1) DELETE FROM customer RETURNING *",
        "",
        "PRAGMA writable_schema = 1",
        "ATTACH DATABASE '/tmp/x' AS y",
    ],
)
def test_nothing_but_a_select_is_taken(tmp_path: Path, shop: sqlite3.Connection, query: str) -> None:
    with pytest.raises(SourceError):
        open_sql(tmp_path, query)

    assert shop.execute("SELECT count(*) FROM customer").fetchone() == (30,)


def test_a_database_that_goes_away_is_tried_again_and_loses_nothing(
    tmp_path: Path, shop: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_silo, "BATCH", 10)
    silo_id = open_sql(tmp_path)
    run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: True)
    (tmp_path / "shop.db").rename(tmp_path / "away.db")
    silos.ask_to_read(silo_id, by=BOSS, now=tick())

    run_silo.work(tick=tick)

    silo = silo_queries.get_silo(None, silo_id)
    assert silo.health == "failing"
    assert silo_queries.list_runs(None, silo_id)[0].reason
    (tmp_path / "away.db").rename(tmp_path / "shop.db")
    assert told(bring(silo_id)) == {"new": 30}


def test_a_postgresql_server_is_read_only_streamed_and_limited(tmp_path: Path) -> None:
    settings = connection.settings_dict
    host, port = settings["HOST"], settings["PORT"]
    place = f"host={host}" if str(host).startswith("/") else f"host={host}&port={port}"
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?{place}"
    silo_id = silos.open_silo(
        name="Warehouse",
        system="warehouse",
        reader="sql",
        config={
            "url": url,
            "query": "SELECT n AS id, 'Person ' || n AS name, timestamptz '2026-11-01' + n * interval '1 s' AS changed, 1.50::numeric AS x"
            " FROM generate_series(1, 1200) n WHERE 'a:b' <> 'c::d'",
        },
        secrets={"password": str(settings["PASSWORD"] or "")},
        by=BOSS,
        now=tick(),
    )
    map_it(silo_id, "customers")

    assert told(bring(silo_id)) == {"new": 1200}
    assert told(bring(silo_id)) == {"unchanged": 1}
    for query in (
        "SELECT nextval('id_run') AS id",
        "SELECT 1 AS id; SELECT 2",
        "WITH x AS (DELETE FROM silo RETURNING *) SELECT * FROM x",
    ):
        silos.change_connection(silo_id, config={"url": url, "query": query}, by=BOSS, now=tick())
        with pytest.raises(SourceError):
            get_reader("sql").look(channels.settings_of(silo_id), kind="customers")


def test_parquet_is_streamed_and_half_a_file_is_told(opened: Opened, folder: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table(
        {"id": range(3000), "name": [f"Person {n}" for n in range(3000)], "tags": [["a", "b"]] * 3000}
    )
    parquet.write_table(table, folder / "people.parquet")
    silo_id = opened("people.parquet", None)

    assert told(bring(silo_id)) == {"new": 3000}

    whole = (folder / "people.parquet").read_bytes()
    put(folder, "people.parquet", whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="not a whole Parquet file"):
        run_silo.run(silo_id, tick=tick, by=BOSS)


CARDS = """BEGIN:VCARD
VERSION:3.0
UID:c1
FN:Ana Lima
N:Lima;Ana;;;
EMAIL;TYPE=INTERNET:ana@example.org
EMAIL:ana@lima.example
TEL;TYPE=CELL:+351 912 345 678
ADR;TYPE=HOME:;;Rua A 1;Porto;;4000;Portugal
ORG:Lima & Sons;Sales
BDAY:1980-01-02
PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Bo Ek
EMAIL:bo@example.org
TEL;VALUE=uri:tel:+32-9-1234567
BDAY:19790203
PHOTO:data:image/png;base64,iVBORw0KGgo=
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:;;;;
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Half a ca"""


def test_cards_of_both_versions_are_read_and_pictures_become_a_hash(opened: Opened) -> None:
    run = bring(opened("cards.vcf", CARDS.replace("\n", "\r\n"), kind="contacts"))

    assert told(run) == {"new": 2, "refused": 2}
    ana, bo = records()["c1"]["attributes"], records()["mailto:bo@example.org"]["attributes"]
    assert ana["email"] == ["ana@example.org", "ana@lima.example"]
    assert (ana["street"], ana["postcode"], ana["city"]) == ("Rua A 1", "4000", "Porto")
    assert ana["birth_date"] == "1980-01-02"
    assert bo["birth_date"] == "1979-02-03"
    assert bo["phone"] == "+32-9-1234567"
    assert ana["avatar"] == bo["avatar"]
    assert len(ana["avatar"]) == 64


def test_a_mapping_is_checked_before_it_is_kept(opened: Opened) -> None:
    silo_id = opened()
    for wrong in (
        Mapping("customers", "nope", fields={"name": "full_name"}),
        Mapping("orders", "id", fields={}),
        Mapping("customers", "id", fields={"name": "shoe_size"}),
        Mapping("x", "id"),
    ):
        with pytest.raises(BadMappingError):
            silos.change_mapping(silo_id, wrong, columns=["id", "name"], by=BOSS, now=tick())


def test_a_mapping_does_not_change_under_a_run(opened: Opened) -> None:
    silo_id = opened(content="id,name\n1,Ana\n")
    run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: True)

    with pytest.raises(SiloBusyError):
        map_it(silo_id, "contacts")


def test_a_mapping_that_changed_delivers_what_says_something_else_now(opened: Opened) -> None:
    silo_id = opened()
    bring(silo_id)

    map_it(silo_id, "customers", fields={"name": "full_name", "city": "x_place"})

    assert told(bring(silo_id)) == {"changed": 2}
    assert records()["17"]["attributes"] == {"full_name": "Ana Lima", "x_place": "Porto"}


def test_only_files_in_the_folder_are_read(opened: Opened, folder: Path, tmp_path: Path) -> None:
    silo_id = opened()
    (tmp_path / "secret.csv").write_text("id,name\n1,Ana\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")

    for name in ("../secret.csv", "/etc/passwd", "link.csv", ".hidden.csv", "", "people.exe"):
        silos.change_connection(silo_id, config={"file": name}, by=BOSS, now=tick())
        with pytest.raises(SourceError):
            run_silo.run(silo_id, tick=tick, by=BOSS)


def test_what_cannot_be_applied_is_parked_and_counted(opened: Opened, folder: Path) -> None:
    orders = "order_id,customer_id,total\nA1,17,10\n"
    silo_id = opened("orders.csv", orders, kind="orders")
    bring(silo_id)
    put(folder, "orders.csv", orders.replace("17", "18"))

    run_silo.run(silo_id, tick=tick, by=BOSS)

    check_sums(silo_id)
    assert silo_queries.get_silo(None, silo_id).parked == 1


def test_without_times_of_change_what_was_said_last_holds_when_something_else_is_taken_back(
    opened: Opened, folder: Path
) -> None:
    silo_id = opened(content="id,city\n1,Ghent\n")
    bring(silo_id)
    for city in ("Porto", "Oslo"):
        put(folder, "people.csv", f"id,city\n1,{city}\n")
        last = bring(silo_id)

    import_history.undo(last.id, tick=tick, by=BOSS)

    assert records()["1"]["attributes"] == {"city": "Porto"}
    assert [version["city"] for version in records()["1"]["versions"]] == ["Ghent"]


PERSON = st.fixed_dictionaries(
    {
        "id": st.sampled_from("abcdef"),
        "name": st.sampled_from(("", "Ana", "Bo", "Cy")),
        "city": st.sampled_from(("", "Porto", "Ghent")),
    }
)
STEPS = st.lists(st.one_of(st.lists(PERSON, max_size=6), st.just("again"), st.just("undo")), min_size=1, max_size=5)


@hypothesis.settings(max_examples=6, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(steps=STEPS)
def test_whatever_comes_the_record_says_what_the_source_said_last_and_undoing_goes_back(
    folder: Path, steps: list[Any]
) -> None:
    with transaction.atomic():
        _play(folder, steps)
        transaction.set_rollback(True)


def _play(folder: Path, steps: list[Any]) -> None:
    silo_id = silos.open_silo(name="H", system="h", reader="file", config={"file": "h.csv"}, by=BOSS, now=tick())
    put(folder, "h.csv", "id,name,city\n")
    mapping = Mapping("customers", "id", fields={"name": "full_name", "city": "city"})
    silos.change_mapping(silo_id, mapping, columns=["id", "name", "city"], by=BOSS, now=tick())
    history: list[tuple[int, dict[str, Any]]] = []
    content = "id,name,city\n"
    model: dict[str, dict[str, str]] = {}
    for number, step in enumerate(steps):
        if step == "undo" and history:
            run_id, model = history.pop()
            import_history.undo(run_id, tick=tick, by=BOSS)
            channels.resume(silo_id, by=BOSS, now=tick())
        elif step != "undo":
            before = {key: dict(said) for key, said in model.items()}
            if step != "again":
                content = "id,name,city\n" + "".join(f"{p['id']},{p['name']},{p['city']}\n" for p in step)
                met: set[str] = set()
                for person in step:
                    said = {"full_name": person["name"], "city": person["city"]}
                    said = {name: value for name, value in said.items() if value}
                    if said and person["id"] not in met:
                        model[person["id"]] = said
                        met.add(person["id"])
            put(folder, "h.csv", content + "\n" * number)
            run = bring(silo_id)
            if step == "again" and history:
                assert run.new == 0
            history.append((run.id, before))
        if step == "undo" or step != "again":
            assert {key: record["attributes"] for key, record in records().items()} == model
        check_sums(silo_id)
    for run_id, before in reversed(history):
        import_history.undo(run_id, tick=tick, by=BOSS)
        channels.resume(silo_id, by=BOSS, now=tick())
        assert {key: record["attributes"] for key, record in records().items()} == before
    assert records() == {}
