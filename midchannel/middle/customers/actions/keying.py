"""Keys in the database: who may be the same person as a record, by index, without looking at everybody."""

import math
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from midchannel.middle.customers.comparing import Claim, Side
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch

STRIPES = 256
LOCK = 0x6D63_0003
MOST = 24
"""So many candidates of a record are compared: those with whom it shares most."""
BLOCK = 100
"""A key that more records share finds nobody in real time."""
LEAST = -1.0
"""Who shares fewer bits, the odds of any two records included, is not compared: a name that more than two have is no reason by itself."""
NAMING = frozenset(
    {"email", "phone", "website", "customer_number", "erp_number", "tax_number", "avatar", "id", "profile", "domain"}
)
"""What names one person: whoever shares it is always compared."""
FEW = 16.0
"""log2 of the number of records that sharing a key is judged by, at least."""


def lock(sides: Iterable[Side]) -> None:
    """Wait for others who decide about the same keys, in one order. Many keys share a lock."""
    wanted = sorted({key % STRIPES for side in sides if side.attributes or side.identifiers for key in side.keys})
    if wanted:
        execute("SELECT pg_advisory_xact_lock(%s, k) FROM unnest(%s::int[]) AS k", [LOCK, array(wanted)])


def write(sides: Sequence[Side]) -> None:
    """The keys of new records."""
    copy_rows("record_key", ("key", "record_id"), ((key, side.id) for side in sides for key in side.keys))


def rewrite(sides: Sequence[Side]) -> None:
    """The keys of records that may have had others."""
    execute("DELETE FROM record_key WHERE record_id = ANY(%s::bigint[])", [array(side.id for side in sides)])
    write(sides)


def candidates(sides: Sequence[Side]) -> dict[int, list[int]]:
    """For each record those to compare it with, at most `MOST`.

    Two records that share a key which b of N have share log2(N / b) bits; of keys made of the same thing (a name) only the rarest
    counts. With the odds that any two are one, 1 / N, that must be at least LEAST bits, or something that names one person.
    """
    holders = _holders({key for side in sides for key in side.keys})
    if not holders:
        return {}
    everybody = _bits_of_everybody()
    found: dict[int, list[int]] = {}
    for side in sides:
        scores, named = _shared(side, holders, everybody)
        scores.pop(side.id, None)
        near = [other for other, bits in scores.items() if bits >= LEAST or other in named]
        if near:
            near.sort(key=lambda each: (-scores[each], each))
            found[side.id] = near[:MOST]
    return found


def _shared(side: Side, holders: Mapping[int, Sequence[int]], everybody: float) -> tuple[dict[int, float], set[int]]:
    """The bits that others share with a record, the odds of any two included; and who shares what names one person."""
    groups: dict[str, list[int]] = defaultdict(list)
    for key, group in side.keys.items():
        if key in holders:
            groups[group].append(key)
    scores: dict[int, float] = {}
    named: set[int] = set()
    for group in sorted(groups):
        keys = groups[group]
        keys.sort(key=lambda key: len(holders[key]))
        seen: set[int] = set()
        for key in keys:
            others = holders[key]
            bits = everybody - math.log2(len(others))
            for other in others if not seen else set(others) - seen:
                scores[other] = scores.get(other, -everybody) + bits
            if len(keys) > 1:
                seen.update(others)
        if group in NAMING:
            for key in keys:
                named.update(holders[key])
    return scores, named


_everybody: tuple[float, float] = (0.0, FEW)


def _bits_of_everybody() -> float:
    """log2 of how many records there are, as the database estimates it; looked at once a minute."""
    global _everybody  # noqa: PLW0603 - an estimate that hardly changes
    if time.monotonic() > _everybody[0]:
        rows = fetch("SELECT reltuples FROM pg_class WHERE oid = 'source_record'::regclass")
        _everybody = (time.monotonic() + 60.0, max(FEW, math.log2(max(1.0, rows[0][0]))))
    return _everybody[1]


def _holders(wanted: Collection[int]) -> Mapping[int, Sequence[int]]:
    """Who has a key, for keys that two to BLOCK records have."""
    if not wanted:
        return {}
    rows = fetch(
        "SELECT k.key, r.ids FROM unnest(%s::bigint[]) AS k(key) CROSS JOIN LATERAL"
        " (SELECT array_agg(record_id) AS ids FROM (SELECT record_id FROM record_key WHERE record_key.key = k.key LIMIT %s) l) r"
        " WHERE cardinality(r.ids) <= %s",
        [array(sorted(wanted)), BLOCK + 1, BLOCK],
    )
    return dict(rows)


LOAD = """
SELECT r.id, r.name, r.source, r.kind, r.is_organisation,
 CASE WHEN r.expires_at IS NULL OR r.expires_at > now() THEN r.attributes::text END, h.address, h.url,
 (SELECT json_agg(json_build_array(i.type, i.value, i.verified) ORDER BY i.type, i.value)::text FROM identifier i
  WHERE i.record_id = r.id AND i.valid_to IS NULL)
FROM source_record r LEFT JOIN handle h ON h.id = r.handle_id WHERE r.id = ANY(%s::bigint[])
"""


def load(record_ids: Collection[int]) -> dict[int, Side]:
    """Records as they are compared. Those that are gone are missing. What has expired is as if it had not been said."""
    if not record_ids:
        return {}
    sides = [
        Side(
            id=record_id,
            name=name,
            source=source,
            kind=kind,
            is_organisation=is_organisation,
            attributes=msgspec.json.decode(attributes) if attributes else None,
            address=address or "",
            url=url or "",
            identifiers=_claims(claims) if claims else (),
        )
        for record_id, name, source, kind, is_organisation, attributes, address, url, claims in fetch(
            LOAD, [array(sorted(record_ids))]
        )
    ]
    return {side.id: side for side in with_generic(sides)}


_claims = msgspec.json.Decoder(tuple[Claim, ...]).decode


def with_generic(sides: Sequence[Side]) -> list[Side]:
    """The same records, each knowing which of its values are generic."""
    wanted = {key for side in sides for key in side.generic_keys}
    if not wanted:
        return list(sides)
    rows = fetch("SELECT key FROM generic_value WHERE key = ANY(%s::bigint[])", [array(sorted(wanted))])
    if not rows:
        return list(sides)
    generic = frozenset(key for (key,) in rows)
    return [side if generic.isdisjoint(side.generic_keys) else _knowing(side, generic) for side in sides]


def _knowing(side: Side, generic: frozenset[int]) -> Side:
    return msgspec.structs.replace(side, generic=generic & side.generic_keys.keys())
