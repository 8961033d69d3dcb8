"""The offer rules. Everybody may read them: they are what is offered to customers and why."""

from midchannel.insight.worth.errors import RuleNotFoundError
from midchannel.insight.worth.models import OfferRule
from midchannel.insight.worth.rules import Rule


def list_rules(*, only_active: bool = False) -> list[Rule]:
    """In the order in which they are asked."""
    rules = OfferRule.objects.order_by("position", "pk")
    return [_rule(each) for each in (rules.filter(is_active=True) if only_active else rules)]


def get_rule(rule_id: int) -> Rule:
    """One of them. Raises RuleNotFoundError."""
    found = OfferRule.objects.filter(pk=rule_id).first()
    if found is None:
        raise RuleNotFoundError
    return _rule(found)


def _rule(found: OfferRule) -> Rule:
    return Rule(
        id=found.pk,
        name=found.name,
        offer=found.offer,
        reason=found.reason,
        bought=tuple(found.bought),
        not_bought=tuple(found.not_bought),
        days=found.days,
        least_spent=found.least_spent,
        currency=found.currency,
        least_days_since=found.least_days_since,
        most_days_since=found.most_days_since,
        calm_only=found.calm_only,
        is_active=found.is_active,
        position=found.position,
    )
