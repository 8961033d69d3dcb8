"""Both models are fitted to the orders of each currency, and customers valued by the last fit."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from midchannel.insight.worth.models import WorthFit
from midchannel.insight.worth.queries import orders as order_queries
from midchannel.insight.worth.rules import Order

HORIZON = timedelta(days=365)
NEEDED = 100
NEEDED_REPEATERS = 30
WEEK = timedelta(days=7)
INSIDE = 0.8
DRAWS = 400
SEED = 1988


@dataclass(frozen=True, slots=True)
class _History:
    """What the models need of one customer in one currency: all orders of a day are one. Times in weeks, money in the currency."""

    customer_id: int
    repeats: int
    last: float
    age: float
    mean: float
    orders: int
    net: float


@dataclass(frozen=True, slots=True)
class Valued:
    """One customer's value in one currency within `HORIZON`, and what it rests on."""

    customer_id: int
    currency: str
    value: float
    low: float
    high: float
    alive: float
    expected_orders: float
    expected_spend: float
    orders: int


def fit(*, now: datetime) -> list[str]:
    """Fit the models anew to everybody's orders, and keep the fits; returns the currencies for which it worked.

    A fit is a few numbers about everybody together; whose value is told is another question, which the use case asks.
    """
    histories = _histories(order_queries.read_by_customer(), now=now)
    fits = {
        currency: _fit(theirs) for currency, theirs in histories.items()
    }  # before anything is written: it takes a while
    with transaction.atomic():
        WorthFit.objects.exclude(currency__in=list(fits)).delete()
        for currency, values in fits.items():
            WorthFit.objects.update_or_create(currency=currency, defaults={"at": now, **values})
    return [currency for currency, values in fits.items() if values["parameters"]]


def _histories(everybody: Iterable[tuple[int, Sequence[Order]]], *, now: datetime) -> dict[str, list[_History]]:
    found: dict[str, list[_History]] = defaultdict(list)
    for customer_id, theirs in everybody:
        by_currency: dict[str, list[Order]] = defaultdict(list)
        for order in theirs:
            if order.currency and order.net is not None and order.net > 0 and order.at <= now:
                by_currency[order.currency].append(order)
        for currency, kept in by_currency.items():
            found[currency].append(_history(customer_id, kept, now=now))
    return found


def _history(customer_id: int, kept: Sequence[Order], *, now: datetime) -> _History:
    days: dict[date, float] = defaultdict(float)
    for order in kept:
        days[order.at.date()] += order.net or 0.0
    ordered = sorted(days)
    repeats = ordered[1:]
    return _History(
        customer_id=customer_id,
        repeats=len(repeats),
        last=(ordered[-1] - ordered[0]) / WEEK,
        age=(now.date() - ordered[0]) / WEEK,
        mean=sum(days[day] for day in repeats) / len(repeats) if repeats else 0.0,
        orders=len(kept),
        net=sum(days.values()),
    )


def _fit(theirs: Sequence[_History]) -> dict[str, Any]:
    """The fields of a `WorthFit`."""
    repeaters = sum(each.repeats > 0 for each in theirs)
    parameters: dict[str, Any] | None = None
    correlation: float | None = None
    reason = "few_customers" if len(theirs) < NEEDED else "few_repeaters" if repeaters < NEEDED_REPEATERS else ""
    if not reason:
        parameters, correlation = _parameters(theirs)
        reason = "" if parameters else "not_fitted"
    return {
        "customers": len(theirs),
        "repeaters": repeaters,
        "orders": sum(each.orders for each in theirs),
        "parameters": parameters,
        "correlation": correlation,
        "reason": reason,
    }


def _parameters(theirs: Sequence[_History]) -> tuple[dict[str, Any] | None, float | None]:
    import numpy as np

    from midchannel.engines import lifetime

    repeats, last, age, mean = _arrays(theirs)
    try:
        purchasing = lifetime.fit_purchasing(repeats, last, age)
        spending = lifetime.fit_spending(repeats, mean)
    except lifetime.NotFittedError:
        return None, None
    if spending.q <= 1:
        return None, None
    again = repeats > 0
    varies = np.std(repeats[again]) > 0 and np.std(mean[again]) > 0
    correlation = float(np.corrcoef(repeats[again], mean[again])[0, 1]) if varies else None
    return {
        "purchasing": {
            "r": purchasing.r,
            "alpha": purchasing.alpha,
            "a": purchasing.a,
            "b": purchasing.b,
            "covariance": purchasing.covariance,
            "log_likelihood": purchasing.log_likelihood,
        },
        "spending": {
            "p": spending.p,
            "q": spending.q,
            "v": spending.v,
            "covariance": spending.covariance,
            "log_likelihood": spending.log_likelihood,
        },
    }, correlation


def _arrays(theirs: Sequence[_History]) -> Any:
    import numpy as np

    return (
        np.array([each.repeats for each in theirs], dtype=float),
        np.array([each.last for each in theirs]),
        np.array([each.age for each in theirs]),
        np.array([each.mean for each in theirs]),
    )


def value(customer_ids: Iterable[int], *, now: datetime) -> dict[str, list[Valued]]:
    """Value some customers by the fits that are kept, by currency. A currency without a fit has nobody; nothing is written."""
    fits = {each.currency: each for each in WorthFit.objects.exclude(parameters=None)}
    wanted = list(customer_ids)
    if not wanted or not fits:
        return {currency: [] for currency in fits}
    histories = _histories(order_queries.read_by_customer(wanted), now=now)
    return {currency: _value(fit_, histories.get(currency, [])) for currency, fit_ in fits.items()}


def _value(fit_: WorthFit, theirs: Sequence[_History]) -> list[Valued]:
    if not theirs:
        return []
    from midchannel.engines import lifetime

    known = fit_.parameters or {}
    purchasing = lifetime.Purchasing(**_tupled(known["purchasing"]), customers=fit_.customers)
    spending = lifetime.Spending(**_tupled(known["spending"]), customers=fit_.repeaters)
    repeats, last, age, mean = _arrays(theirs)
    values = lifetime.value_of(
        purchasing,
        spending,
        repeats=repeats,
        last=last,
        age=age,
        mean=mean,
        horizon=HORIZON / WEEK,
        draws=DRAWS,
        inside=INSIDE,
        seed=SEED,
    )
    return [
        Valued(
            customer_id=each.customer_id,
            currency=fit_.currency,
            value=float(values.value[i]),
            low=float(values.low[i]),
            high=float(values.high[i]),
            alive=float(values.alive[i]),
            expected_orders=float(values.orders[i]),
            expected_spend=float(values.spend[i]),
            orders=each.orders,
        )
        for i, each in enumerate(theirs)
    ]


def _tupled(given: dict[str, Any]) -> dict[str, Any]:
    return given | {"covariance": tuple(map(tuple, given["covariance"]))}
