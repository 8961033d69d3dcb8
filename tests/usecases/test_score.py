"""What is computed about people: from what arrives, only of those who said yes, and anew when it changes."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from midchannel.insight.social import queries as social
from midchannel.insight.social.models import AwaitedTalk, Community, Talk, TalkKind, WordTotal
from midchannel.insight.worth import actions as worth
from midchannel.insight.worth import queries as worth_queries
from midchannel.insight.worth import rules
from midchannel.insight.worth.errors import MayNotRuleError
from midchannel.insight.worth.models import WorthFit
from midchannel.insight.worth.rules import Rule
from midchannel.middle.consents import actions as consents
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers import queries as customer_queries
from midchannel.middle.customers.models import Score, SourceRecord
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Channel, Handle
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import arrive, score

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_events_are_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's one transaction never commits, so its events would wait for ever."""
    monkeypatch.setattr(
        "midchannel.platform.events.queries.list_after",
        lambda cursor, *, limit: list(StoredEvent.objects.filter(pk__gt=cursor).order_by("pk")[:limit]),
    )


class Place:
    """A company with a public channel and a shop, and somebody to look."""

    def __init__(self) -> None:
        self.person = accounts.create_person(email="lea@l.example", name="Lea", password=None, role="lead", now=NOW)
        team = accounts.create_team(name="Service", now=NOW)
        accounts.set_members(team, [self.person.pk], now=NOW)
        self.other = accounts.create_person(email="o@l.example", name="Otto", password=None, role="agent", now=NOW)
        self.public = Channel.objects.create(
            network="fediverse", name="Public", address="@shop@us.example", scope_id=team.scope_id, created_at=NOW
        )
        self.shop = Channel.objects.create(network="shop", name="Shop", scope_id=team.scope_id, created_at=NOW)
        self.said = 0

    @property
    def viewer(self) -> Viewer:
        return account_queries.viewer_for(self.person)

    def take(self, channel: Channel, *raws: dict[str, Any], now: datetime = NOW) -> None:
        for begin in range(0, len(raws), 500):
            channels.receive(channel.pk, [json.dumps(raw).encode() for raw in raws[begin : begin + 500]], now=now)
        while arrive.apply_waiting(now=now):
            pass

    def post(self, who: str, text: str, *, to: str = "", more: dict[str, Any] | None = None) -> dict[str, Any]:
        self.said += 1
        more = more or {}
        said = {
            "id": more.pop("id", f"post-{self.said}"),
            "type": "Note",
            "content": text,
            "published": NOW.isoformat(),
        }
        if to:
            said["inReplyTo"] = to
        said |= {"tag": more.pop("tag")} if "tag" in more else {}
        return {"type": "Create", "actor": {"id": f"@{who}@town.example", "name": who.title()}, "object": said, **more}

    def order(self, who: str, number: str, total: float, *, at: datetime, **data: Any) -> dict[str, Any]:
        said = {"id": f"order:{number}", "type": "mc:Order", "content": number, "published": at.isoformat()}
        if "updated" in data:
            said["updated"] = data.pop("updated")
        full = {"number": number, "total": total, "currency": "EUR", "state": "completed", **data}
        return {"type": "Create", "actor": {"id": who, "name": who.title()}, "object": said, "mc:data": full}

    def record_of(self, address: str) -> SourceRecord:
        return SourceRecord.objects.get(handle_id=Handle.objects.get(address=address).pk)

    def say_yes(self, address: str, *purposes: str, state: str = "granted", now: datetime = NOW) -> None:
        for purpose in purposes or ("profiling",):
            consents.record_consent(
                Actor("test"), self.record_of(address).pk, purpose=purpose, state=state, how="form", now=now
            )


@pytest.fixture
def place() -> Place:
    return Place()


def talk_of(place: Place) -> list[tuple[str, str, int]]:
    while score.work(now=NOW):
        pass
    names = dict(Handle.objects.values_list("pk", "address"))
    return sorted((names[t.from_id], names[t.to_id], t.kind) for t in Talk.objects.all())


def test_who_turned_to_whom_is_read_from_replies_names_tags_and_shares(place: Place) -> None:
    place.take(
        place.public,
        place.post("ana", "The fees are too high", more={"id": "p1"}),
        place.post("bo", "I agree", to="p1"),
        place.post("cy", "Ask @ana or @bo@town.example, not @shop"),
        place.post("di", "hello", more={"tag": [{"type": "Mention", "href": "@ana@town.example"}]}),
        {"type": "Announce", "id": "s1", "actor": {"id": "@ed@town.example"}, "object": "p1"},
        place.post("fi", "secret to @ana", more={"mc:audience": "private"}),
        place.post("ana", "me, @ana, again"),
    )

    assert talk_of(place) == [
        ("@bo@town.example", "@ana@town.example", TalkKind.REPLY),
        ("@cy@town.example", "@ana@town.example", TalkKind.MENTION),
        ("@cy@town.example", "@bo@town.example", TalkKind.MENTION),
        ("@di@town.example", "@ana@town.example", TalkKind.MENTION),
        ("@ed@town.example", "@ana@town.example", TalkKind.SHARE),
    ]


