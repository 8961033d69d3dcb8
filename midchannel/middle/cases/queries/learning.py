"""What cases teach: what people add by hand, and what was done next in similar cases, with how those went."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from midchannel.engines.casework import lists
from midchannel.middle.cases import shares, tracing
from midchannel.middle.cases.models import Case, CaseTrace, PlanVersion
from midchannel.middle.cases.queries import reading
from midchannel.middle.cases.shares import Difference, Share
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

ENOUGH_SINCE_VERSION = 10
"""With fewer cases than this since the current version of the plan, all its cases count."""
LEAST_SIMILAR = 20
LEAST_EACH = 5
"""Below these nothing is suggested: so few cases say nothing."""
MOST_READ = 2000

# The title most often written stands for all that are the same but for case, spaces and a full stop.
ADDED = r"""
SELECT said, mode() WITHIN GROUP (ORDER BY title), item, count(DISTINCT case_id) FROM (
 SELECT e.case_id, coalesce(e.body ->> 'title', '') AS title,
  CASE WHEN e.body ->> 'origin' = 'planned' THEN regexp_replace(e.body ->> 'item', '^.*/', '') ELSE '' END AS item,
  CASE WHEN e.body ->> 'origin' = 'planned' THEN regexp_replace(e.body ->> 'item', '^.*/', '')
   ELSE btrim(lower(regexp_replace(e.body ->> 'title', '\s+', ' ', 'g')), ' .,;:!') END AS said
 FROM case_event e WHERE e.case_id = ANY(%s::bigint[]) AND e.body ->> 'is' = 'created' AND e.body ->> 'origin' IN ('free', 'planned')) a
WHERE said <> '' GROUP BY said, item HAVING count(DISTINCT case_id) >= %s ORDER BY 4 DESC, 1 LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Addition:
    """Something added by hand: "17 of 40 cases added *call the courier*". `item` is its key where the plan offers it, else empty."""

    title: str
    item: str
    cases: int
    of: int


@dataclass(frozen=True, slots=True)
class NextBest:
    """What was done next in similar cases. `item` is its key in the plan, empty for a task people added themselves.

    `share`: of the similar cases, those that did it at this point. `went_well` and `without`: of those that did and did not, the ones that
    ended well. `difference` of the two: no proof that it helped, since nobody chose by chance.
    """

    action: str
    item: str
    title: str
    share: Share
    went_well: Share
    without: Share
    difference: Difference


@dataclass(frozen=True, slots=True)
class NextBests:
    """What similar cases suggest. `similar` says how many there were, `is_narrow` whether they are alike in their values, too."""

    similar: int
    is_narrow: bool
    found: tuple[NextBest, ...]


def list_additions(viewer: Viewer, plan: str, *, least: int = 2, most: int = 20) -> list[Addition]:
    """What cases of a plan that the viewer may see were given by hand, in at least `least` of them; the most frequent first.

    Cases since the current version of the plan, or all while those are few. Free tasks count together when their titles are the same but
    for case, spaces and a full stop; a case counts once.
    """
    versions = PlanVersion.objects.filter(name=plan).values("pk")
    seen = Case.objects.visible_to(viewer).filter(plan_version_id__in=versions)
    current = PlanVersion.objects.filter(name=plan, is_current=True).values_list("made_at", flat=True).first()
    newer = seen.filter(opened_at__gte=current) if current is not None else seen.none()
    ids = list(newer.order_by("-opened_at").values_list("pk", flat=True)[:MOST_READ])
    if len(ids) < ENOUGH_SINCE_VERSION:
        ids = list(seen.order_by("-opened_at").values_list("pk", flat=True)[:MOST_READ])
    rows = fetch(ADDED, [array(ids), least, most])
    return [Addition(" ".join(row[1].split()).strip(" .,;:!") or row[0], row[2], row[3], len(ids)) for row in rows]


def list_next_best(viewer: Viewer, case_id: int, *, most: int = 5) -> NextBests:
    """What people did next in cases like this one: same plan, same milestones reached, and alike in values where those suffice.

    Nothing where fewer than `LEAST_SIMILAR` have been there, or fewer than `LEAST_EACH` did or did not do a thing. Only what can be done
    now, or added. Raises CaseNotFoundError.
    """
    case = reading.find(viewer, case_id)
    ready, current = reading.ready_of(case)
    shown = lists.list_all(ready, current)
    point = tracing.point_of(each.key.rpartition("/")[2] for each in shown.milestones if each.reached_at)
    traces = CaseTrace.objects.filter(
        case_id__in=Case.objects.visible_to(viewer).values("pk"), plan=ready.plan.id, is_good__isnull=False,
    ).exclude(case_id=case.pk)  # fmt: skip
    rows = traces.order_by("-opened_at").values_list("choices", "path", "said", "is_good")[:MOST_READ]
    there = [
        (_at(choices, point), said, bool(is_good))
        for choices, path, said, is_good in rows
        if point in tracing.points_of(path)
    ]
    said = tracing.said_of(current.values)
    alike = [each for each in there if tracing.is_alike(said, each[1])]
    is_narrow = len(alike) >= LEAST_SIMILAR
    similar = alike if is_narrow else there
    if len(similar) < LEAST_SIMILAR:
        return NextBests(len(similar), is_narrow, ())
    found = [_weigh(action, title, item, similar) for action, (item, title) in _possible(shown, similar).items()]
    kept = [each for each in found if each is not None]
    kept.sort(key=lambda each: (-each.difference.low, -each.share.value, each.action))
    return NextBests(len(similar), is_narrow, tuple(kept[:most]))


def _at(choices: list[list[str]], point: str) -> frozenset[str]:
    return frozenset(action for there, action in choices if there == point)


def _possible(shown: lists.Lists, similar: list[tuple[frozenset[str], Any, bool]]) -> dict[str, tuple[str, str]]:
    """What may be done or added now, by the name it has in traces: with its key in the plan and its title."""
    possible: dict[str, tuple[str, str]] = {}
    for row in (*shown.do_now, *shown.may_start):
        key = row.item.rpartition("/")[2]
        if row.origin != "free" and not row.required:  # what has to be done is no choice
            possible[key] = (key, row.title)
    for option in shown.may_add:
        if option.possible:
            possible[option.item] = (option.item, option.title)
    there = {tracing.normal(row.title) for row in (*shown.do_now, *shown.may_start, *shown.waiting, *shown.done)}
    counted = Counter(action for did, _said, _good in similar for action in did if action.startswith("+"))
    for action, count in counted.items():
        if count >= LEAST_EACH and action[1:] and action[1:] not in there:
            possible[action] = ("", action[1:].capitalize())
    return possible


def _weigh(action: str, title: str, item: str, similar: list[tuple[frozenset[str], Any, bool]]) -> NextBest | None:
    did = [is_good for done, _said, is_good in similar if action in done]
    left = [is_good for done, _said, is_good in similar if action not in done]
    if len(did) < LEAST_EACH or len(left) < LEAST_EACH:
        return None
    one, other = shares.share(sum(did), len(did)), shares.share(sum(left), len(left))
    return NextBest(
        action, item, title, shares.share(len(did), len(similar)), one, other, shares.difference(one, other)
    )  # fmt: skip
