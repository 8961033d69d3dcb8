"""What an order is worth, and whether an offer fits somebody. Pure: values in, a decision with its reasons out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# What systems call an order that did not happen after all.
UNDONE = frozenset(
    {"cancelled", "canceled", "void", "voided", "refunded", "returned", "draft", "quotation", "storniert", "annulled"}
)
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One article of an order."""

    sku: str
    name: str
    quantity: float
    price: float | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands now. `net` is what it is worth after what was given back, None where its system gave no amount.

    `ordered` is what it was worth first. `state` is the word of its system.
    """

    id: int
    at: datetime
    number: str
    state: str
    currency: str
    ordered: float | None
    net: float | None
    lines: tuple[Line, ...]
    channel_id: int = 0
    handle_id: int = 0

    @property
    def is_undone(self) -> bool:
        """Cancelled, or wholly given back."""
        return self.state in UNDONE and not self.net

    @property
    def given_back(self) -> float:
        """How much of it went back."""
        return max(0.0, (self.ordered or 0.0) - (self.net or 0.0))


def order_of(
    activity_id: int, at: datetime, data: Mapping[str, Any] | None, channel_id: int = 0, handle_id: int = 0
) -> Order:
    """Read an order's data: number, state, total, ordered, currency, lines. What is no number is left out.

    `total` is what the order is worth after refunds; a state of `UNDONE` without any `ordered` makes it 0.
    """
    data = data or {}
    state = str(data.get("state") or data.get("status") or "").strip().lower()
    total = number_of(data.get("total"))
    lines = tuple(_line(each) for each in _items(data.get("lines")))
    if total is None and lines and all(line.price is not None for line in lines):
        total = sum((line.price or 0.0) * line.quantity for line in lines)
    ordered = number_of(data.get("ordered"))
    net = total
    if state in UNDONE and ordered is None:
        ordered, net = total, (0.0 if total is not None else None)
    return Order(
        id=activity_id,
        at=at,
        number=str(data.get("number") or ""),
        state=state,
        currency=str(data.get("currency") or "").strip().upper()[:3],
        ordered=ordered if ordered is not None else total,
        net=net,
        lines=lines,
        channel_id=channel_id,
        handle_id=handle_id,
    )


def _items(lines: object) -> list[Mapping[str, Any]]:
    return [each for each in lines[:MOST_LINES] if isinstance(each, dict)] if isinstance(lines, list) else []


def _line(each: Mapping[str, Any]) -> Line:
    quantity = number_of(each.get("quantity"))
    return Line(
        sku=str(each.get("sku") or "").strip(),
        name=str(each.get("name") or "").strip(),
        quantity=quantity if quantity is not None else 1.0,
        price=number_of(each.get("price")),
    )


def number_of(value: object) -> float | None:
    """A finite number, also one written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if abs(found) < 1e15 else None


@dataclass(frozen=True, slots=True)
class Spending:
    """Orders of one currency, taken together. `orders` are those that were not undone."""

    currency: str
    orders: int
    net: float
    given_back: float
    last_at: datetime
    first_at: datetime

    @property
    def mean(self) -> float:
        """An order's worth in the mean."""
        return self.net / self.orders if self.orders else 0.0


def spending_of(orders: Iterable[Order]) -> list[Spending]:
    """By currency, the one with most orders first; currencies are never added up. Orders without an amount or currency are not counted."""
    found: dict[str, list[Order]] = {}
    for order in orders:
        if order.net is not None and order.currency:
            found.setdefault(order.currency, []).append(order)
    summed = []
    for currency, theirs in found.items():
        kept = [order for order in theirs if not order.is_undone]
        moments = [order.at for order in (kept or theirs)]
        summed.append(
            Spending(
                currency,
                len(kept),
                sum(order.net or 0.0 for order in kept),
                sum(order.given_back for order in theirs),
                max(moments),
                min(moments),
            )
        )
    return sorted(summed, key=lambda each: (-each.orders, each.currency))


