"""Resolve identities: every record is compared anew by the weights in use, and what would change is proposed, not done.

The pairs come from the same keys as in real time, joined by DuckDB or Spark; they are weighed all at once, and those that matter are
decided one by one by the same function that decides in the arrival path. So batch and real time decide alike. Reading is a snapshot:
what arrives, is linked or erased meanwhile is told apart when an item is applied.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from midchannel.engines.identity import fields, model
from midchannel.middle.customers.actions import differing, keying, modelling, resolving, settling
from midchannel.middle.customers.actions.differing import Change
from midchannel.middle.customers.comparing import Outcome, Side, decide
from midchannel.middle.customers.standing import Row, standing
from midchannel.platform.analysis import frame, joining, learning, pairing, weighing
from midchannel.platform.database.bulk import array, fetch

CHUNK = 5_000
MARGIN = 3.0
"""Pairs are decided one by one from this many bits below what is asked about."""
MAX_QUESTIONS = 20_000

Pair = tuple[int, int]
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was proposed."""

    difference_id: int
    records: int
    pairs: int
    changes: int


@dataclass(slots=True)
class _Everybody:
    """All records of one sort as they are compared, by place."""

    ids: list[int]
    records: list[fields.Record]
    keys: list[tuple[int, ...]]


def train(*, version: str, seed: int = 0, now: datetime, told: Told = lambda *_: None) -> model.Model:
    """Learn weights from the people's records, without labels, and use them from now on."""
    people = _read(told, is_organisation=False)
    table = frame.of_records(people.records)
    left, right = pairing.of_frame(table)
    trained = learning.train(table, left, right, version=version, seed=seed)
    modelling.keep_model(trained, records=table.size, now=now)
    return trained


def propose(*, engine: str = "duckdb", now: datetime, told: Told = lambda *_: None) -> Proposed:
    """Compare everybody with everybody that shares a key, and keep what would change as a difference.

    `told(what, done, total)` follows. Raises joining.UnknownEngineError.
    """
    weights = modelling.active()
    outcomes: dict[Pair, Outcome] = {}
    counted = 0
    for is_organisation in (False, True):
        everybody = _read(told, is_organisation=is_organisation)
        counted += len(everybody.ids)
        pairs = _near(everybody, weights, engine)
        outcomes |= _decide(pairs, weights, told)
    changes = list(_changes(outcomes))
    _ask(outcomes | _held_apart(outcomes, changes), now=now)
    kept = differing.keep_difference(changes, engine=engine, version=weights.version, records=counted, now=now)
    return Proposed(kept, counted, len(outcomes), len(changes))


def _read(told: Told, *, is_organisation: bool) -> _Everybody:
    found = _Everybody([], [], [])
    rows = fetch("SELECT count(*) FROM source_record WHERE is_organisation = %s", [is_organisation])
    total, after = rows[0][0], 0
    while True:
        chunk = fetch(
            "SELECT id FROM source_record WHERE is_organisation = %s AND id > %s ORDER BY id LIMIT %s",
            [is_organisation, after, CHUNK],
        )
        if not chunk:
            return found
        for side in _in_order(keying.load([row[0] for row in chunk])):
            found.ids.append(side.id)
            found.records.append(side.record)
            found.keys.append(tuple(side.keys))
        after = chunk[-1][0]
        told("read", len(found.ids), total)


def _in_order(sides: Mapping[int, Side]) -> list[Side]:
    return [sides[each] for each in sorted(sides)]


def _near(everybody: _Everybody, weights: model.Model, engine: str) -> list[Pair]:
    """Pairs that share a key and are not clearly different: by records' ids, the older first. Those with a common proof always are."""
    if len(everybody.ids) < 2:
        return []
    left, right = joining.pairs(everybody.keys, engine=engine, crowd=keying.BLOCK)
    table = frame.of_records(everybody.records)
    least = _bits(weights.review) - MARGIN
    weighed = weighing.weigh(replace(weights, version="resolve"), table, left, right, least=least)
    near = set(zip(weighed.left.tolist(), weighed.right.tolist(), strict=True))
    proofs = _by_identifier(everybody.ids)
    ids = everybody.ids
    return sorted({(ids[one], ids[other]) for one, other in near} | proofs)


def _bits(probability: float) -> float:
    return math.log2(probability / (1.0 - probability))


def _by_identifier(record_ids: Sequence[int]) -> set[Pair]:
    """Pairs that have an identifier in common, proven or not, which no crowd shares."""
    known = set(record_ids)
    rows = fetch(
        "SELECT array_agg(record_id ORDER BY record_id) FROM identifier WHERE valid_to IS NULL GROUP BY type, value"
        " HAVING count(*) BETWEEN 2 AND %s",
        [200],
    )
    return {
        (holders[one], other)
        for (holders,) in rows
        for one in range(len(holders))
        for other in holders[one + 1 :]
        if holders[one] in known and other in known
    }


def _decide(pairs: Sequence[Pair], weights: model.Model, told: Told) -> dict[Pair, Outcome]:
    outcomes: dict[Pair, Outcome] = {}
    for start in range(0, len(pairs), CHUNK):
        chunk = pairs[start : start + CHUNK]
        sides = keying.load({each for pair in chunk for each in pair})
        for older, newer in chunk:
            if older in sides and newer in sides:
                outcome = decide(sides[newer], sides[older], weights)
                if outcome.verdict != model.NONE:
                    outcomes[older, newer] = outcome
        told("decide", min(start + CHUNK, len(pairs)), len(pairs))
    return outcomes


