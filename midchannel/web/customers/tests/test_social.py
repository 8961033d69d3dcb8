"""The social record and the purchases, through their pages."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from midchannel.insight.worth import actions as worth
from midchannel.insight.worth import queries as worth_queries
from midchannel.insight.worth.rules import Rule
from midchannel.middle.consents import actions as consents
from midchannel.middle.customers.models import Score, SourceRecord
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Channel, Handle
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.models import User
from midchannel.platform.audit.actions import Actor
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import arrive, score

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_events_are_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's one transaction never commits, so its events would wait for ever."""
    monkeypatch.setattr(
        "midchannel.platform.events.queries.list_after",
        lambda cursor, *, limit: list(StoredEvent.objects.filter(pk__gt=cursor).order_by("pk")[:limit]),
    )


@pytest.fixture
def lead() -> User:
    lead = accounts.create_person(email="lea@l.example", name="Lea", password=None, role="lead", now=NOW)
    team = accounts.create_team(name="Service", now=NOW)
    accounts.set_members(team, [lead.pk], now=NOW)
    public = Channel.objects.create(network="fediverse", name="Public", scope_id=team.scope_id, created_at=NOW)
    shop = Channel.objects.create(network="shop", name="The shop", scope_id=team.scope_id, created_at=NOW)
    _take(
        public,
        _post("ana", "The harbour, the harbour again and my harbour <b>x</b>", "p1"),
        *(_post(f"p{n}", "@ana what about the fees?", f"r{n}", to="p1") for n in range(6)),
        {
            "type": "Update",
            "actor": {
                "id": "@ana@t.example",
                "type": "Person",
                "mc:attributes": {
                    "biography": "<script>alert(1)</script> sails",
                    "website": ["https://ana.example/", "javascript:alert(1)"],
                    "x_followers": 1234,
                    "x_preferred_channel": "telephone",
                },
            },
            "object": {"id": "profile:ana", "type": "Person"},
        },
    )
    _take(shop, _order(1, 120.5, "EUR"), _order(2, 80.0, "EUR", state="cancelled"), _order(3, 40.0, "GBP"))
    address = {"address": "@ana@t.example"}
    SourceRecord.objects.filter(handle_id=Handle.objects.get(address="ana").pk).update(
        customer_id=SourceRecord.objects.get(handle_id=Handle.objects.get(**address).pk).customer_id
    )
    return lead


def _post(who: str, text: str, external_id: str, *, to: str = "") -> dict[str, Any]:
    said = {"id": external_id, "type": "Note", "content": text, "mediaType": "text/plain"}
    if to:
        said["inReplyTo"] = to
    return {"type": "Create", "actor": {"id": f"@{who}@t.example", "name": who.title()}, "object": said}


def _order(number: int, total: float, currency: str, **data: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=30 * number)).isoformat()
    said = {"id": f"o{number}", "type": "mc:Order", "content": f"{number}", "published": at}
    lines = [{"sku": "K1", "name": "Kettle <i>", "quantity": 2, "price": total / 2}]
    full = {"number": f"N-{number}", "total": total, "currency": currency, "lines": lines} | data
    return {"type": "Create", "actor": {"id": "ana", "name": "Ana"}, "object": said, "mc:data": full}


def _take(channel: Channel, *raws: dict[str, Any]) -> None:
    channels.receive(channel.pk, [json.dumps(raw).encode() for raw in raws], now=NOW)
    while arrive.apply_waiting(now=NOW):
        pass


def _ana() -> SourceRecord:
    return SourceRecord.objects.get(handle_id=Handle.objects.get(address="@ana@t.example").pk)


def _yes(*purposes: str) -> None:
    for purpose in purposes:
        consents.record_consent(Actor("t"), _ana().pk, purpose=purpose, state="granted", how="form", now=NOW)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def _get(user: User, tail: str) -> str:
    part = {"HX-Request": "true", "HX-Target": "customer-tab"}  # without what stands beside every tab
    answer = _client(user).get(f"/customers/{_ana().customer_id}/{tail}", headers=part)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_yes_nothing_is_computed_and_the_page_says_so(lead: User) -> None:
    score.compute(now=NOW)

    page, bought = _get(lead, "social/"), _get(lead, "purchases/")

    assert "has not said yes to profiling" in page
    assert "More often than others" not in page
    assert "listened to" not in page
    assert "Not computed: they have not said yes to profiling" in bought
    assert "Nobody is offered anything" in bought
    assert not Score.objects.exists()


def test_with_a_yes_their_place_is_told_in_words_with_its_age_and_rows(lead: User) -> None:
    _yes("profiling")
    score.compute(now=NOW)
    ana = Handle.objects.get(address="@ana@t.example").pk

    page = _get(lead, "social/")
    rows = _get(lead, f"social/posts/?to={ana}")

    assert "The most listened to of the 7 people talking about you" in page
    assert "PageRank over public replies" in page
    assert f"social/posts/?to={ana}" in page
    assert rows.count("what about the fees?") == 6


def test_the_profile_is_a_strangers_and_can_do_no_harm(lead: User) -> None:
    page = _get(lead, "social/")

    assert "sails" in page
    assert "<script>alert" not in page
    assert "https://ana.example/" in page
    assert 'href="javascript' not in page
    assert "1,234" in page
    assert "telephone" in page


