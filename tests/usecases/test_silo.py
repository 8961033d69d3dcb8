"""Silos: business systems are read in, every row is accounted for, what changed is a new version, and a run can be taken back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Activity, Channel, Handle
from midchannel.outside.silos import actions as silos
from midchannel.outside.silos import queries as silo_queries
from midchannel.outside.silos.errors import BadMappingError, SiloBusyError
from midchannel.outside.silos.mapping import Mapping
from midchannel.usecases import run_silo, try_silo, undo_import
from tests.usecases.reading import (
    BOSS,
    NOW,
    ORDERS,
    PEOPLE,
    Opened,
    Tick,
    bring,
    check_sums,
    map_it,
    put,
    reasons,
    records,
    tables,
    tick,
    told,
)

pytestmark = pytest.mark.django_db


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

    undone = undo_import.undo(run.id, tick=tick, by=BOSS)

    assert undone == 2
    assert (tables(), records()) == before
    assert Channel.objects.get(pk=silo_id).health == "paused"
    check_sums(silo_id)


def test_what_was_taken_back_comes_again_when_it_is_resumed(opened: Opened, folder: Path) -> None:
    silo_id = opened()
    bring(silo_id)
    put(folder, "people.csv", PEOPLE.replace("Porto", "Lisbon"))
    run = bring(silo_id)
    undo_import.undo(run.id, tick=tick, by=BOSS)
    channels.resume(silo_id, by=BOSS, now=tick())

    assert told(bring(silo_id)) == {"changed": 1, "unchanged": 1}
    assert records()["17"]["attributes"]["city"] == "Lisbon"


def test_taking_back_the_first_run_leaves_nobody(opened: Opened) -> None:
    before = tables()
    silo_id = opened("contacts.csv", "id,first_name,last_name,company_id\np1,Ana,Lima,o7\n", kind="contacts")
    run = bring(silo_id)

    undo_import.undo(run.id, tick=tick, by=BOSS)

    assert records() == {}
    assert set(tables()) - set(before) == {"channel", "channel_count", "silo"}


def test_an_older_run_can_be_taken_back_after_a_newer_one(opened: Opened, folder: Path) -> None:
    silo_id = opened()
    bring(silo_id)
    put(folder, "people.csv", PEOPLE.replace("Porto", "Lisbon"))
    middle = bring(silo_id)
    put(folder, "people.csv", PEOPLE.replace("Porto", "Faro"))
    bring(silo_id)

    undo_import.undo(middle.id, tick=tick, by=BOSS)

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

    undo_import.undo(run_id, tick=tick, by=BOSS)

    assert records() == {}
    silo = silo_queries.get_silo(None, silo_id)
    assert (silo.run_id, silo.due_at, silo.health) == (None, None, "paused")


def test_a_run_taken_back_behind_its_last_row_comes_again_when_it_is_resumed(opened: Opened) -> None:
    silo_id = opened("a.csv", PEOPLE)

    def take_it_back(_done: int, _total: int) -> None:
        undo_import.undo(silo_queries.list_runs(None, silo_id)[0].id, tick=tick, by=BOSS)

    run_silo.run(silo_id, tick=tick, by=BOSS, tell=take_it_back)
    assert records() == {}
    channels.resume(silo_id, by=BOSS, now=tick())

    assert told(bring(silo_id)) == {"new": 2}


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

    undo_import.undo(last.id, tick=tick, by=BOSS)

    assert records()["1"]["attributes"] == {"city": "Porto"}
    assert [version["city"] for version in records()["1"]["versions"]] == ["Ghent"]
