"""The rules by which conversations open cases."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.cases.models import OpeningRule
from midchannel.middle.cases.rules import Conditions
from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule: what it asks, and the plan that a case is opened by."""

    id: int
    name: str
    plan: str
    place: int
    is_on: bool
    conditions: Conditions
    changed_at: datetime
    changed_by: str


def list_rules(viewer: Viewer) -> list[RuleRow]:
    """All rules in the order they are asked; everybody may read what opens cases."""
    return list_all()


def list_all(*, only_on: bool = False) -> list[RuleRow]:
    """The same for the machine."""
    found = OpeningRule.objects.order_by("place", "id")
    return [_row(each) for each in (found.filter(is_on=True) if only_on else found)]


def _row(rule: OpeningRule) -> RuleRow:
    conditions = Conditions(
        rule.channel_id, rule.network, tuple(rule.words), rule.intent, rule.sentiment, rule.is_urgent, rule.is_public
    )  # fmt: skip
    return RuleRow(
        rule.pk, rule.name, rule.plan, rule.place, rule.is_on, conditions, rule.changed_at, rule.changed_by_name
    )  # fmt: skip
