"""New and changed records find who else they are: keys, candidates, weights, decisions, and the customers that follow. In the caller's
transaction; used by the arrival path, by edits, after a removal, and when a value turns out to be generic.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

import msgspec

from midchannel.engines.identity import keys
from midchannel.middle.customers.actions import keying, modelling, settling
from midchannel.middle.customers.comparing import BUSINESS, NEARLY, Outcome, Side, decide
from midchannel.middle.customers.standing import PROVEN, Row, standing
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch, text_array

FEW = 3
"""So many different first names may share an address or a number; with one more it is generic."""
MOST_REVIEWS = 5
"""So many open questions are asked about one record: the best supported."""
DECISION = ("id", "record_id", "other_id", "customer_id", "verdict", "weight", "by_rule", "evidence", "at")

_encode = msgspec.json.encode
Pair = tuple[int, int]


@dataclass(slots=True)
class _Found:
    """What is decided about pairs, before it is written."""

    sides: dict[int, Side]
    outcomes: dict[Pair, Outcome] = field(default_factory=dict)


def resolve(new: Sequence[Side], changed: Collection[int], *, now: datetime) -> set[int]:
    """Decide about new records (already stored, each its own customer) and about changed ones. Returns the records that were settled.

    `new` may be many: everything is done set by set.
    """
    new = keying.with_generic(new)
    again = keying.load(changed)
    everybody = [*new, *again.values()]
    if not everybody:
        return set()
    keying.lock(everybody)
    keying.write(new)
    if again:
        keying.rewrite(list(again.values()))
    found = _compare({side.id: side for side in everybody})
    generic = _note_generic(found, now=now)
    if generic:
        return _look_again(new, changed, generic, now=now)
    return _write(found, fresh={side.id for side in new}, asked={side.id for side in everybody}, now=now)


def _compare(asked: Mapping[int, Side]) -> _Found:
    """Every record that is asked about against its candidates."""
    weights = modelling.active()
    near = keying.candidates(list(asked.values()))
    others = {other for found in near.values() for other in found} - asked.keys()
    sides = {**keying.load(others), **asked}
    found = _Found(sides)
    for record_id, candidates in near.items():
        for other_id in candidates:
            if other_id not in sides:
                continue
            pair = (min(record_id, other_id), max(record_id, other_id))
            left, right = sides[pair[1]], sides[pair[0]]  # the newer record is compared with the older
            if pair not in found.outcomes and left.is_organisation == right.is_organisation:
                found.outcomes[pair] = decide(left, right, weights)
    return found


def _note_generic(found: _Found, *, now: datetime) -> set[int]:
    """Addresses and numbers that people of more than a few first names share: kept as generic. Returns their keys."""
    names: dict[int, set[str]] = defaultdict(set)
    values: dict[int, str] = {}
    for side in found.sides.values():
        if side.is_organisation or not (side.attributes or side.identifiers):
            continue
        given = side.record.values.get("given_name")
        if given:
            for key, (kind, _) in side.generic_keys.items():
                if key not in side.generic:
                    names[key].add(keys.sound(given[0]))
                    values[key] = kind
    generic = {key: len(each) for key, each in names.items() if len(each) > FEW}
    if generic:
        execute(
            "INSERT INTO generic_value (key, field, customers, noted_at)"
            " SELECT k, f, c, %s FROM unnest(%s::bigint[], %s::text[], %s::int[]) AS n(k, f, c) ON CONFLICT (key) DO NOTHING",
            [now, array(generic), [values[key] for key in generic], array(generic.values())],
        )
    return set(generic)


def _look_again(new: Sequence[Side], changed: Collection[int], generic: Collection[int], *, now: datetime) -> set[int]:
    """Past decisions by a value that is generic now are taken again, for everybody who has it."""
    holders = fetch(
        "SELECT DISTINCT record_id FROM record_key WHERE key = ANY(%s::bigint[]) LIMIT 2000", [array(sorted(generic))]
    )
    fresh = {side.id for side in new}
    everybody = {record_id for (record_id,) in holders} | fresh | set(changed)
    sides = keying.load(everybody)
    keying.rewrite(list(sides.values()))
    execute("UPDATE generic_value SET reviewed_at = %s WHERE key = ANY(%s::bigint[])", [now, array(sorted(generic))])
    found = _compare(sides)
    return _write(found, fresh=fresh, asked=set(sides), now=now)


def _write(found: _Found, *, fresh: set[int], asked: set[int], now: datetime) -> set[int]:
    """Keep what is decided, take back what no longer holds, settle whom it touches, and ask about the rest."""
    wanted = {pair: each for pair, each in found.outcomes.items() if each.verdict in {"must", "auto"}}
    known = asked - fresh
    standing_now = standing(settling.read_rows(known)) if known else {}
    held = {pair: row for pair, row in standing_now.items() if row.is_weighed and row.is_joining}
    told = {pair for pair, row in standing_now.items() if not row.is_weighed}
    gone = [row for pair, row in held.items() if pair not in wanted]
    news = {
        pair: each
        for pair, each in wanted.items()
        if pair not in told and (pair not in held or _differs(held[pair], each))
    }
    written = _decisions(news, gone, now=now)
    touched = {each for pair in news for each in pair} | {each for row in gone for each in row.pair}
    apart: list[Row] = []
    if touched:
        try:
            apart = settling.settle(touched, now=now, fresh=fresh)
        except settling.TooManyError as error:
            _ask_instead(error.record_ids, news, written, now=now)
            apart = settling.settle(touched - error.record_ids, now=now, fresh=fresh)
            touched -= error.record_ids
    if written and fresh:
        execute(
            "UPDATE link_decision d SET customer_id = r.customer_id FROM source_record r WHERE r.id = d.other_id"
            " AND d.id = ANY(%s::bigint[]) AND d.customer_id <> r.customer_id",
            [array(written)],
        )
    linked = {pair: each for pair, each in wanted.items() if pair not in told and not known.isdisjoint(pair)}
    _review(found, known, told, linked | _kept_apart(apart, wanted), now=now)
    return touched


def ask_about(apart: Sequence[Row], *, now: datetime) -> None:
    """Ask about links that are held apart, as `settling.settle` returned them."""
    rows = [(pair, in_doubt(each), 1.0) for pair, each in _kept_apart(apart, {}).items()]
    if rows:
        write_reviews(rows, now=now)


def _kept_apart(apart: Sequence[Row], wanted: Mapping[Pair, Outcome]) -> dict[Pair, Outcome]:
    """What was thought of pairs that are linked and yet two customers: now, or when they were linked."""
    older = {row.id: row for row in apart if row.pair not in wanted}
    rows = fetch("SELECT id, evidence FROM link_decision WHERE id = ANY(%s::bigint[])", [array(older)]) if older else []
    return {row.pair: wanted[row.pair] for row in apart if row.pair in wanted} | {
        older[identifier].pair: Outcome(
            older[identifier].verdict, older[identifier].weight or PROVEN, older[identifier].by_rule, evidence
        )
        for identifier, evidence in rows
    }


def _differs(row: Row, outcome: Outcome) -> bool:
    return row.verdict != outcome.verdict or abs((row.weight or 0.0) - outcome.weight) > 0.5


def _decisions(news: Mapping[Pair, Outcome], gone: Sequence[Row], *, now: datetime) -> list[int]:
    if not news and not gone:
        return []
    taken = ids.take_many(len(news) + len(gone), now=now)
    customers = settling.customers_of({pair[0] for pair in news} | {row.pair[0] for row in gone})
    at = now.isoformat()
    rows = [
        (
            identifier,
            pair[1],
            pair[0],
            customers[pair[0]],
            each.verdict,
            each.weight,
            each.rule,
            _encode(each.evidence).decode(),
            at,
            None,
        )
        for identifier, (pair, each) in zip(taken, news.items(), strict=False)
    ] + [
        (
            identifier,
            row.record_id,
            row.other_id,
            customers[row.pair[0]],
            row.verdict,
            row.weight,
            "no-longer/1",
            "{}",
            at,
            row.id,
        )
        for identifier, row in zip(taken[len(news) :], gone, strict=True)
    ]
    copy_rows("link_decision", (*DECISION, "reverts_id"), rows)
    return taken[: len(news)]


def _review(found: _Found, known: set[int], told: set[Pair], linked: Mapping[Pair, Outcome], *, now: datetime) -> None:
    """Open questions: at most MOST_REVIEWS a record, the best supported. What is no question any more leaves the queue.

    `linked` are pairs that the program would join: they are asked about where they are two customers nevertheless.
    """
    if known:
        execute(
            "UPDATE review_pair SET state = 2 WHERE state = 0 AND (left_id = ANY(%(k)s::bigint[]) OR right_id = ANY(%(k)s::bigint[]))",
            {"k": array(sorted(known))},
        )
    asking = [(p, each) for p, each in found.outcomes.items() if each.verdict == "review" and p not in told]
    asking += linked.items()
    if not asking:
        return
    customers = settling.customers_of({one for pair, _ in asking for one in pair})
    count: dict[int, int] = defaultdict(int)
    rows = []
    for pair, each in sorted(asking, key=lambda item: (-item[1].weight, item[0])):
        if max(count[pair[0]], count[pair[1]]) >= MOST_REVIEWS or customers[pair[0]] == customers[pair[1]]:
            continue
        count[pair[0]] += 1
        count[pair[1]] += 1
        sides = [found.sides[one] for one in pair if one in found.sides]
        rows.append((pair, in_doubt(each), 1.0 + sum(side.kind == BUSINESS for side in sides)))
    if rows:
        write_reviews(rows, now=now)


def in_doubt(outcome: Outcome) -> Outcome:
    """An outcome as it is asked about: a link that something keeps from joining is no more certain than weak evidence can be."""
    if outcome.verdict == "review":
        return outcome
    return msgspec.structs.replace(outcome, weight=min(outcome.weight, NEARLY))


def write_reviews(rows: Sequence[tuple[Pair, Outcome, float]], *, now: datetime) -> None:
    """Ask about pairs: (pair, what is thought of it, the value at stake). What a person has answered is not asked again."""
    execute(
        "INSERT INTO review_pair AS p (id, left_id, right_id, weight, probability, evidence, by_rule, value_at_stake, priority, state,"
        " label, noted_at) SELECT n.id, n.l, n.r, n.w, n.p, n.e::jsonb, n.rule, n.v, 4 * n.p * (1 - n.p) * n.v, 0, '', %s FROM unnest("
        "%s::bigint[], %s::bigint[], %s::bigint[], %s::float8[], %s::float8[], %s::text[], %s::text[], %s::float8[])"
        " AS n(id, l, r, w, p, e, rule, v) ON CONFLICT (left_id, right_id) DO UPDATE SET weight = excluded.weight,"
        " probability = excluded.probability, evidence = excluded.evidence, by_rule = excluded.by_rule, priority = excluded.priority,"
        " state = 0 WHERE p.state = 2 OR (p.state = 0 AND p.weight <> excluded.weight)",
        [
            now,
            array(ids.take_many(len(rows), now=now)),
            array(pair[0] for pair, _, _ in rows),
            array(pair[1] for pair, _, _ in rows),
            array(each.weight for _, each, _ in rows),
            array(each.probability for _, each, _ in rows),
            text_array(_encode(each.evidence).decode() for _, each, _ in rows),
            text_array(each.rule for _, each, _ in rows),
            array(stake for _, _, stake in rows),
        ],
    )


def _ask_instead(crowd: frozenset[int], news: Mapping[Pair, Outcome], written: Sequence[int], *, now: datetime) -> None:
    """What would make one customer of a crowd is not decided by a program."""
    asked = {
        pair: (identifier, each)
        for identifier, (pair, each) in zip(written, news.items(), strict=True)
        if not crowd.isdisjoint(pair)
    }
    execute("DELETE FROM link_decision WHERE id = ANY(%s::bigint[])", [array(i for i, _ in asked.values())])
    write_reviews([(pair, each, 1.0) for pair, (_, each) in list(asked.items())[:MOST_REVIEWS]], now=now)


def pairs_of(record_ids: Collection[int]) -> set[Pair]:
    """All pairs of some records."""
    return set(combinations(sorted(record_ids), 2))
