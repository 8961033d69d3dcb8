"""What they bought, what they will be worth, and what to offer them next: each number with its rows, its source and its age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from midchannel.insight.worth import actions as worth_actions
from midchannel.insight.worth import queries as worth
from midchannel.insight.worth import rules
from midchannel.insight.worth.actions.fitting import NEEDED_REPEATERS
from midchannel.insight.worth.queries import FitCard
from midchannel.insight.worth.rules import Condition, Order, Spending
from midchannel.middle.customers.queries import CustomerDetail
from midchannel.middle.customers.queries.scores import Score
from midchannel.outside.channels import queries as channels
from midchannel.platform import clock
from midchannel.usecases import score
from midchannel.web.components import records, words
from midchannel.web.customers import page, tabs
from midchannel.web.frame.access import SignedInRequest, signed_in

PAGE = 50
MONTHS = 18


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the table."""

    number: str
    at: datetime
    what: str
    amount: str
    note: str
    source: str
    is_undone: bool


@dataclass(frozen=True, slots=True)
class ValueCard:
    """A lifetime value in words, or why there is none."""

    currency: str
    words: str
    interval: str
    rests_on: str
    note: str
    source: str
    computed_at: datetime | None
    is_stale: bool = False
    marks: tuple[records.Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferCard:
    """A rule with its conditions in words: (holds, words, address of the orders that decided it)."""

    id: int
    name: str
    offer: str
    reason: str
    fits: bool
    is_best: bool
    conditions: tuple[tuple[bool, str, str], ...]


@require_safe
@signed_in()
def purchases(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The tab."""
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect("customer_orders", found)
    now, viewer = clock.now(), request.viewer
    orders = worth.list_orders(found.handle_ids)
    chosen, filter_words = _chosen(orders, request.GET)
    known = score.known_of(viewer, found)
    spending = rules.spending_of(orders)
    offered = sorted(score.offers_for(viewer, found, orders, now=now), key=lambda each: not each.is_best)
    limit = len(chosen) if request.GET.get("all") else PAGE
    context: dict[str, Any] = {
        "customer": found,
        "orders": _rows(chosen[:limit]),
        "count": len(chosen),
        "more": f"?{urlencode({**request.GET.dict(), 'all': '1'})}#orders" if len(chosen) > limit else "",
        "filter": filter_words,
        "has_orders": bool(orders),
        "groups": [_group(each, orders, found, now=now) for each in spending],
        "bought": _bought(orders, found),
        "may_profile": known.may_profile,
        "values": _values(known, spending),
        "offers": [_offer(each, found) for each in offered if known.may_profile],
        "rules_exist": bool(offered),
        "may_change": viewer.is_lead,
        "rights": rights_of(found),
    }
    return page.show(request, customer_id, "customer_orders", "customers/_orders.html", context)


def rights_of(found: CustomerDetail) -> str:
    """Where consents are seen and given."""
    return reverse("customer_rights", args=[found.id]) if tabs.exists("customer_rights") else ""


def _chosen(orders: Sequence[Order], asked: Any) -> tuple[list[Order], str]:
    """The orders a number is made of: by currency, article, month, or ids."""
    currency, article, month = asked.get("currency", "")[:3], asked.get("article", "")[:200], asked.get("month", "")[:7]
    ids = {int(each) for each in asked.get("orders", "").split(",") if each.isdecimal() and len(each) <= 19}
    kept = [
        order
        for order in orders
        if (not currency or order.currency == currency)
        and (not month or timezone.localtime(order.at).strftime("%Y-%m") == month)
        and (not ids or order.id in ids)
        and (not article or any(article in (line.sku, line.name) for line in order.lines))
    ]
    return kept, ", ".join(filter(None, (currency, article, month, _("chosen orders") if ids else "")))


def _rows(orders: Sequence[Order]) -> list[OrderRow]:
    names = {channel_id: channels.get_source(channel_id).name for channel_id in {order.channel_id for order in orders}}
    return [
        OrderRow(
            number=order.number,
            at=order.at,
            what=", ".join(_line(line) for line in order.lines[:4]) + (" …" if len(order.lines) > 4 else ""),
            amount=money(order.net, order.currency),
            note=_state(order),
            source=names[order.channel_id],
            is_undone=order.is_undone,
        )
        for order in orders
    ]


def _line(line: rules.Line) -> str:
    name = line.name or line.sku
    return name if line.quantity == 1 else f"{words.number(line.quantity)} x {name}"


def _state(order: Order) -> str:
    if order.is_undone:
        return _("cancelled or given back (%s)") % money(order.ordered, order.currency)
    if order.given_back > 0:
        return _("%s of it given back") % money(order.given_back, order.currency)
    return order.state if order.state not in {"", "completed", "updated"} else ""


def money(amount: float | None, currency: str) -> str:
    """An amount in the reader's form, with its currency."""
    return f"{words.number(amount, places=2)} {currency}".strip() if amount is not None else words.NOTHING


def _group(each: Spending, orders: Sequence[Order], found: CustomerDetail, *, now: datetime) -> dict[str, Any]:
    """The numbers of one currency: recency, frequency, money."""
    href = f"{reverse('customer_orders', args=[found.id])}?currency={each.currency}#orders"
    tiles = [
        records.Tile(
            label=_("Last order"),
            value=words.short_age(each.last_at, now=now),
            definition=words.exact(each.last_at),
            note=_("first %s") % words.clock_time(each.first_at, now=now),
            href=href,
        ),
        records.Tile(
            label=_("Orders"),
            value=words.number(each.orders),
            definition=_("Without those that were cancelled or wholly given back."),
            href=href,
        ),
        records.Tile(
            label=_("Spent"),
            value=money(each.net, each.currency),
            definition=_("After what was given back. Currencies are never added up."),
            note=_("%s given back") % money(each.given_back, each.currency) if each.given_back else "",
            href=href,
        ),
        records.Tile(label=_("An order in the mean"), value=money(each.mean, each.currency), href=href),
    ]
    return {"currency": each.currency, "tiles": tiles, "series": _months(each.currency, orders, href, now=now)}


def _months(currency: str, orders: Sequence[Order], href: str, *, now: datetime) -> list[records.Series]:
    today = timezone.localtime(now)
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in reversed(range(MONTHS))]
    sums = dict.fromkeys(months, 0.0)
    for order in orders:
        at = timezone.localtime(order.at)
        if order.currency == currency and (at.year, at.month - 1) in sums:
            sums[at.year, at.month - 1] += order.net or 0.0
    if not any(sums.values()):
        return []
    marks = tuple(
        records.Mark(
            label=formats.date_format(datetime(year, month + 1, 1, tzinfo=today.tzinfo), "M Y"),
            value=round(total, 2),
            href=href.replace("#orders", f"&month={year:04d}-{month + 1:02d}#orders") if total else "",
            shown=money(total, currency),
        )
        for (year, month), total in sums.items()
    )
    return [records.Series(label=currency, marks=marks)]


def _bought(orders: Sequence[Order], found: CustomerDetail) -> list[records.Mark]:
    address = reverse("customer_orders", args=[found.id])
    return [
        records.Mark(
            label=name,
            value=quantity,
            href=f"{address}?{urlencode({'article': key})}#orders",
            shown=ngettext("%(q)s, in %(n)d order", "%(q)s, in %(n)d orders", times)
            % {"q": words.number(quantity), "n": times},
        )
        for key, name, quantity, times in rules.most_bought(orders)
    ]


def _values(known: score.Known, spending: Sequence[Spending]) -> list[ValueCard]:
    """One card for each currency they buy in."""
    fits = {fit.currency: fit for fit in worth.list_fits()}
    cards = []
    for each in spending:
        if each.currency in known.values:
            cards.append(_value(known.values[each.currency], fits.get(each.currency)))
        else:
            cards.append(_no_value(each, fits.get(each.currency)))
    return cards


def _value(found: Score, fit: FitCard | None) -> ValueCard:
    detail, currency = found.detail, found.detail["currency"]
    note = ""
    if fit and fit.correlation is not None and abs(fit.correlation) > 0.3:
        note = _(
            "Who orders more often spends otherwise here (correlation %s), which the model does not know: take it with care."
        ) % words.number(round(fit.correlation, 2), places=2)
    return ValueCard(
        currency=currency,
        words=_("About %(value)s in the next 12 months") % {"value": money(found.value, currency)},
        interval=_interval(found, currency),
        rests_on=_("Still a customer with a chance of %(alive)s; %(orders)s more orders expected, at %(spend)s each.")
        % {
            "alive": _("%s %%") % words.number(round(100 * detail["alive"])),
            "orders": words.number(round(detail["expected_orders"], 1)),
            "spend": money(detail["expected_spend"], currency),
        },
        note=note,
        source=_("%(source)s: %(own)s of theirs, and those of %(all)s customers")
        % {
            "source": found.source,
            "own": words.number(detail["orders"]),
            "all": words.number(fit.customers if fit else 0),
        },
        computed_at=found.computed_at,
        is_stale=found.is_stale,
        marks=(
            records.Mark(
                label=_("Next 12 months"),
                value=found.value,
                low=found.low,
                high=found.high,
                shown=money(found.value, currency),
            ),
        ),
    )


def _interval(found: Score, currency: str) -> str:
    """Eight of ten futures lie in it: with few orders to come, most of them may be nothing at all."""
    if not found.high:
        return _("Most probably nothing: that is so in more than 8 of 10 cases, and the rest make the mean.")
    if not found.low:
        return _("In 8 of 10 cases between nothing and %s.") % money(found.high, currency)
    return _("In 8 of 10 cases between %(low)s and %(high)s.") % {
        "low": money(found.low, currency),
        "high": money(found.high, currency),
    }


def _no_value(each: Spending, fit: FitCard | None) -> ValueCard:
    said = _("It is computed within minutes.")
    if fit is not None and fit.reason == "few_customers":
        said = _("Not enough orders yet: %(n)s of about %(needed)s customers who have ordered in %(currency)s.") % {
            "n": words.number(fit.customers),
            "needed": words.number(worth_actions.NEEDED),
            "currency": each.currency,
        }
    elif fit is not None and fit.reason == "few_repeaters":
        said = _("Not enough orders yet: %(n)s of about %(needed)s customers who have ordered a second time.") % {
            "n": words.number(fit.repeaters),
            "needed": words.number(NEEDED_REPEATERS),
        }
    elif fit is not None and fit.reason:
        said = _(
            "The orders in %(currency)s do not follow the model well enough; no number is better than a wrong one."
        ) % {"currency": each.currency}
    return ValueCard(each.currency, "", "", said, "", "", fit.at if fit else None)


def _offer(each: score.Offered, found: CustomerDetail) -> OfferCard:
    return OfferCard(
        each.rule.id,
        each.rule.name,
        each.rule.offer,
        each.rule.reason,
        each.fits,
        each.is_best,
        tuple((c.holds, condition_words(c), _behind(c, found)) for c in each.conditions),
    )


def _behind(condition: Condition, found: CustomerDetail) -> str:
    if not condition.order_ids:
        return ""
    return f"{reverse('customer_orders', args=[found.id])}?orders={','.join(map(str, condition.order_ids))}#orders"


def condition_words(condition: Condition) -> str:
    """What was found for a condition, as a sentence that is true, and what was asked for."""
    asked, found, holds = condition.asked, condition.found, condition.holds
    if condition.kind in {"may_profile", "may_offer"}:
        purpose = _("profiling") if condition.kind == "may_profile" else _("marketing")
        return (_("Said yes to %s") if holds else _("Did not say yes to %s")) % purpose
    if condition.kind in {"bought", "not_bought"}:
        return _bought_words(", ".join(asked["what"]), found["times"], _within(asked["days"]))
    if condition.kind == "spent":
        said = _("Spent %(found)s %(within)s; at least %(asked)s are asked for")
        amounts = {
            key: money(value["amount"], asked["currency"]) for key, value in (("asked", asked), ("found", found))
        }
        return said % {**amounts, "within": _within(asked["days"])}
    if condition.kind == "calm":
        open_ = ngettext("%d conversation of theirs is open", "%d conversations of theirs are open", found["open"])
        return _("Nothing of theirs is open") if holds else open_ % found["open"]
    return _last_words(condition)


def _last_words(condition: Condition) -> str:
    days = condition.found["days"]
    if days is None:
        return _("No order yet")
    last = ngettext("Last order %d day ago", "Last order %d days ago", days) % days
    wanted = _("at least %d are asked for") if condition.kind == "quiet_for" else _("at most %d are asked for")
    return f"{last}; {wanted % condition.asked['days']}"


def _bought_words(what: str, times: int, within: str) -> str:
    if not times:
        return _("Did not buy %(what)s %(within)s") % {"what": what, "within": within}
    said = ngettext("Bought %(what)s %(within)s, in %(n)d order", "Bought %(what)s %(within)s, in %(n)d orders", times)
    return said % {"what": what, "within": within, "n": times}


def _within(days: int) -> str:
    return ngettext("in the last %d day", "in the last %d days", days) % days if days else _("ever")
