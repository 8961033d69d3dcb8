"""Cases that plan items of other cases open: begun for each living item once, and the item ends with its case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from midchannel.engines.casework.commands import Move
from midchannel.engines.casework.states import Transition
from midchannel.middle.cases import plans
from midchannel.middle.cases.actions import doing, keeping, opening
from midchannel.middle.cases.actions.opening import Beginning
from midchannel.middle.cases.errors import NotNowError, PlanNotFoundError
from midchannel.middle.cases.models import Case, CaseConversation, CaseState, PlanItem
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch

PLANS = Actor("plan")
DEEPEST = 8
MOST_VALUES = 50
UNOPENED = """
SELECT p.case_id, p.instance FROM plan_item p JOIN casework_case k ON k.id = p.case_id AND k.ended_at IS NULL
WHERE p.kind = 'caseTask' AND p.state = 'active'
 AND NOT EXISTS (SELECT 1 FROM casework_case c WHERE c.parent_id = p.case_id AND c.parent_instance = p.instance)
ORDER BY p.since LIMIT %s
"""
FINISHED = """
SELECT c.id, c.parent_id, c.parent_instance FROM plan_item p
 JOIN casework_case c ON c.parent_id = p.case_id AND c.parent_instance = p.instance AND c.ended_at IS NOT NULL
WHERE p.kind = 'caseTask' AND p.state = 'active'
 AND NOT EXISTS (SELECT 1 FROM case_signal s WHERE s.case_id = c.parent_id AND s.key = 'child:' || c.id)
ORDER BY c.ended_at LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Nested:
    """What was done: cases begun, and items of parents that ended with theirs."""

    begun: int
    ended: int


def tend_children(*, now: datetime, most: int = 50) -> Nested:
    """Begin the cases that plan items wait for, and end the items whose cases have ended; each in a transaction of its own."""
    begun = sum(_begin(case_id, instance, now=now) for case_id, instance in fetch(UNOPENED, [most]))
    ended = sum(_end(*row, now=now) for row in fetch(FINISHED, [most]))
    return Nested(begun, ended)


@transaction.atomic
def _begin(parent_id: int, instance: int, *, now: datetime) -> bool:
    parent = Case.objects.filter(pk=parent_id, ended_at=None).select_for_update(skip_locked=True, no_key=True).first()
    item = PlanItem.objects.filter(case_id=parent_id, instance=instance, state="active").first()
    is_there = Case.objects.filter(parent_id=parent_id, parent_instance=instance).exists()
    if parent is None or item is None or is_there:
        return False
    plan = plans.ready(parent.plan_version_id).node(item.item).item.work.reference or ""
    if _depth(parent) >= DEEPEST:
        return _fail(parent, item, "too deep", now=now)
    conversations = (
        CaseConversation.objects.filter(case_id=parent_id).order_by("id").values_list("conversation_id", flat=True)
    )
    beginning = Beginning(
        plan=plan, scope_id=parent.scope_id, queue_id=parent.queue_id, handle_id=parent.handle_id,
        conversation_ids=tuple(conversations), parent_id=parent_id, parent_instance=instance, known=keeping.state_of(parent).values,
    )  # fmt: skip
    try:
        with transaction.atomic():
            opening.begin_case(beginning, by=PLANS, now=now)
    except PlanNotFoundError:
        return _fail(parent, item, f"no plan {plan}", now=now)
    except NotNowError:
        return _fail(parent, item, f"the plan {plan} never comes to rest", now=now)
    return True


def _depth(case: Case) -> int:
    depth, above = 0, case.parent_id
    while above is not None and depth < DEEPEST:
        depth, above = depth + 1, Case.objects.filter(pk=above).values_list("parent_id", flat=True).first()
    return depth


def _fail(parent: Case, item: PlanItem, reason: str, *, now: datetime) -> bool:
    """The item has failed, which the case page shows with its reason; a person starts it again or ends it."""
    command = Move(instance=item.instance, transition=Transition.FAULT, reason=reason, because="work")
    key = f"child-failed:{item.instance}:{parent.revision}"
    return doing.apply_signal(parent.pk, command, key=key, by=PLANS, now=now)


@transaction.atomic
def _end(child_id: int, parent_id: int, instance: int, *, now: datetime) -> bool:
    child = Case.objects.get(pk=child_id)
    item = PlanItem.objects.filter(case_id=parent_id, instance=instance).values_list("item", flat=True).first() or ""
    transition = Transition.TERMINATE if child.state == CaseState.TERMINATED else Transition.COMPLETE
    parent = Case.objects.get(pk=parent_id)
    values = {item.rpartition("/")[2]: {**_learned(child, parent), "state": child.state}}
    command = Move(instance=instance, transition=transition, values=values, because="work")
    return doing.apply_signal(parent_id, command, key=f"child:{child_id}", by=PLANS, now=now)


def _learned(child: Case, parent: Case) -> Mapping[str, object]:
    """The values of a case that its parent does not know like that."""
    known = keeping.state_of(parent).values
    found = {name: value for name, value in keeping.state_of(child).values.items() if known.get(name) != value}
    return dict(list(found.items())[:MOST_VALUES])
