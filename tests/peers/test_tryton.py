"""A real Tryton server: its parties and sales come in, what changes there is a new version here, and a run is taken back."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from midchannel.middle.customers.models import SourceRecord
from midchannel.outside.channels.kinds import Kind
from midchannel.outside.channels.models import Activity, Handle
from midchannel.outside.silos import actions as silos
from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos import queries as silo_queries
from midchannel.outside.silos.readers import get_reader
from midchannel.platform import clock
from midchannel.platform.audit.actions import Actor
from midchannel.usecases import open_silo, run_silo, undo_import
from tests.peers.tryton import PASSWORD, Tryton, amount

pytestmark = [pytest.mark.peer, pytest.mark.django_db]
BOSS = Actor("Ada Ortiz", 1)


class Tick:
    """The clock, always moving on."""

    def __init__(self) -> None:
        self.seconds = itertools.count()
        self.begin = clock.now()

    def __call__(self) -> datetime:
        return self.begin + timedelta(milliseconds=5 * next(self.seconds))


tick = Tick()


def connect(erp: Tryton, kind: str) -> int:
    settings = erp.settings()
    silo_id = open_silo.open_silo(
        None,
        name=f"Tryton {kind}",
        system="Tryton",
        reader="tryton",
        config=settings.config,
        secrets=settings.secrets,
        now=tick(),
    )
    columns = [column.name for column in open_silo.look(None, silo_id, kind=kind).columns]
    open_silo.map_columns(None, silo_id, mappings.guess(columns, kind), now=tick())
    return silo_id


def bring(silo_id: int) -> silo_queries.SiloRunDetail:
    run = silo_queries.get_run(None, run_silo.run(silo_id, tick=tick, by=BOSS))
    assert run.is_whole
    return run


def known(party: int) -> dict[str, Any] | None:
    handle = Handle.objects.filter(network="silo:tryton", address=str(party)).first()
    return SourceRecord.objects.get(handle_id=handle.pk).attributes if handle else None


def make_party(erp: Tryton, name: str, mail: str) -> int:
    ways = [{"type": "email", "value": mail}, {"type": "mobile", "value": "+351912345678"}]
    place = {"street": "Rua A 1", "city": "Porto", "postal_code": "4000"}
    values = {"name": name, "addresses": [["create", [place]]], "contact_mechanisms": [["create", ways]]}
    return int(erp.call("model.party.party.create", [values])[0])


def test_a_customer_of_the_erp_comes_changes_and_is_taken_back(erp: Tryton) -> None:
    ana = make_party(erp, "Ana Lima", "ana@lima.test")
    bo = make_party(erp, "Bo Ek", "bo@ek.test")
    silo_id = connect(erp, "customers")

    first = bring(silo_id)

    assert first.new >= 2
    before = known(ana)
    assert before is not None
    assert before["full_name"] == "Ana Lima"
    assert before["email"] == "ana@lima.test"
    assert (before["street"], before["city"], before["postcode"]) == ("Rua A 1", "Porto", "4000")
    assert "912" in str(before["phone"])

    erp.call("model.party.party.write", [ana], {"name": "Ana Lima-Reis"})
    mail = erp.call("model.party.contact_mechanism.search", [["party", "=", bo], ["type", "=", "email"]])
    erp.call("model.party.contact_mechanism.write", mail, {"value": "bo.ek@work.test"})
    cy = make_party(erp, "Cy Nu", "cy@nu.test")
    second = bring(silo_id)

    assert not second.is_full
    assert (second.new, second.changed) == (1, 2)
    assert known(ana) == before | {"full_name": "Ana Lima-Reis"}
    told = known(bo)
    assert told is not None
    assert told["email"] == "bo.ek@work.test"

    undo_import.undo(second.id, tick=tick, by=BOSS)

    assert known(ana) == before
    assert known(cy) is None
    told = known(bo)
    assert told is not None
    assert told["email"] == "bo@ek.test"

    open_silo.resume(None, silo_id, now=tick())
    third = bring(silo_id)
    assert (third.new, third.changed) == (1, 2)


def test_sales_are_orders_of_the_same_customers(erp: Tryton) -> None:
    party = make_party(erp, "Di Os", "di@os.test")
    company, currency = make_company(erp)
    address = erp.call("model.party.address.search", [["party", "=", party]])[0]
    lines = [
        {"type": "line", "description": "Card", "quantity": 2.0, "unit_price": amount("4.5")},
        {"type": "line", "description": "Box", "quantity": 1.0, "unit_price": amount("3")},
    ]
    sale = {
        "company": company, "party": party, "currency": currency, "invoice_address": address, "shipment_address": address,
        "invoice_method": "manual", "shipment_method": "manual", "lines": [["create", lines]],
    }  # fmt: skip
    erp.call("model.sale.sale.create", [sale], company=company)
    bring(connect(erp, "customers"))

    run = bring(connect(erp, "orders"))

    assert run.new == 1
    order = Activity.objects.get(kind=int(Kind.ORDER))
    assert order.handle_id == Handle.objects.get(network="silo:tryton", address=str(party)).pk
    assert order.data is not None
    assert (order.data["total"], order.data["currency"]) == (12, "EUR")
    assert order.data["lines"] == [
        {"name": "Card", "quantity": 2, "price": 4.5},
        {"name": "Box", "quantity": 1, "price": 3},
    ]


def make_company(erp: Tryton) -> tuple[int, int]:
    euro = {"name": "Euro", "code": "EUR", "symbol": "E", "rounding": amount("0.01"), "digits": 2}
    currency = erp.call("model.currency.currency.create", [euro])[0]
    own = erp.call("model.party.party.create", [{"name": "Lantern Bank"}])[0]
    company = erp.call("model.company.company.create", [{"party": own, "currency": currency}])[0]
    erp.call("model.res.user.write", [1], {"companies": [["add", [company]]], "company": company})
    return int(company), int(currency)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong"}, "user and password"),
        ({"database": "nope"}, "no such database"),
        ({"url": "http://127.0.0.1:1"}, "cannot be reached"),
        ({"url": "http://169.254.169.254"}, "no address of a server of yours"),
        ({"url": "file:///etc/passwd"}, "https://"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(erp: Tryton, changes: dict[str, str], said: str) -> None:
    config = {"url": erp.url, "database": "erp", "user": "admin"} | changes
    secrets = {"password": config.pop("password", PASSWORD)}

    problems = open_silo.check("tryton", config=config, secrets=secrets)

    assert len(problems) == 1
    assert said in problems[0]


def test_a_server_that_goes_away_is_noted_and_tried_again(erp: Tryton) -> None:
    silo_id = connect(erp, "customers")
    silos.ask_to_read(silo_id, by=BOSS, now=tick())
    erp.stop()
    try:
        run_silo.work(tick=tick)
        assert silo_queries.get_silo(None, silo_id).health == "failing"
    finally:
        erp.start()
    silos.ask_to_read(silo_id, by=BOSS, now=tick())

    run_silo.work(tick=tick)

    assert silo_queries.get_silo(None, silo_id).health == "ok"
    assert get_reader("tryton").check(erp.settings(), kind="customers") == []
