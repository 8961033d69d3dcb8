"""People are gathered around a case, may see exactly this case while it lasts, and go with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from midchannel.inside.swarms.errors import CaseOverError, NoSwarmError, SwarmThereError
from midchannel.inside.swarms.events import SwarmEnded, SwarmJoined, SwarmLeft, SwarmStarted, SwarmTold
from midchannel.inside.swarms.models import Swarm, SwarmMember
from midchannel.inside.teamwork import actions as teamwork
from midchannel.inside.teamwork.models import NoticeKind
from midchannel.middle.cases.models import SWARM, Case
from midchannel.middle.cases.queries import reading
from midchannel.platform import ids
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

MOST = 50
MAX_REASON = 500
CASES = Actor("cases")


@transaction.atomic
def start(
    viewer: Viewer,
    case_id: int,
    user_ids: Sequence[int],
    *,
    reason: str = "",
    because: Mapping[int, str] | None = None,
    now: datetime,
) -> int:
    """Gather people from any department around a case the viewer sees. `because` says why somebody was suggested. Returns the swarm.

    Raises CaseNotFoundError, CaseOverError, SwarmThereError, InvalidError when nobody was chosen.
    """
    case = _open_case(viewer, case_id)
    people = _people(viewer, user_ids)
    reason = " ".join(reason.replace("\0", "").split())[:MAX_REASON]
    try:
        with transaction.atomic():
            swarm = Swarm.objects.create(
                id=ids.take(1, now=now)[0], case_id=case.pk, reason=reason, started_at=now, started_by_id=viewer.user_id,
                started_by_name=viewer.name,
            )  # fmt: skip
    except IntegrityError as error:
        raise SwarmThereError from error
    audit.record(viewer.actor, "swarm.start", object_type="case", object_id=case.pk, now=now, people=sorted(people))
    for user_id in people:
        _join(viewer, case, swarm, user_id, because=(because or {}).get(user_id, ""), now=now)
    scopes = {scope for user_id in people for scope in _scopes_of(user_id)}
    _tell(SwarmStarted, case, swarm, now=now, people=len(people), teams=len(scopes))
    return swarm.pk


@transaction.atomic
def gather(
    viewer: Viewer,
    case_id: int,
    user_ids: Sequence[int],
    *,
    because: Mapping[int, str] | None = None,
    now: datetime,
) -> list[int]:
    """Bring more people to the swarm of a case. Returns those who were not in it. Raises CaseNotFoundError, NoSwarmError, InvalidError."""
    case = _open_case(viewer, case_id)
    swarm = _open_swarm(case)
    there = set(SwarmMember.objects.filter(swarm=swarm, left_at=None).values_list("user_id", flat=True))
    new = [user_id for user_id in _people(viewer, user_ids) if user_id not in there]
    if len(there) + len(new) > MOST:
        raise InvalidError(_("At most %(count)d people are in a swarm.") % {"count": MOST}, "people")
    for user_id in new:
        _join(viewer, case, swarm, user_id, because=(because or {}).get(user_id, ""), now=now)
    if new:
        audit.record(viewer.actor, "swarm.gather", object_type="case", object_id=case.pk, now=now, people=sorted(new))
    return new


@transaction.atomic
def leave(viewer: Viewer, case_id: int, user_id: int, *, now: datetime) -> None:
    """Somebody goes, by their own wish or because they are not needed any more; their access by the swarm goes with them.

    Raises CaseNotFoundError, NoSwarmError when they are not in it.
    """
    case = reading.find(viewer, case_id)
    swarm = _open_swarm(case)
    if not SwarmMember.objects.filter(swarm=swarm, user_id=user_id, left_at=None).update(left_at=now):
        raise NoSwarmError
    accounts.withdraw_grant(user_id, object_type="case", object_id=case.pk, kind=SWARM, now=now, by=viewer.actor)
    audit.record(viewer.actor, "swarm.leave", object_type="case", object_id=case.pk, now=now, person=user_id)
    _tell(SwarmLeft, case, swarm, now=now, more=(user_id,), user_id=str(user_id))


@transaction.atomic
def end(viewer: Viewer, case_id: int, *, now: datetime) -> None:
    """It is done, though the case goes on. What was said stays. Raises CaseNotFoundError, NoSwarmError."""
    case = reading.find(viewer, case_id)
    _end(case, _open_swarm(case), by=viewer.actor, why="person", now=now)


def end_with_cases(*, now: datetime, most: int = 100) -> int:
    """Write down the end of swarms whose case is over, each in its own transaction. Nobody sees the case by them since it ended.

    For the clock; returns how many ended.
    """
    over = Case.objects.filter(ended_at__isnull=False)
    open_ones = Swarm.objects.filter(ended_at=None, case_id__in=over.values("pk")).values_list("pk", flat=True)
    return sum(_end_with_case(each, now=now) for each in list(open_ones[:most]))


@transaction.atomic
def _end_with_case(swarm_id: int, *, now: datetime) -> bool:
    swarm = Swarm.objects.filter(pk=swarm_id, ended_at=None).select_for_update(skip_locked=True).first()
    case = Case.objects.filter(pk=swarm.case_id).first() if swarm else None
    if swarm is None or case is None or case.ended_at is None:
        return False
    _end(case, swarm, by=CASES, why="case", now=case.ended_at)
    return True


def _end(case: Case, swarm: Swarm, *, by: Actor, why: str, now: datetime) -> None:
    members = SwarmMember.objects.filter(swarm=swarm)
    staying = sorted(members.filter(left_at=None).values_list("user_id", flat=True))
    people = members.values("user_id").distinct().count()
    _tell(
        SwarmEnded, case, swarm, now=now, why=why, seconds=int((now - swarm.started_at).total_seconds()), people=people
    )
    members.filter(left_at=None).update(left_at=now)
    swarm.ended_at, swarm.ended_by_name = now, by.name if by.user_id else ""
    swarm.save(update_fields=["ended_at", "ended_by_name"])
    for user_id in staying:
        accounts.withdraw_grant(user_id, object_type="case", object_id=case.pk, kind=SWARM, now=now, by=by)
    audit.record(by, "swarm.end", object_type="case", object_id=case.pk, now=now, why=why)


def _open_case(viewer: Viewer, case_id: int) -> Case:
    case = reading.find(viewer, case_id)
    if case.ended_at is not None:
        raise CaseOverError
    return case


def _open_swarm(case: Case) -> Swarm:
    swarm = Swarm.objects.filter(case_id=case.pk, ended_at=None).select_for_update().first()
    if swarm is None:
        raise NoSwarmError
    return swarm


def _people(viewer: Viewer, user_ids: Sequence[int]) -> list[int]:
    wanted = list(dict.fromkeys(user_ids))
    known = {person.id for person in account_queries.list_people(viewer, ids=wanted) if person.is_active}
    found = [user_id for user_id in wanted if user_id in known]
    if not found:
        raise InvalidError(_("Choose at least one colleague."), "people")
    if len(found) > MOST:
        raise InvalidError(_("At most %(count)d people are in a swarm.") % {"count": MOST}, "people")
    return found


def _join(viewer: Viewer, case: Case, swarm: Swarm, user_id: int, *, because: str, now: datetime) -> None:
    SwarmMember.objects.create(swarm=swarm, user_id=user_id, joined_at=now, by_id=viewer.user_id, because=because[:200])
    accounts.grant(user_id, object_type="case", object_id=case.pk, now=now, by=viewer.actor, kind=SWARM)
    if user_id != viewer.user_id:
        text = swarm.reason or case.title
        kind = NoticeKind.GATHERED
        teamwork.notify(viewer, [user_id], kind=kind, object_type="case", object_id=case.pk, text=text, now=now)
    _tell(SwarmJoined, case, swarm, now=now, user_id=str(user_id))


def _scopes_of(user_id: int) -> tuple[int, ...]:
    found = account_queries.get_viewer(user_id)
    return found.scope_ids if found else ()


def _tell(
    event: type[SwarmTold], case: Case, swarm: Swarm, *, now: datetime, more: tuple[int, ...] = (), **body: Any
) -> None:
    told = reading.who_may_know(case)
    told["user_ids"] = (*told["user_ids"], *more)
    events.emit(event(object_id=swarm.pk, about_id=str(case.pk), **told, **body), now=now)