def test_a_reply_that_came_before_what_it_answers_finds_it_later(place: Place) -> None:
    place.take(place.public, place.post("bo", "I agree", to="late"))
    assert talk_of(place) == []
    assert AwaitedTalk.objects.count() == 1

    place.take(place.public, place.post("ana", "The fees", more={"id": "late"}))
    score.compute(now=NOW)

    assert talk_of(place) == [("@bo@town.example", "@ana@town.example", TalkKind.REPLY)]
    assert not AwaitedTalk.objects.exists()


def a_town(place: Place) -> None:
    """Two circles of people; everybody in the first listens to ana, who talks to the company, and she to bo."""
    place.take(
        place.public,
        place.post("ana", "@shop your fees are high", more={"id": "a"}),
        place.post("zed", "ships", more={"id": "z"}),
    )
    first = [place.post(f"near{n}", f"fees and more fees, @{'ana' if n % 4 else 'bo'}", to="a") for n in range(12)]
    near = [place.post(f"near{n}", f"@near{(n + 1) % 12} yes, the fees") for n in range(12)]
    second = [
        place.post(f"far{n}", f"sailing ships, @zed and @far{(n + 1) % 12}", more={"mc:addressed": False})
        for n in range(12)
    ]
    place.take(place.public, place.post("bo", "hm"), place.post("ana", "what says @bo"), *first, *near, *second)


def test_a_place_is_kept_only_of_those_who_said_yes_and_has_its_interval(place: Place) -> None:
    a_town(place)
    place.say_yes("@ana@town.example")
    while score.work(now=NOW):
        pass
    score.compute(now=NOW)

    kept = Score.objects.get(name="influence")
    assert kept.subject_id == Handle.objects.get(address="@ana@town.example").pk
    assert kept.value is not None
    assert kept.value > 0.9
    assert kept.low is not None
    assert kept.high is not None
    assert kept.low <= kept.value <= kept.high
    assert kept.detail["people"] == 27
    assert kept.detail["listeners"] == 12
    assert kept.source.startswith("PageRank")
    community = social.get_community(kept.detail["ranking"], kept.detail["community"])
    assert community is not None
    assert kept.subject_id in community.handle_ids
    assert community.voice > 0.9
    assert Community.objects.count() >= 2


def test_who_takes_their_yes_back_has_no_place_at_once(place: Place) -> None:
    a_town(place)
    place.say_yes("@ana@town.example")
    score.compute(now=NOW)
    assert Score.objects.exists()

    place.say_yes("@ana@town.example", state="withdrawn", now=NOW + timedelta(hours=1))
    customer = customer_queries.get_customer(place.viewer, place.record_of("@ana@town.example").customer_id)
    shown = score.known_of(place.viewer, customer)
    while score.work(now=NOW):
        pass

    assert not shown.may_profile
    assert shown.influence == {}
    assert not Score.objects.exists()


def test_whom_they_talk_with_is_shown_to_those_who_may_see_it_and_opens_the_posts(place: Place) -> None:
    a_town(place)
    score.compute(now=NOW)
    ana = Handle.objects.get(address="@ana@town.example").pk
    bo = Handle.objects.get(address="@bo@town.example").pk

    company = social.list_company(place.viewer, [ana], limit=50)
    stranger = social.list_company(account_queries.viewer_for(place.other), [ana])

    with_bo = next(each for each in company if each.handle_id == bo)
    assert (with_bo.to, with_bo.back) == (1, 0)
    assert len(social.list_between(place.viewer, [ana], bo)) == 1
    assert stranger == []
    assert sum(each.back for each in company) == 12


def test_words_are_typical_against_everybody_and_rare_ones_are_not_kept(place: Place) -> None:
    a_town(place)
    place.take(place.public, *(place.post("bo", f"I love the lighthouse and my harbour {n}") for n in range(4)))
    score.compute(now=NOW)
    bo = Handle.objects.get(address="@bo@town.example").pk

    found = social.get_typical_words(place.viewer, [bo])

    assert {each.word for each in found.words} == {"lighthouse", "harbour", "love"}
    assert found.counted_at == NOW
    assert len(social.list_with_word(place.viewer, [bo], "harbour")) == 4
    assert not WordTotal.objects.filter(word="lighthouse").exists()
    assert WordTotal.objects.filter(word="ships").exists()


def a_shop(place: Place, *, people: int = 130) -> None:
    """People who buy at rates of their own, the same in every run."""
    chance = Random(7)
    orders = []
    for n in range(people):
        rate, leaves, mean = (
            chance.gammavariate(0.9, 1 / 40),
            chance.betavariate(0.8, 4.0),
            chance.lognormvariate(3.2, 0.4),
        )
        at, k = 200 + chance.random() * 300, 0
        while at > 1:
            moment = NOW - timedelta(days=at)
            orders.append(place.order(f"c{n}", f"{n}-{k}", round(mean * chance.gammavariate(6, 1 / 6), 2), at=moment))
            if k and chance.random() < leaves:
                break
            at, k = at - chance.expovariate(max(rate, 1e-9)), k + 1
    place.take(place.shop, *orders)


