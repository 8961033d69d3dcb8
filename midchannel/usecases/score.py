"""Score: what is computed about people, each night and whenever their orders, records or consents change.

Nobody is profiled who has not said yes: then nothing is kept of them here, and their page says so. What is computed is handed down to
`customers.actions.set_scores`, with its source and time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from midchannel.insight.social import actions as social
from midchannel.insight.social import queries as social_queries
from midchannel.insight.worth import actions as worth
from midchannel.insight.worth import queries as worth_queries
from midchannel.insight.worth.actions import Valued
from midchannel.insight.worth.queries import orders as order_queries
from midchannel.insight.worth.rules import Condition, Order, Rule, Situation, conditions_of, fits
from midchannel.middle.consents import queries as consents
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers import queries as customer_queries
from midchannel.middle.customers.queries import CustomerDetail, scores
from midchannel.middle.customers.queries.scores import Computed
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, execute, fetch

EVERY_SECONDS = 60.0
NIGHT_FROM, NIGHT_TO = 2, 5
A_DAY = timedelta(hours=20)
LATEST = timedelta(hours=36)
# An edited order has no event; each round looks this far back, so that it is valued anew a few times at most.
EDITS_SEEN = timedelta(minutes=5)
LOCK = 0x6D63_000B
INFLUENCE, LIFETIME_VALUE = "influence", "lifetime_value"
BY_PAGERANK = "PageRank over public replies, mentions and shares of 180 days"
BY_MODELS = "BG/NBD and Gamma-Gamma over orders"
PORTION = 5_000


def work(*, now: datetime) -> bool:
    """One round: follow what happened, and once a night compute everything anew. True when there may be more at once."""
    with _alone() as is_alone:
        if not is_alone:
            return False
        more = social.hear()
        touched, event_id, is_behind = worth.follow()
        touched.update(order_queries.list_edited(now - EDITS_SEEN))
        if now.minute % 10 == 0:  # whatever moved records without an event
            touched.update(scores.list_stale())
        if touched:
            value_again(touched, now=now)
        worth.note_followed(event_id)
        if more or is_behind:
            return True
        if _is_due(now):
            _compute(now=now)
        return False


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else computes. Held by the connection and not by a transaction: while one is open, no listener hears of events."""
    is_alone = bool(fetch("SELECT pg_try_advisory_lock(%s)", [LOCK])[0][0])
    try:
        yield is_alone
    finally:
        if is_alone:
            fetch("SELECT pg_advisory_unlock(%s)", [LOCK])


def _is_due(now: datetime) -> bool:
    rows = fetch("SELECT computed_at FROM worth_state WHERE id = 1")
    last: datetime | None = rows[0][0] if rows else None
    if last is None:
        return True
    return now - last > (A_DAY if NIGHT_FROM <= now.hour < NIGHT_TO else LATEST)


def compute(*, now: datetime) -> None:
    """Everything anew: words, places and communities, the fits, every value. One at a time, whoever calls."""
    with _alone() as is_alone:
        if is_alone:
            _compute(now=now)


def _compute(*, now: datetime) -> None:
    """Each step is a transaction of its own; what was begun before a crash is begun again."""
    while social.hear():
        pass
    social.hear_late(now=now)
    social.forget_gone()
    social.count_words(now=now)
    rank_everybody(now=now)
    worth.fit(now=now)
    _value_everybody(now=now)
    customers.forget_orphans()
    worth.note_computed(now=now)


def forget_gone(*, now: datetime) -> None:
    """People and words have gone (the demo, an import taken back): nothing that was computed of them stays. In the caller's transaction."""
    social.forget_gone()
    customers.forget_orphans()
    if social_queries.get_ranking() is not None:
        social.count_words(now=now)
        rank_everybody(now=now)
    if worth_queries.list_fits():
        worth.fit(now=now)


def forget_demo(*, now: datetime) -> None:
    """Remove the demo's offer rules, and what was computed of its people."""
    worth.forget_demo()
    forget_gone(now=now)


def rank_everybody(*, now: datetime) -> int:
    """Everybody's place; kept of those who said yes to profiling. Returns of how many."""
    ranking_id, ranked = social.rank(now=now)
    allowed = consents.allowed_handles((each.handle_id for each in ranked), purpose="profiling")
    return customers.set_scores(
        "handle",
        INFLUENCE,
        (
            Computed(
                each.handle_id,
                each.above,
                each.low if each.above is not None else None,
                each.high if each.above is not None else None,
                {
                    "ranking": ranking_id,
                    "people": len(ranked),
                    "place": each.place,
                    "listeners": each.listeners,
                    "talks": each.talks,
                    "community": each.community,
                },
            )
            for each in ranked
            if each.handle_id in allowed
        ),
        source=BY_PAGERANK,
        now=now,
    )


def _value_everybody(*, now: datetime) -> None:
    ids = [row[0] for row in fetch("SELECT DISTINCT customer_id FROM source_record WHERE handle_id IN"
                                   " (SELECT DISTINCT handle_id FROM activity WHERE kind = 20)")]  # fmt: skip
    known = {row[0] for row in fetch("SELECT subject_id FROM customer_score WHERE subject = 'customer'")}
    everybody = sorted({*ids, *known})
    for begin in range(0, len(everybody), PORTION):
        _value(everybody[begin : begin + PORTION], now=now)
    valued = [fit.currency for fit in worth_queries.list_fits() if fit.parameters]
    execute(
        "DELETE FROM customer_score WHERE subject = 'customer' AND name LIKE %s AND name <> ALL(%s)",
        [f"{LIFETIME_VALUE}.%", [f"{LIFETIME_VALUE}.{currency}" for currency in valued]],
    )


