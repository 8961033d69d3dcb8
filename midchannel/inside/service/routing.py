"""Routing: which queue a new conversation waits in, by what its text says. Rules are asked from the top; reading, asking, keeping."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from midchannel.inside.service.errors import LeadsOnlyError, RuleNotFoundError
from midchannel.inside.service.models import Queue, RoutingRule
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import InvalidError

MAX_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule. What is empty asks nothing; of what is named, one is enough; `is_urgent` asks for an urgent text."""

    id: int = 0
    name: str
    queue_id: int
    queue_name: str = ""
    scope_id: int = 0
    channel_id: int | None = None
    languages: tuple[str, ...] = ()
    sentiments: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    topic_ids: tuple[int, ...] = ()
    is_urgent: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a text says, as far as rules ask."""

    channel_id: int
    language: str
    sentiment: str
    intents: Collection[str]
    topic_ids: Collection[int]
    is_urgent: bool


def fits(rule: Rule, said: Said) -> bool:
    """Whether all conditions of a rule hold. Pure. A rule without any condition fits nothing."""
    conditions = [
        (rule.channel_id is not None, rule.channel_id == said.channel_id),
        (bool(rule.languages), said.language in rule.languages),
        (bool(rule.sentiments), said.sentiment in rule.sentiments),
        (bool(rule.intents), not set(rule.intents).isdisjoint(said.intents)),
        (bool(rule.topic_ids), not set(rule.topic_ids).isdisjoint(said.topic_ids)),
        (rule.is_urgent, said.is_urgent),
    ]
    asked = [holds for is_asked, holds in conditions if is_asked]
    return bool(asked) and all(asked)


def first_fitting(rules: Sequence[Rule], said: Said) -> Rule | None:
    """The first rule in use that fits. Pure."""
    return next((rule for rule in rules if rule.is_active and fits(rule, said)), None)


def list_rules() -> list[Rule]:
    """All rules, in the order in which they are asked."""
    return [_rule(row) for row in RoutingRule.objects.select_related("queue__team").order_by("position", "id")]


def get_rule(rule_id: int) -> Rule:
    """A rule. Raises RuleNotFoundError."""
    row = RoutingRule.objects.select_related("queue__team").filter(pk=rule_id).first()
    if row is None:
        raise RuleNotFoundError
    return _rule(row)


@transaction.atomic
def keep_rule(viewer: Viewer, rule: Rule, *, now: datetime) -> int:
    """Make a rule (behind the others) or change one; returns its id. Raises LeadsOnlyError, RuleNotFoundError, InvalidError."""
    _check(viewer)
    name = rule.name.strip()
    if not name or len(name) > MAX_NAME:
        raise InvalidError(_("Give it a name."), "name")
    if not (rule.channel_id or rule.languages or rule.sentiments or rule.intents or rule.topic_ids or rule.is_urgent):
        raise InvalidError(_("A rule needs a condition, else everything would go there."), "intents")
    if not Queue.objects.filter(pk=rule.queue_id).exists():
        raise InvalidError(_("Choose a queue."), "queue_id")
    last = RoutingRule.objects.aggregate(last=Max("position"))["last"] or 0
    row = RoutingRule.objects.filter(pk=rule.id).first() if rule.id else RoutingRule(position=last + 1)
    if row is None:
        raise RuleNotFoundError
    row.name, row.queue_id, row.channel_id = name, rule.queue_id, rule.channel_id
    row.languages, row.sentiments, row.intents = list(rule.languages), list(rule.sentiments), list(rule.intents)
    row.topic_ids, row.is_urgent, row.is_active = list(rule.topic_ids), rule.is_urgent, rule.is_active
    row.changed_by_name, row.changed_at = viewer.name, now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise InvalidError(_("There is a rule of this name."), "name") from error
    audit.record(viewer.actor, "routing.keep", object_type="routing_rule", object_id=row.pk, now=now, name=name)
    return row.pk


@transaction.atomic
def remove_rule(viewer: Viewer, rule_id: int, *, now: datetime) -> None:
    """Remove a rule; what it has routed stays where it is. Raises LeadsOnlyError."""
    _check(viewer)
    if RoutingRule.objects.filter(pk=rule_id).delete()[0]:
        audit.record(viewer.actor, "routing.remove", object_type="routing_rule", object_id=rule_id, now=now)


@transaction.atomic
def move_rule(viewer: Viewer, rule_id: int, *, up: bool, now: datetime) -> None:
    """Ask a rule before the one above it, or behind the one below. Raises LeadsOnlyError."""
    _check(viewer)
    rows = list(RoutingRule.objects.select_for_update().order_by("position", "id"))
    at = next((i for i, row in enumerate(rows) if row.pk == rule_id), None)
    if at is None:
        return
    other = at - 1 if up else at + 1
    if 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
        for position, row in enumerate(rows):
            RoutingRule.objects.filter(pk=row.pk).update(position=position)
        audit.record(viewer.actor, "routing.move", object_type="routing_rule", object_id=rule_id, now=now, up=up)


def _check(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise LeadsOnlyError


def _rule(row: RoutingRule) -> Rule:
    return Rule(
        id=row.pk,
        name=row.name,
        queue_id=row.queue_id,
        queue_name=row.queue.name,
        scope_id=row.queue.team.scope_id,
        channel_id=row.channel_id,
        languages=tuple(row.languages),
        sentiments=tuple(row.sentiments),
        intents=tuple(row.intents),
        topic_ids=tuple(row.topic_ids),
        is_urgent=row.is_urgent,
        is_active=row.is_active,
    )
