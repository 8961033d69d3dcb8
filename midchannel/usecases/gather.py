"""Gather: whom to bring to a case. Suggested are those who say that they can help with what it is about, and those who helped when a case
like it was solved; anybody else may be chosen. Never a ranking: by name, each with the reason.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.inside.swarms import queries as swarms
from midchannel.middle.cases.models import Case, CaseState, PlanVersion
from midchannel.middle.cases.queries import reading
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

MOST = 8
SIMILAR_CASES = 200
LOOKING_BACK = timedelta(days=365)
WORD = re.compile(r"[^\W\d_][\w-]+")
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Suggested:
    """A colleague who may help. `reasons` in words; `skills` and `cases` what they rest on."""

    user_id: int
    name: str
    reasons: tuple[str, ...]
    skills: tuple[str, ...] = ()
    cases: int = 0


def suggest(viewer: Viewer, case_id: int, *, now: datetime) -> list[Suggested]:
    """Colleagues who are not there yet and may help, by name, at most 8. Raises CaseNotFoundError."""
    case = reading.find(viewer, case_id)
    present = {member.user_id for each in swarms.list_swarms(viewer, case_id)[:1] for member in each.present}
    there = {viewer.user_id, case.owner_id, *present}
    skills: dict[int, list[str]] = {}
    for knows in swarms.list_known(viewer, slugs=_slugs(viewer, case)):
        skills.setdefault(knows.user_id, []).append(knows.name)
    helped = _who_helped(viewer, case, now=now)
    wanted = (skills.keys() | helped.keys()) - there
    people = [each for each in accounts.list_people(viewer, ids=list(wanted)) if each.is_active] if wanted else []
    # Those for whom both speak are not left out where there are too many.
    people.sort(key=lambda each: (not (each.id in skills and each.id in helped), each.id not in skills))
    found = [
        Suggested(
            each.id, each.name, _reasons(skills.get(each.id, ()), helped.get(each.id, 0)), tuple(skills.get(each.id, ())),
            helped.get(each.id, 0),
        )
        for each in people[:MOST]
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.name.lower(), each.user_id))


def _reasons(skills: Iterable[str], cases: int) -> tuple[str, ...]:
    reasons = [_("can help with %(skill)s") % {"skill": skill} for skill in skills]
    if cases:
        reasons.append(ngettext("helped in %d case like this", "helped in %d cases like this", cases) % cases)
    return tuple(reasons)


def _slugs(viewer: Viewer, case: Case) -> list[str]:
    """Skills that the case speaks of: in its title, its plan, what is to be done in it now."""
    ready, state = reading.ready_of(case)
    alive = {each.item for each in state.instances.values()}
    titles = [case.title, ready.plan.name or ready.plan.id]
    titles += [ready.nodes[item].item.name or item for item in alive if item in ready.nodes]
    titles += [role.name or role.id for role in ready.plan.roles]
    words = {_stem(word) for title in titles for word in WORD.findall(title.lower()) if len(word) >= SHORTEST}
    known = {each.slug for each in swarms.list_known(viewer)}
    return [slug for slug in known if {_stem(part) for part in slug.split("-") if len(part) >= SHORTEST} & words]


def _stem(word: str) -> str:
    """Customs and custom, parcels and parcel are one."""
    word = slugify(word, allow_unicode=True)
    return word[:-1] if len(word) > SHORTEST and word.endswith("s") else word


def _who_helped(viewer: Viewer, case: Case, *, now: datetime) -> dict[int, int]:
    """Who did something or was in the swarm of a case by the same plan that was completed and the viewer sees; in how many."""
    name = PlanVersion.objects.filter(pk=case.plan_version_id).values_list("name", flat=True).first()
    versions = PlanVersion.objects.filter(name=name).values("pk")
    similar = (
        Case.objects.visible_to(viewer)
        .filter(plan_version_id__in=versions, state=CaseState.COMPLETED, ended_at__gt=now - LOOKING_BACK)
        .exclude(pk=case.pk)
        .order_by("-ended_at")
        .values_list("pk", flat=True)[:SIMILAR_CASES]
    )
    ids = array(similar)
    rows = fetch(
        "SELECT user_id, count(DISTINCT case_id) FROM ("
        "SELECT by_user_id AS user_id, case_id FROM case_event WHERE case_id = ANY(%s::bigint[]) AND by_user_id IS NOT NULL"
        " UNION SELECT m.user_id, s.case_id FROM swarm_member m JOIN swarm s ON s.id = m.swarm_id WHERE s.case_id = ANY(%s::bigint[])"
        ") AS helped GROUP BY user_id",
        [ids, ids],
    )
    return dict(rows)