def value_again(customer_ids: Iterable[int], *, now: datetime) -> None:
    """The values of some customers anew, by the last fits: their orders, records or consents have changed. Influence of those who took
    their yes back goes at once; a new yes is ranked with everybody, the next night.
    """
    wanted = sorted(set(customer_ids))
    _value(wanted, now=now)
    handles = [
        row[0]
        for row in fetch(
            "SELECT handle_id FROM source_record WHERE customer_id = ANY(%s::bigint[]) AND handle_id IS NOT NULL",
            [array(wanted)],
        )
    ]
    refused = sorted(set(handles) - consents.allowed_handles(handles, purpose="profiling"))
    customers.forget_scores("handle", refused)


def _value(customer_ids: Sequence[int], *, now: datetime) -> None:
    allowed = _may_profile(customer_ids)
    for currency, valued in worth.value(sorted(allowed), now=now).items():
        customers.set_scores(
            "customer",
            f"{LIFETIME_VALUE}.{currency}",
            (_computed(each) for each in valued),
            source=BY_MODELS,
            now=now,
            among=customer_ids,
        )


def _computed(each: Valued) -> Computed:
    return Computed(
        each.customer_id,
        each.value,
        each.low,
        each.high,
        {
            "currency": each.currency,
            "days": worth.HORIZON.days,
            "inside": 0.8,
            "alive": each.alive,
            "expected_orders": each.expected_orders,
            "expected_spend": each.expected_spend,
            "orders": each.orders,
        },
    )


def _may_profile(customer_ids: Sequence[int], purpose: str = "profiling") -> set[int]:
    first = dict(
        fetch(
            "SELECT min(id), customer_id FROM source_record WHERE customer_id = ANY(%s::bigint[]) GROUP BY customer_id",
            [array(customer_ids)],
        )
    )
    return {first[record_id] for record_id in consents.allowed_records(first, purpose=purpose)}


@dataclass(frozen=True, slots=True)
class Offered:
    """A rule asked of a customer: its conditions, and whether all of them hold. `is_best`: the first that does."""

    rule: Rule
    conditions: tuple[Condition, ...]
    fits: bool
    is_best: bool


def offers_for(viewer: Viewer, customer: CustomerDetail, orders: Sequence[Order], *, now: datetime) -> list[Offered]:
    """Every active rule asked of a customer whom the viewer may see, in order; live, nothing is kept."""
    situation = Situation(
        orders,
        order_queries.count_open(customer.handle_ids),
        consents.may(viewer, customer.id, purpose="profiling"),
        consents.may(viewer, customer.id, purpose="marketing"),
        now,
    )
    found: list[Offered] = []
    for rule in worth_queries.list_rules(only_active=True):
        conditions = tuple(conditions_of(rule, situation))
        holds = all(each.holds for each in conditions)
        found.append(Offered(rule, conditions, holds, holds and not any(each.fits for each in found)))
    return found


@dataclass(frozen=True, slots=True)
class DryRun:
    """A rule asked of everybody who ordered: `asked` people, `fit` of them, and by condition how many do not meet it."""

    asked: int
    fit: int
    missing: dict[str, int]
    best: int


def try_rule(rule: Rule, *, now: datetime) -> DryRun:
    """How many customers a rule would offer to now; `best` counts those for whom no rule before it holds. Nothing is offered."""
    earlier = [each for each in worth_queries.list_rules(only_active=True) if each.id != rule.id]
    if rule.id:
        earlier = [each for each in earlier if (each.position, each.id) < (rule.position, rule.id)]
    missing: Counter[str] = Counter()
    asked = fit = best = 0
    everybody = order_queries.read_by_customer()
    while portion := list(islice(everybody, PORTION)):
        asked += len(portion)
        for situation in _situations(portion, now=now):
            lacking = [each.kind for each in conditions_of(rule, situation) if not each.holds]
            missing.update(lacking)
            if not lacking:
                fit += 1
                best += not any(fits(other, situation) for other in earlier)
    return DryRun(asked, fit, dict(missing), best)


def _situations(portion: Sequence[tuple[int, list[Order]]], *, now: datetime) -> Iterator[Situation]:
    ids = [customer_id for customer_id, _ in portion]
    profiled, offered = _may_profile(ids), _may_profile(ids, "marketing")
    open_ = order_queries.count_open_of(ids)
    for customer_id, orders in portion:
        yield Situation(orders, open_.get(customer_id, 0), customer_id in profiled, customer_id in offered, now)


@dataclass(frozen=True, slots=True)
class Known:
    """The scores of a customer: places of their handles, and values by currency. Empty where they may not be profiled."""

    may_profile: bool
    influence: dict[int, scores.Score]
    values: dict[str, scores.Score]
    ranking: social_queries.RankingCard | None


def known_of(viewer: Viewer, customer: CustomerDetail) -> Known:
    """What is computed about a customer whom the viewer may see. Asks for consent again: what was taken back just now is not shown."""
    ranking = social_queries.get_ranking()
    if not consents.may(viewer, customer.id, purpose="profiling"):
        return Known(False, {}, {}, ranking)
    values = {}
    for fit in worth_queries.list_fits():
        found = scores.get_scores("customer", [customer.id], name=f"{LIFETIME_VALUE}.{fit.currency}")
        if customer.id in found:
            values[fit.currency] = found[customer.id]
    return Known(True, scores.get_scores("handle", customer.handle_ids, name=INFLUENCE), values, ranking)


def names_of(handle_ids: Iterable[int]) -> dict[int, str]:
    """What the customers behind some handles are called."""
    return {handle_id: known.name for handle_id, known in customer_queries.get_names(handle_ids).items()}