def most_bought(orders: Iterable[Order], *, limit: int = 8) -> list[tuple[str, str, float, int]]:
    """Articles by how many were bought: (key, name, quantity, orders). Undone orders do not count."""
    quantities: defaultdict[str, float] = defaultdict(float)
    times: Counter[str] = Counter()
    names: dict[str, str] = {}
    for order in orders:
        if order.is_undone:
            continue
        for line in order.lines:
            key = line.sku or line.name
            if key and line.quantity > 0:
                quantities[key] += line.quantity
                times[key] += 1
                names.setdefault(key, line.name or line.sku)
    ranked = sorted(quantities, key=lambda key: (-quantities[key], key))[:limit]
    return [(key, names[key], quantities[key], times[key]) for key in ranked]


@dataclass(frozen=True, slots=True)
class Rule:
    """An offer rule as people wrote it; see `models.OfferRule`."""

    id: int
    name: str
    offer: str
    reason: str
    bought: tuple[str, ...] = ()
    not_bought: tuple[str, ...] = ()
    days: int = 0
    least_spent: float | None = None
    currency: str = ""
    least_days_since: int | None = None
    most_days_since: int | None = None
    calm_only: bool = True
    is_active: bool = True
    position: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of somebody when a rule is asked."""

    orders: Sequence[Order]
    open_conversations: int
    may_profile: bool
    may_offer: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule: which (`kind`), what it asks for, whether it holds, and what was found (plain values for words).

    `order_ids` are the orders that decided it.
    """

    kind: str
    holds: bool
    asked: Mapping[str, Any] = field(default_factory=dict)
    found: Mapping[str, Any] = field(default_factory=dict)
    order_ids: tuple[int, ...] = ()


def conditions_of(rule: Rule, situation: Situation) -> list[Condition]:
    """Every condition of a rule, whether it holds or not. Consent is always one: nobody is offered anything who has not said yes."""
    since = situation.now - timedelta(days=rule.days) if rule.days else None
    kept = [order for order in situation.orders if not order.is_undone]
    near = [order for order in kept if since is None or order.at >= since]
    found = [
        Condition("may_profile", situation.may_profile),
        Condition("may_offer", situation.may_offer),
    ]
    if rule.bought:
        with_it = [order for order in near if _has(order, rule.bought)]
        asked = {"what": list(rule.bought), "days": rule.days}
        found.append(
            Condition("bought", bool(with_it), asked, {"times": len(with_it)}, tuple(o.id for o in with_it[:20]))
        )
    if rule.not_bought:
        with_it = [order for order in near if _has(order, rule.not_bought)]
        asked = {"what": list(rule.not_bought), "days": rule.days}
        found.append(
            Condition("not_bought", not with_it, asked, {"times": len(with_it)}, tuple(o.id for o in with_it[:20]))
        )
    if rule.least_spent is not None and rule.currency:
        spent = sum(order.net or 0.0 for order in near if order.currency == rule.currency)
        asked = {"amount": rule.least_spent, "currency": rule.currency, "days": rule.days}
        found.append(Condition("spent", spent >= rule.least_spent, asked, {"amount": spent}))
    days = (situation.now - max(order.at for order in kept)).days if kept else None
    if rule.least_days_since is not None:
        holds = days is not None and days >= rule.least_days_since
        found.append(Condition("quiet_for", holds, {"days": rule.least_days_since}, {"days": days}))
    if rule.most_days_since is not None:
        holds = days is not None and days <= rule.most_days_since
        found.append(Condition("bought_within", holds, {"days": rule.most_days_since}, {"days": days}))
    if rule.calm_only:
        calm = situation.open_conversations == 0
        found.append(Condition("calm", calm, {}, {"open": situation.open_conversations}))
    return found


def fits(rule: Rule, situation: Situation) -> bool:
    """Whether all conditions of an active rule hold."""
    return rule.is_active and all(condition.holds for condition in conditions_of(rule, situation))


def _has(order: Order, wanted: Sequence[str]) -> bool:
    """Whether an order has an article of this number, or with these words in its name."""
    return any(
        want.casefold() == line.sku.casefold() or want.casefold() in line.name.casefold()
        for want in wanted
        if want
        for line in order.lines
        if line.quantity > 0
    )
