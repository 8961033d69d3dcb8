"""The queue of pairs that may be one customer: whoever sees both customers may answer."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from midchannel.middle.customers.errors import PairNotFoundError
from midchannel.middle.customers.models import PairState
from midchannel.middle.customers.queries import seeing
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

REMEMBERED_SECONDS = 15
AGAIN = 4
COUNTED = 1000
"""A queue is counted so far; longer ones are "1,000 and more"."""


@dataclass(frozen=True, slots=True)
class PairSide:
    """One record of a pair, and the customer it is with now."""

    record_id: int
    name: str
    source: str
    attributes: dict[str, Any]
    network: str
    address: str
    customer_id: int
    customer_name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one customer. `state` is open, answered or obsolete; `label` the answer: same or different.

    `weight` is in bits with the prior (0: even odds), `value` what is at stake, `evidence` the contribution of every field.
    """

    id: int
    left: PairSide
    right: PairSide
    weight: float
    probability: float
    evidence: dict[str, Any]
    rule: str
    value: float
    state: str
    label: str
    answered_by_id: int | None
    answered_by: str
    answered_at: datetime | None
    decision_id: int | None
    noted_at: datetime

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The contributions: {field, level, weight, left, right}. The newer record is compared with the older: turned round here."""
        found = self.evidence.get("fields")
        return [each | {"left": each.get("right"), "right": each.get("left")} for each in found or ()]


COLUMNS = (
    "SELECT p.id, p.weight, p.probability, p.evidence::text, p.by_rule, p.value_at_stake, p.state, p.label, p.answered_by_id,"
    " coalesce(u.name, ''), p.answered_at, p.decision_id, p.noted_at,"
    " a.id, a.name, a.source, coalesce(a.attributes::text, '{}'), coalesce(ah.network, ''), coalesce(ah.address, ''), ac.id, ac.name,"
    " ac.kind,"
    " b.id, b.name, b.source, coalesce(b.attributes::text, '{}'), coalesce(bh.network, ''), coalesce(bh.address, ''), bc.id, bc.name,"
    " bc.kind"
)
JOINED = (
    " JOIN source_record a ON a.id = p.left_id JOIN customer ac ON ac.id = a.customer_id LEFT JOIN handle ah ON ah.id = a.handle_id"
    " JOIN source_record b ON b.id = p.right_id JOIN customer bc ON bc.id = b.customer_id LEFT JOIN handle bh ON bh.id = b.handle_id"
    " LEFT JOIN account_user u ON u.id = p.answered_by_id"
)
BOTH = f"{seeing.visible('a.customer_id')} AND {seeing.visible('b.customer_id')}"
# A person has said of records of these two customers that they are two: nobody is asked about others of theirs.
TOLD = (
    "EXISTS (SELECT 1 FROM source_record x JOIN link_decision d ON d.{one} = x.id JOIN source_record y ON y.id = d.{other}"
    " WHERE x.customer_id = a.customer_id AND y.customer_id = b.customer_id AND d.verdict = 'cannot' AND d.by_user_id IS NOT NULL"
    " AND d.reverts_id IS NULL AND NOT EXISTS (SELECT 1 FROM link_decision u WHERE u.record_id = d.record_id AND u.reverts_id = d.id))"
)
ASKED = (
    f"p.state = 0 AND a.customer_id <> b.customer_id AND {BOTH}"
    f" AND NOT {TOLD.format(one='record_id', other='other_id')} AND NOT {TOLD.format(one='other_id', other='record_id')}"
)
WAITING = (
    f"{COLUMNS} FROM review_pair p{JOINED} WHERE {ASKED}"
    " ORDER BY p.id = ANY(%(later)s::bigint[]), p.priority DESC, p.id DESC LIMIT %(limit)s"
)
ONE = f"{COLUMNS} FROM review_pair p{JOINED} WHERE p.id = %(pair)s AND {BOTH}"
LAST = (
    f"{COLUMNS} FROM review_pair p{JOINED} WHERE p.state = 1 AND p.answered_by_id = %(user)s AND p.answered_at >= %(since)s"
    f" AND {BOTH} ORDER BY p.answered_at DESC LIMIT 1"
)
COUNT = (
    "SELECT count(*) FROM (SELECT DISTINCT least(a.customer_id, b.customer_id), greatest(a.customer_id, b.customer_id)"
    " FROM review_pair p JOIN source_record a ON a.id = p.left_id JOIN source_record b ON b.id = p.right_id"
    f" WHERE {ASKED} LIMIT {COUNTED}) c"
)
ANSWERED = "SELECT count(DISTINCT answered_at) FROM review_pair WHERE state = 1 AND answered_by_id = %(user)s AND answered_at >= %(since)s"


def list_pairs(viewer: Viewer, *, later: Sequence[int] = (), limit: int = 30) -> list[Pair]:
    """The pairs that wait, by value at stake times uncertainty; those in `later` last.

    Two customers are asked about once, by those of their records that are most alike. One query.
    """
    values = {"later": array(later), "limit": limit * AGAIN, **seeing.of(viewer)}
    found: dict[frozenset[int], Pair] = {}
    put_off, at_the_end = set(later), set[frozenset[int]]()
    for row in fetch(WAITING, values):
        pair = _pair(row)
        key = frozenset({pair.left.customer_id, pair.right.customer_id})
        if key not in found or pair.weight > found[key].weight:
            found[key] = pair
        if pair.id in put_off:
            at_the_end.add(key)
    return [found[key] for key in sorted(found, key=lambda key: key in at_the_end)][:limit]


def get_pair(viewer: Viewer, pair_id: int) -> Pair:
    """One pair, answered or not. Raises PairNotFoundError when one of the two customers is not the viewer's to see."""
    rows = fetch(ONE, {"pair": pair_id, **seeing.of(viewer)})
    if not rows:
        raise PairNotFoundError
    return _pair(rows[0])


def count_pairs(viewer: Viewer) -> int:
    """How many wait that the viewer may answer; counted up to COUNTED."""
    return int(fetch(COUNT, seeing.of(viewer))[0][0])


def count_answered(viewer: Viewer, *, since: datetime) -> int:
    """How many the viewer has answered since then."""
    return int(fetch(ANSWERED, {"user": viewer.user_id, "since": since})[0][0])


def find_last_answer(viewer: Viewer, *, since: datetime) -> Pair | None:
    """What the viewer answered last, since then."""
    rows = fetch(LAST, {"since": since, **seeing.of(viewer)})
    return _pair(rows[0]) if rows else None


def _pair(row: Sequence[Any]) -> Pair:
    return Pair(
        row[0],
        _side(row[13:22]),
        _side(row[22:31]),
        row[1],
        row[2],
        msgspec.json.decode(row[3]),
        row[4],
        row[5],
        PairState(row[6]).name.lower(),
        *row[7:13],
    )


def _side(row: Sequence[Any]) -> PairSide:
    return PairSide(*(*row[:3], msgspec.json.decode(row[3]), *row[4:]))


def is_anything_waiting() -> bool:
    """Whether any pair or difference waits for anybody; asked by every page, so the answer may be some seconds old."""
    return _is_anything_waiting(int(time.monotonic() // REMEMBERED_SECONDS))


@lru_cache(maxsize=1)
def _is_anything_waiting(_moment: int) -> bool:
    return bool(
        fetch(
            "SELECT EXISTS (SELECT 1 FROM review_pair WHERE state = 0) OR EXISTS (SELECT 1 FROM difference WHERE state = 'proposed')"
        )[0][0]
    )
