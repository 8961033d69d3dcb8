"""People write offer rules, change their order, and remove them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.insight.worth.errors import MayNotRuleError, RuleNotFoundError
from midchannel.insight.worth.events import OfferRuleChanged
from midchannel.insight.worth.models import OfferRule
from midchannel.insight.worth.rules import Rule
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

LONGEST, MOST_WORDS, MOST_DAYS = 500, 30, 36_500


@transaction.atomic
def keep_rule(viewer: Viewer, rule: Rule, *, now: datetime, is_demo: bool = False) -> int:
    """Write a rule (id 0: a new one, asked last) or change one; returns its id. Raises MayNotRuleError, RuleNotFoundError, InvalidError."""
    _check(viewer, rule)
    values = {
        "name": rule.name.strip(),
        "offer": rule.offer.strip(),
        "reason": rule.reason.strip(),
        "bought": _words(rule.bought),
        "not_bought": _words(rule.not_bought),
        "days": rule.days,
        "least_spent": rule.least_spent,
        "currency": rule.currency.strip().upper(),
        "least_days_since": rule.least_days_since,
        "most_days_since": rule.most_days_since,
        "calm_only": rule.calm_only,
        "is_active": rule.is_active,
        "changed_at": now,
        "changed_by": viewer.name,
    }
    if rule.id:
        if not OfferRule.objects.filter(pk=rule.id).update(**values):
            raise RuleNotFoundError
        rule_id = rule.id
    else:
        last = OfferRule.objects.order_by("-position").values_list("position", flat=True).first() or 0
        rule_id = OfferRule.objects.create(position=last + 1, created_at=now, is_demo=is_demo, **values).pk
    _tell(viewer, rule_id, rule.name.strip(), "change" if rule.id else "write", now=now)
    return rule_id


@transaction.atomic
def remove_rule(viewer: Viewer, rule_id: int, *, now: datetime) -> None:
    """Remove a rule. Raises MayNotRuleError, RuleNotFoundError."""
    found = _held(viewer, rule_id)
    found.delete()
    _tell(viewer, rule_id, found.name, "remove", now=now)


@transaction.atomic
def move_rule(viewer: Viewer, rule_id: int, *, up: bool, now: datetime) -> None:
    """Ask a rule before (or after) its neighbour. The first and the last stay. Raises MayNotRuleError, RuleNotFoundError."""
    found = _held(viewer, rule_id)
    ordered = list(OfferRule.objects.select_for_update().order_by("position", "pk"))
    here = next(i for i, each in enumerate(ordered) if each.pk == rule_id)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(ordered):
        return
    ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, each in enumerate(ordered, start=1):
        each.position = position
    OfferRule.objects.bulk_update(ordered, ["position"])
    _tell(viewer, rule_id, found.name, "move", now=now)


def forget_demo() -> None:
    """Remove the demo's rules, and nothing else. In the caller's transaction."""
    OfferRule.objects.filter(is_demo=True).delete()


def _held(viewer: Viewer, rule_id: int) -> OfferRule:
    if not viewer.is_lead:
        raise MayNotRuleError
    found = OfferRule.objects.select_for_update().filter(pk=rule_id).first()
    if found is None:
        raise RuleNotFoundError
    return found


def _check(viewer: Viewer, rule: Rule) -> None:
    if not viewer.is_lead:
        raise MayNotRuleError
    for field in ("name", "offer", "reason"):
        if not 1 <= len(getattr(rule, field).strip()) <= LONGEST:
            raise InvalidError(_("Fill this in, with at most 500 characters."), field)
    if rule.least_spent is not None and len(rule.currency.strip()) != 3:
        raise InvalidError(_("Say in which currency: three letters, such as EUR."), "currency")
    days = (rule.days, rule.least_days_since or 0, rule.most_days_since or 0)
    if any(not 0 <= each <= MOST_DAYS for each in days):
        raise InvalidError(_("Give a number of days that is not negative."), "days")


def _words(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(word.strip()[:200] for word in words if word.strip()))[:MOST_WORDS]


def _tell(viewer: Viewer, rule_id: int, name: str, change: str, *, now: datetime) -> None:
    audit.record(viewer.actor, f"offer_rule.{change}", object_type="offer_rule", object_id=rule_id, now=now, name=name)
    events.emit(OfferRuleChanged(object_id=rule_id, name=name, change=change), now=now)
