"""What a plan may name that is read from the customer: who they are, what they bought, what they are worth, how they are heard."""

from datetime import timedelta

from django.utils.translation import gettext as _

from midchannel.insight.worth import queries as worth
from midchannel.insight.worth.rules import Order, spending_of
from midchannel.middle.consents.purposes import Purpose
from midchannel.middle.consents.queries import asking
from midchannel.middle.customers.queries import knowing, scores
from midchannel.middle.signals import queries as signals
from midchannel.web.cases import wording
from midchannel.web.cases.facts import PROVIDERS, Facts, noted
from midchannel.web.cases.records import Block, Line
from midchannel.web.components import words
from midchannel.web.customers import known
from midchannel.web.customers import worth as money

FEW, MOST = 4, 6
MOOD_DAYS = 90
WORSE, BETTER = -0.25, 0.25


def _nobody() -> str:
    return _("Nobody is known yet whom this is about.")


def _customer(facts: Facts, name: str) -> Block:
    title, found = _("Customer"), facts.customer
    if found is None:
        return Block(name=name, title=title, icon="user", empty=_nobody())
    sheet = known.sheet_of(knowing.of_customer(found.id, now=facts.now), now=facts.now)
    lines = [Line(label=each.label, value=each.best.value) for each in sheet.first[:MOST]]
    return Block(name=name, title=title, icon="user", lines=tuple(lines), href=facts.href("customer"), empty=found.name)


def _handles(facts: Facts, name: str) -> Block:
    records = facts.customer.records if facts.customer else ()
    lines = [Line(label=each.network or each.source, value=each.address or each.name) for each in records[:MOST]]
    return Block(
        name=name,
        title=_("Where they are"),
        icon="at-sign",
        lines=tuple(lines),
        href=facts.href("customer_why"),
        empty=_nobody(),
    )


def _orders_of(facts: Facts) -> list[Order]:
    return worth.list_orders(facts.customer.handle_ids, limit=50) if facts.customer else []


def _orders(facts: Facts, name: str) -> Block:
    lines = [
        Line(
            label=each.number or _("Order"),
            text=", ".join(line.name or line.sku for line in each.lines[:3]),
            value=f"{money.money(each.net, each.currency)} {each.state if each.state not in {'completed', 'updated'} else ''}".strip(),
            at=each.at,
        )
        for each in _orders_of(facts)[:FEW]
    ]
    return Block(
        name=name, title=_("Orders"), icon="shopping-cart", lines=(*lines, *noted(facts, "order")), href=facts.href("customer_orders"),
        empty=_("No order of theirs is known."),
    )  # fmt: skip


def _payments(facts: Facts, name: str) -> Block:
    orders = _orders_of(facts)
    lines = [
        Line(label=_("Spent, %s") % each.currency, value=money.money(each.net, each.currency))
        for each in spending_of(orders)
    ]
    lines += [
        Line(label=_("Given back"), value=money.money((each.ordered or 0) - (each.net or 0), each.currency), at=each.at)
        for each in orders
        if each.ordered is not None and each.net is not None and each.net < each.ordered
    ][:FEW]
    lines += [*noted(facts, name), *noted(facts, "amount")]
    return Block(
        name=name, title=_("Payments"), icon="database", lines=tuple(lines), href=facts.href("customer_orders"),
        empty=_("No payment of theirs is known."),
    )  # fmt: skip


def _account(facts: Facts, name: str) -> Block:
    """What business systems say of them: everything that is no name and no address."""
    found = facts.customer
    sheet = known.sheet_of(knowing.of_customer(found.id, now=facts.now), now=facts.now) if found else None
    told = [each for each in (*sheet.first, *sheet.rest) if each.best.icon == "database"] if sheet else []
    lines = [Line(label=each.label, value=each.best.value) for each in told[:MOST]]
    title = {"contract": _("Contract"), "cards": _("Cards"), "statement": _("Statement")}.get(name, _("Account"))
    return Block(
        name=name, title=title, icon="database", lines=(*lines, *noted(facts, name)), href=facts.href("customer_origins"),
        empty=_("No business system has said anything about it."),
    )  # fmt: skip


def _lifetime_value(facts: Facts, name: str) -> Block:
    found = facts.customer
    score = scores.get_scores("customer", [found.id], name="lifetime_value").get(found.id) if found else None
    lines: list[Line] = []
    if score is not None and score.value is not None:
        currency = str(score.detail.get("currency", ""))
        lines.append(Line(label=_("In the next 12 months"), value=money.money(score.value, currency)))
        if score.low is not None and score.high is not None:
            between = _("%(low)s to %(high)s") % {"low": words.number(score.low), "high": words.number(score.high)}
            lines.append(Line(label=_("in 8 of 10 cases"), value=between))
    return Block(
        name=name, title=_("Lifetime value"), icon="trending-up", lines=tuple(lines) or tuple(noted(facts, name)),
        href=facts.href("customer_orders"), empty=_("Not enough orders to tell."),
    )  # fmt: skip


def _consents(facts: Facts, name: str) -> Block:
    found = facts.customer
    lines = []
    for purpose in Purpose if found else ():
        is_allowed = asking.may(facts.viewer, found.id, purpose=purpose.value) if found else False
        lines.append(Line(label=wording.name_of(purpose.value), value=_("yes") if is_allowed else _("no")))
    return Block(
        name=name,
        title=_("What they allowed"),
        icon="shield-check",
        lines=tuple(lines),
        href=facts.href("customer_rights"),
        empty=_nobody(),
    )


def _mood(facts: Facts, name: str) -> Block:
    found = facts.customer
    moods = signals.mood(facts.viewer, found.id, facts.now - timedelta(days=MOOD_DAYS)) if found else []
    lines = [
        Line(
            label=_("unhappy") if each.value < WORSE else _("happy") if each.value > BETTER else _("neutral"),
            value="",
            at=each.at,
        )
        for each in moods[-FEW:][::-1]
    ]
    return Block(
        name=name,
        title=_("Mood"),
        icon="smile",
        lines=(*lines, *noted(facts, name)),
        empty=_("Nothing they wrote tells."),
    )


def _reach(facts: Facts, name: str) -> Block:
    lines = [*noted(facts, "followers"), *noted(facts, "reach"), *noted(facts, "public")]
    return Block(name=name, title=_("Who hears them"), icon="megaphone", lines=tuple(lines), href=facts.href("customer_social"),
                 empty=_("Not known."))  # fmt: skip


PROVIDERS.update(
    {
        "customer": _customer,
        "handles": _handles,
        "orders": _orders,
        "payments": _payments,
        "revenue": _payments,
        "account": _account,
        "contract": _account,
        "cards": _account,
        "statement": _account,
        "lifetime_value": _lifetime_value,
        "consents": _consents,
        "mood": _mood,
        "reach": _reach,
    }
)