def test_too_few_orders_are_said_to_be_too_few(place: Place) -> None:
    a_shop(place, people=37)
    score.compute(now=NOW)

    (fit,) = worth_queries.list_fits()

    assert (fit.customers, fit.reason, fit.parameters) == (37, "few_customers", None)
    assert not Score.objects.exists()


def test_a_value_has_its_interval_and_follows_new_orders_links_and_refunds(place: Place) -> None:
    a_shop(place)
    for who in ("c5", "c6"):
        place.say_yes(who)
    score.compute(now=NOW)
    assert WorthFit.objects.get().parameters is not None
    before = Score.objects.get(subject_id=place.record_of("c5").customer_id)
    assert before.name == "lifetime_value.EUR"
    assert before.value is not None
    assert before.low is not None
    assert before.high is not None
    assert 0 <= before.low < before.value < before.high

    place.take(place.shop, place.order("c5", "new", 900.0, at=NOW - timedelta(hours=2)))
    while score.work(now=NOW):
        pass
    richer = Score.objects.get(subject_id=before.subject_id)
    assert (richer.value or 0) > before.value

    refund = {"state": "refunded", "ordered": 900.0, "updated": NOW.isoformat()}
    place.take(place.shop, place.order("c5", "new", 0.0, at=NOW - timedelta(hours=2), **refund))
    while score.work(now=NOW):
        pass
    assert Score.objects.get(subject_id=before.subject_id).value == pytest.approx(before.value)

    one, other = place.record_of("c5").customer_id, place.record_of("c6").customer_id
    customers.link_customers(place.viewer, other, into_id=one, now=NOW)
    stale = score.known_of(place.viewer, customer_queries.get_customer(place.viewer, one)).values["EUR"]
    assert stale.is_stale
    while score.work(now=NOW):
        pass
    known = score.known_of(place.viewer, customer_queries.get_customer(place.viewer, one)).values["EUR"]
    assert not known.is_stale
    assert known.detail["orders"] > richer.detail["orders"]
    assert not Score.objects.filter(subject_id=other).exists()


def test_refunds_are_net_and_currencies_apart(place: Place) -> None:
    place.take(
        place.shop,
        place.order("ana", "1", 100.0, at=NOW - timedelta(days=9)),
        place.order("ana", "2", 50.0, at=NOW - timedelta(days=8), currency="USD"),
        place.order("ana", "3", 70.0, at=NOW - timedelta(days=7), state="cancelled"),
    )
    place.take(
        place.shop,
        place.order(
            "ana", "1", 60.0, at=NOW - timedelta(days=9), state="refunded", ordered=100.0, updated=NOW.isoformat()
        ),
    )

    orders = worth_queries.list_orders([Handle.objects.get(address="ana").pk])
    spending = {each.currency: each for each in rules.spending_of(orders)}

    assert (spending["EUR"].orders, spending["EUR"].net, spending["EUR"].given_back) == (1, 60.0, 110.0)
    assert (spending["USD"].orders, spending["USD"].net) == (1, 50.0)


def test_an_offer_says_which_of_its_conditions_hold_and_needs_a_yes(place: Place) -> None:
    lines = [{"sku": "K1", "name": "Camera", "quantity": 1, "price": 300}]
    place.take(place.shop, place.order("ana", "1", 300.0, at=NOW - timedelta(days=20), lines=lines))
    rule = Rule(0, "Lens", "A lens", "Whoever has a camera wants one", bought=("k1",), not_bought=("lens",), days=90)
    rule_id = worth.keep_rule(place.viewer, rule, now=NOW)
    customer = customer_queries.get_customer(place.viewer, place.record_of("ana").customer_id)
    orders = worth_queries.list_orders(customer.handle_ids)

    (silent,) = score.offers_for(place.viewer, customer, orders, now=NOW)
    place.say_yes("ana", "profiling", "marketing")
    (asked,) = score.offers_for(place.viewer, customer, orders, now=NOW)
    tried = score.try_rule(worth_queries.get_rule(rule_id), now=NOW)

    assert {each.kind: each.holds for each in silent.conditions} == {
        "may_profile": False,
        "may_offer": False,
        "bought": True,
        "not_bought": True,
        "calm": True,
    }
    assert not silent.fits
    assert asked.fits
    assert asked.is_best
    assert asked.conditions[2].order_ids == (orders[0].id,)
    assert (tried.asked, tried.fit, tried.best) == (1, 1, 1)


def test_only_leads_write_rules(place: Place) -> None:
    rule = Rule(0, "Lens", "A lens", "Because")

    with pytest.raises(MayNotRuleError):
        worth.keep_rule(account_queries.viewer_for(place.other), rule, now=NOW)


def test_what_is_taken_back_leaves_no_tie(place: Place) -> None:
    place.take(
        place.public, place.post("ana", "fees", more={"id": "a"}), place.post("bo", "yes", to="a", more={"id": "b"})
    )
    assert len(talk_of(place)) == 1

    place.take(place.public, {"type": "Delete", "actor": "@bo@town.example", "object": {"id": "b"}})
    score.compute(now=NOW)

    assert talk_of(place) == []