def _changes(outcomes: Mapping[Pair, Outcome]) -> Iterator[Change]:
    """Component by component: what customers there are, and which there would be."""
    wanted = {pair: each for pair, each in outcomes.items() if each.verdict in {model.MUST, model.AUTO}}
    held = standing(
        Row(*row)
        for row in fetch(
            "SELECT id, record_id, other_id, verdict, weight, by_user_id, reverts_id, act_id, by_rule FROM link_decision"
            " WHERE other_id IS NOT NULL"
        )
    )
    told = {pair for pair, row in held.items() if not row.is_weighed}
    joined = {pair: row for pair, row in held.items() if row.is_weighed and row.is_joining}
    news = {
        pair
        for pair in wanted
        if pair not in told and (pair not in joined or joined[pair].verdict != wanted[pair].verdict)
    }
    gone = {pair for pair in joined if pair not in wanted}
    if not news and not gone:
        return
    linking = [*wanted, *joined, *(pair for pair in told if held[pair].is_joining)]
    for component in _components(linking, {each for pair in news | gone for each in pair}):
        change = _change(component, wanted, held, news, gone)
        if change is not None:
            yield change


def _components(pairs: Iterable[Pair], seeds: set[int]) -> Iterator[set[int]]:
    near: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    while seeds:
        component, frontier = set(), {seeds.pop()}
        while frontier:
            component |= frontier
            frontier = {other for each in frontier for other in near[each]} - component
        seeds -= component
        if len(component) <= settling.MAX_COMPONENT:
            yield component


def _change(
    component: set[int], wanted: Mapping[Pair, Outcome], held: Mapping[Pair, Row], news: set[Pair], gone: set[Pair]
) -> Change | None:
    members = settling.members(component)
    ids = {member.id for member in members}
    rows = [row for pair, row in held.items() if ids.issuperset(pair)] if len(held) < 1000 else _rows_among(ids)
    kept = [row for row in rows if row.pair not in gone and row.pair not in news]
    new_rows = [
        Row((1 << 62) + at, pair[1], pair[0], wanted[pair].verdict, wanted[pair].weight, None, None, None)
        for at, pair in enumerate(sorted(pair for pair in news if ids.issuperset(pair)))
    ]
    after = sorted(sorted(member.id for member in part) for part in settling.divide(members, [*kept, *new_rows]))
    groups: dict[int, list[int]] = defaultdict(list)
    for member in members:
        groups[member.customer_id].append(member.id)
    before = sorted(map(sorted, groups.values()))
    if before == after:
        return None
    edges = [
        {
            "record": p[1],
            "other": p[0],
            "verdict": w.verdict,
            "weight": round(w.weight, 3),
            "rule": w.rule,
            "evidence": w.evidence,
        }
        for p in sorted(news)
        if ids.issuperset(p) and (w := wanted[p])
    ]
    edges += [{"gone": held[p].id, "rule": "no-longer/1"} for p in sorted(gone) if ids.issuperset(p)]
    return Change(_kind(before, after), before, after, edges)


def _rows_among(ids: set[int]) -> list[Row]:
    return list(standing(row for row in settling.read_rows(ids) if ids.issuperset(row.pair)).values())


def _kind(before: list[list[int]], after: list[list[int]]) -> str:
    of_after = {each: at for at, group in enumerate(after) for each in group}
    of_before = {each: at for at, group in enumerate(before) for each in group}
    if all(len({of_after[each] for each in group}) == 1 for group in before):
        return "join"
    if all(len({of_before[each] for each in group}) == 1 for group in after):
        return "split"
    return "regroup"


def _held_apart(outcomes: Mapping[Pair, Outcome], changes: Sequence[Change]) -> dict[Pair, Outcome]:
    """Pairs that the program would join and that are two customers all the same, now and after what is proposed: questions for people."""
    after = {each: group[0] for change in changes for group in change.after for each in group}
    wanted = {pair: each for pair, each in outcomes.items() if each.verdict in {model.MUST, model.AUTO}}
    customers: dict[int, int] = {}
    everybody = sorted({each for pair in wanted for each in pair})
    for start in range(0, len(everybody), CHUNK):
        customers |= settling.customers_of(everybody[start : start + CHUNK])
    return {
        pair: msgspec.structs.replace(resolving.in_doubt(each), verdict=model.REVIEW)
        for pair, each in wanted.items()
        if len({after.get(one, -customers.get(one, 0)) for one in pair}) > 1
    }


def _ask(outcomes: Mapping[Pair, Outcome], *, now: datetime) -> None:
    """Questions for people, the best supported of each record, about customers that are two."""
    asked = sorted(
        ((pair, each) for pair, each in outcomes.items() if each.verdict == model.REVIEW),
        key=lambda item: (-item[1].weight, item[0]),
    )
    count: dict[int, int] = defaultdict(int)
    rows = []
    for pair, each in asked[:MAX_QUESTIONS]:
        if max(count[pair[0]], count[pair[1]]) < resolving.MOST_REVIEWS:
            count[pair[0]] += 1
            count[pair[1]] += 1
            rows.append((pair, each, 1.0))
    for start in range(0, len(rows), CHUNK):
        resolving.write_reviews(_two(rows[start : start + CHUNK]), now=now)


def _two(rows: Sequence[tuple[Pair, Outcome, float]]) -> list[tuple[Pair, Outcome, float]]:
    """Those that are two customers, and of which no person has decided."""
    told = fetch(
        "SELECT least(record_id, other_id), greatest(record_id, other_id) FROM link_decision WHERE by_user_id IS NOT NULL"
        " AND other_id IS NOT NULL AND reverts_id IS NULL AND record_id = ANY(%s::bigint[])",
        [array({each for pair, _, _ in rows for each in pair})],
    )
    customers = settling.customers_of({each for pair, _, _ in rows for each in pair})
    said = set(told)
    return [row for row in rows if row[0] not in said and customers.get(row[0][0]) != customers.get(row[0][1])]