def test_whom_they_talk_with_opens_the_posts_between_them(lead: User) -> None:
    other = Handle.objects.get(address="@p3@t.example").pk
    score.compute(now=NOW)

    page = _get(lead, "social/")
    rows = _get(lead, f"social/posts/?with={other}")

    assert "they turned to this customer 1 time" in page
    assert rows.count("what about the fees?") == 1


def test_words_of_their_own_open_the_posts(lead: User) -> None:
    _yes("profiling")
    score.compute(now=NOW)

    page = _get(lead, "social/")
    rows = _get(lead, "social/posts/?word=harbour")

    assert "?word=harbour" in page
    assert "my harbour" in rows
    assert "<b>x</b>" not in rows
    assert "None that you may see" in _get(lead, "social/posts/?word=%3Cscript%3E")


def test_orders_are_net_by_currency_and_every_number_opens_its_rows(lead: User) -> None:
    page = _get(lead, "purchases/")
    pounds = _get(lead, "purchases/?currency=GBP")

    assert "120.50 EUR" in page
    assert "40.00 GBP" in page
    assert "cancelled or given back (80.00 EUR)" in page
    assert "160.50" not in page
    assert "3 orders" in page
    assert "1 order" in pounds
    assert "N-3" in pounds
    assert "N-1" not in pounds
    assert "Kettle &lt;i&gt;" in page or "Kettle" in page
    assert "<i>" not in page


def test_too_few_orders_are_told(lead: User) -> None:
    _yes("profiling")
    score.compute(now=NOW)

    assert "Not enough orders yet: 1 of about 100 customers who have ordered in EUR" in _get(lead, "purchases/")


def test_a_rule_is_written_tried_ordered_and_seen_with_its_conditions(lead: User) -> None:
    client = _client(lead)
    _yes("profiling", "marketing")
    given = {
        "name": "Tea",
        "offer": "A tin of tea",
        "reason": "A kettle wants tea",
        "bought": "kettle\n",
        "days": "365",
    }

    tried = client.post("/settings/offers/new/", {**given, "is_active": "on", "try": "1"}).content.decode()
    refused = client.post("/settings/offers/new/", {**given, "least_spent": "5", "is_active": "on"})
    client.post("/settings/offers/new/", {**given, "is_active": "on"})
    client.post("/settings/offers/new/", {**given, "name": "Cups", "is_active": "on"})
    last = worth_queries.list_rules()[-1]
    client.post(f"/settings/offers/{last.id}/up/")

    assert "1 of 1 customers with orders would be offered this" in tried
    assert refused.status_code == 422
    assert "three letters" in refused.content.decode()
    assert [rule.name for rule in worth_queries.list_rules()] == ["Cups", "Tea"]
    page = _get(lead, "purchases/")
    assert "Next best offer" in page
    assert "A kettle wants tea" in page
    assert "Bought kettle in the last 365 days, in 2 orders" in page
    assert "Said yes to marketing" in page
    client.post(f"/settings/offers/{last.id}/remove/")
    assert [rule.name for rule in worth_queries.list_rules()] == ["Tea"]


def test_an_agent_reads_no_rules_and_sees_no_stranger(lead: User) -> None:
    agent = accounts.create_person(email="o@l.example", name="Otto", password=None, role="agent", now=NOW)
    worth.keep_rule(account_queries.viewer_for(lead), Rule(0, "Tea", "Tea", "Tea"), now=NOW)
    client = _client(agent)

    assert client.get("/settings/offers/").status_code == 403
    assert client.get(f"/customers/{_ana().customer_id}/social/").status_code == 404
    assert client.get(f"/customers/{_ana().customer_id}/purchases/").status_code == 404


def test_an_htmx_request_gets_the_tab_alone(lead: User) -> None:
    answer = _client(lead).get(
        f"/customers/{_ana().customer_id}/social/", headers={"HX-Request": "true", "HX-Target": "customer-tab"}
    )

    assert "<html" not in answer.content.decode()
    assert 'aria-current="page"' in answer.content.decode()


def test_machines_get_the_same_with_its_interval_and_source(lead: User) -> None:
    _yes("profiling")
    score.compute(now=NOW)
    worth.keep_rule(account_queries.viewer_for(lead), Rule(0, "Tea", "Tea", "Tea", bought=("kettle",)), now=NOW)
    token = accounts.issue_api_token(account_queries.viewer_for(lead), name="W", rights=["read:customers"], now=NOW)
    headers = {"Authorization": f"Bearer {token.token}"}
    address = f"/api/v1/customers/{_ana().customer_id}"

    found = Client().get(f"{address}/scores", headers=headers).json()
    orders = Client().get(f"{address}/orders?limit=2", headers=headers).json()
    rest = Client().get(f"{address}/orders?limit=2&cursor={orders['next_cursor']}", headers=headers).json()
    offers = Client().get(f"{address}/offers", headers=headers).json()

    assert found["may_profile"]
    assert [each["name"] for each in found["items"]] == ["influence"]
    assert found["items"][0]["low"] <= found["items"][0]["value"] <= found["items"][0]["high"]
    assert [order["number"] for order in orders["items"] + rest["items"]] == ["N-1", "N-2", "N-3"]
    assert orders["items"][1]["net"] == 0
    assert {c["kind"]: c["holds"] for c in offers["items"][0]["conditions"]}["bought"]
