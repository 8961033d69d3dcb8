"""The rules by which conversations open cases, and the conversations about which none was asked yet."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from midchannel.middle.cases import rules
from midchannel.middle.cases.errors import PlanNotFoundError, RuleNotFoundError
from midchannel.middle.cases.models import OpeningRule, PlanVersion
from midchannel.middle.cases.rules import Conditions
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError

MAX_NAME = 100


@transaction.atomic
def save_rule(
    viewer: Viewer, *, name: str, plan: str, conditions: Conditions, rule_id: int | None = None, is_on: bool = True, now: datetime
) -> int:  # fmt: skip
    """Write a rule, or change one; a new one is asked last. Returns its id.

    Raises NotAllowedError for who does not lead, PlanNotFoundError, RuleNotFoundError, ConflictError where the name is taken, InvalidError.
    """
    _check_lead(viewer)
    name = " ".join(name.replace("\0", "").split())
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidError(_("Give the rule a name of 1 to %(most)d characters.") % {"most": MAX_NAME}, "name")
    if conditions.is_empty:
        raise InvalidError(_("Ask for something: otherwise every conversation would open a case."), "words")
    if not PlanVersion.objects.filter(name=plan, is_current=True).exists():
        raise PlanNotFoundError
    rule = _find(rule_id) if rule_id is not None else OpeningRule(place=_last_place() + 1)
    rule.name, rule.plan, rule.is_on = name, plan, is_on
    rule.channel_id, rule.network = conditions.channel_id, conditions.network
    rule.words = list(rules.check_words(conditions.words))
    rule.intent, rule.sentiment, rule.is_urgent = conditions.intent, conditions.sentiment, conditions.is_urgent
    rule.is_public, rule.changed_at, rule.changed_by_name = conditions.is_public, now, viewer.name
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise ConflictError(_("A rule of this name exists already. Choose another name.")) from error
    audit.record(viewer.actor, "case_rule.save", object_type="case_rule", object_id=rule.pk, now=now, is_on=is_on)
    return rule.pk


@transaction.atomic
def remove_rule(viewer: Viewer, rule_id: int, *, now: datetime) -> None:
    """Remove a rule. Cases it has opened stay. Raises NotAllowedError, RuleNotFoundError."""
    _check_lead(viewer)
    _find(rule_id).delete()
    audit.record(viewer.actor, "case_rule.remove", object_type="case_rule", object_id=rule_id, now=now)


@transaction.atomic
def order_rules(viewer: Viewer, rule_ids: Sequence[int], *, now: datetime) -> None:
    """Ask these rules in this order, the others after them. Raises NotAllowedError."""
    _check_lead(viewer)
    known = list(OpeningRule.objects.select_for_update().order_by("place", "id"))
    wanted = {rule_id: place for place, rule_id in enumerate(rule_ids)}
    for place, rule in enumerate(sorted(known, key=lambda each: wanted.get(each.pk, len(wanted)))):
        OpeningRule.objects.filter(pk=rule.pk).update(place=place)
    audit.record(viewer.actor, "case_rule.order", object_type="case_rule", object_id=0, now=now)


def note_begun(conversation_ids: Sequence[int], *, now: datetime) -> None:
    """Keep that conversations have begun, where any rule asks; one statement on the arrival path."""
    if conversation_ids:
        execute(
            "INSERT INTO case_asked (conversation_id, at) SELECT id, %s FROM unnest(%s::bigint[]) AS id"
            " WHERE EXISTS (SELECT 1 FROM case_rule WHERE is_on) ON CONFLICT DO NOTHING",
            [now, array(conversation_ids)],
        )


def take_begun(*, most: int = 50) -> list[int]:
    """Conversations about which no rule was asked yet, taken off the list. In the caller's transaction."""
    rows = fetch(
        "DELETE FROM case_asked WHERE conversation_id IN (SELECT conversation_id FROM case_asked ORDER BY conversation_id LIMIT %s"
        " FOR UPDATE SKIP LOCKED) RETURNING conversation_id",
        [most],
    )
    return sorted(row[0] for row in rows)


def _check_lead(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise NotAllowedError(_("Only a lead can change the rules that open cases."))


def _find(rule_id: int) -> OpeningRule:
    rule = OpeningRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise RuleNotFoundError
    return rule


def _last_place() -> int:
    found: int | None = OpeningRule.objects.aggregate(last=Max("place"))["last"]
    return found if found is not None else -1
