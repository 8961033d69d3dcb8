"""What silos are read from: files in every shape, cards, Parquet, and databases of others."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from midchannel.outside.channels import actions as channels
from midchannel.outside.silos import actions as silos
from midchannel.outside.silos import queries as silo_queries
from midchannel.outside.silos.errors import SourceError
from midchannel.outside.silos.readers import cards, get_reader
from midchannel.platform.imports import reading
from midchannel.usecases import run_silo
from tests.usecases.reading import (
    BOSS,
    Opened,
    bring,
    map_it,
    put,
    records,
    tick,
    told,
)

pytestmark = pytest.mark.django_db


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


def test_what_is_changed_while_a_run_rests_is_read_by_the_next_one(
    tmp_path: Path, shop: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_silo, "BATCH", 10)
    silo_id = open_sql(tmp_path)
    run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: True)
    shop.execute("UPDATE customer SET name = 'Ana', changed = '2026-11-02 09:00:00' WHERE id = 3")
    shop.execute("INSERT INTO customer VALUES (31, 'Cy', NULL, '2026-11-02 10:00:00')")
    shop.commit()

    assert told(bring(silo_id)) == {"new": 30}
    assert told(bring(silo_id)) == {"changed": 1, "new": 1, "unchanged": 1}

    assert records()["3"]["attributes"]["full_name"] == "Ana"


def test_a_run_ends_when_what_it_reads_or_may_say_is_changed_and_all_is_read_anew(
    tmp_path: Path, shop: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_silo, "BATCH", 10)
    silo_id = open_sql(tmp_path, "SELECT * FROM customer WHERE id > 5")
    run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: True)
    everybody = {"url": f"sqlite:///{tmp_path}/shop.db", "query": "SELECT * FROM customer"}
    silos.change_connection(silo_id, config=everybody, by=BOSS, now=tick())

    run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: True)
    silos.change_terms(silo_id, silos.Terms(trust=50), by=BOSS, now=tick())
    run = bring(silo_id)

    assert told(run) == {"changed": 15, "new": 15}
    assert {record["trust"] for record in records().values()} == {50}


def test_rows_without_a_key_are_told_once_however_often_the_run_rests(
    tmp_path: Path, shop: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_silo, "BATCH", 2)
    silo_id = open_sql(tmp_path, "SELECT CASE WHEN id > 3 THEN id END AS id, name, mail, changed FROM customer")
    run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: True)

    assert told(bring(silo_id)) == {"refused": 3, "new": 27}


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
            " FROM generate_series(1, 1200) n WHERE 'a:b' <> 'c::d' UNION ALL SELECT 9999, 'Mistyped', '2999-01-01', 1",
        },
        secrets={"password": str(settings["PASSWORD"] or "")},
        by=BOSS,
        now=tick(),
    )
    map_it(silo_id, "customers")

    assert told(bring(silo_id)) == {"new": 1201}
    assert told(bring(silo_id)) == {"unchanged": 302}  # the last five minutes, and what was changed in a year to come
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


def test_cards_of_old_telephones_and_odd_line_breaks_are_read(folder: Path) -> None:
    old = "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Jo\r\nADR;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;Stra=C3=9Fe 1;=\r\nBerlin;;12345;G=\r\n"
    put(
        folder,
        "a.vcf",
        old + "ermany\r\nEND:VCARD\r\nBEGIN:VCARD\nVERSION:3.0\nFN:Ana\nNOTE:one\u2028two;three\nEND:VCARD\n",
    )

    jo, ana = cards.read(folder / "a.vcf")

    assert [jo.values[name] for name in ("street", "city", "country")] == ["Straße 1", "Berlin", "Germany"]
    assert ana.values["name"] == "Ana"


def test_a_card_made_to_be_read_for_ever_is_refused_at_once(folder: Path) -> None:
    hostile = "BEGIN:VCARD\nVERSION:3.0\nFN:x\nTEL;" + "a=b;" * 100 + ":1\nEND:VCARD\n"
    put(
        folder,
        "a.vcf",
        hostile + 'BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nitem1.TEL;TYPE="work,x",home;PREF:+351 1\nEND:VCARD\n',
    )

    refused, read = cards.read(folder / "a.vcf")

    assert "parameters" in refused.refused
    assert (read.values["name"], read.values["phone"]) == ("Ana", ["+351 1"])


@pytest.mark.parametrize("kind", ["csv", "vcf", "parquet"])
def test_a_long_file_goes_on_at_its_place_and_not_from_its_beginning(
    kind: str, opened: Opened, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow
    from pyarrow import parquet

    monkeypatch.setattr(reading, "PLACE_EVERY", 2)
    monkeypatch.setattr(run_silo, "BATCH", 3)
    names = [f"Person {n}" for n in range(10)]
    parquet.write_table(pyarrow.table({"id": range(10), "name": names}), folder / "people.parquet")
    put(folder, "people.csv", "\ufeffid,name\r\n" + "".join(f'{n},"{name}\nÜber"\r\n' for n, name in enumerate(names)))
    card = "BEGIN:VCARD\nVERSION:3.0\nUID:{}\nFN:{}\nEND:VCARD\n"
    put(folder, "people.vcf", "".join(card.format(n, name) for n, name in enumerate(names)))
    silo_id = opened(f"people.{kind}", None, **({"kind": "contacts"} if kind == "vcf" else {}))
    for _turn in range(2):
        run_silo.run(silo_id, tick=tick, by=BOSS, should_stop=lambda: True)
        for whole in ("fingerprint", "count_roughly", *(["encoding_of"] if kind == "csv" else [])):
            monkeypatch.setattr(reading, whole, None)

    assert told(bring(silo_id)) == {"new": 10}
    assert len(records()) == 10


def test_only_files_in_the_folder_are_read(opened: Opened, folder: Path, tmp_path: Path) -> None:
    silo_id = opened()
    (tmp_path / "secret.csv").write_text("id,name\n1,Ana\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")

    for name in ("../secret.csv", "/etc/passwd", "link.csv", ".hidden.csv", "", "people.exe"):
        silos.change_connection(silo_id, config={"file": name}, by=BOSS, now=tick())
        with pytest.raises(SourceError):
            run_silo.run(silo_id, tick=tick, by=BOSS)
