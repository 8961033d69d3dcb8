"""From handles to customers, for a batch, inside the transaction of `usecases.arrive`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from midchannel.engines import identity
from midchannel.middle.customers import rules
from midchannel.middle.customers.actions import profiling
from midchannel.middle.customers.facing import Face
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch, text_array


def recognise(faces: Sequence[Face], *, source: str = "handle", now: datetime) -> None:
    """Give every new handle a source record and a link to a customer; let a known handle's new verified identifiers link it.

    Idempotent by the unique handle of a record. Sorted by handle and serialised by key locks on the identifiers, so that two workers that
    meet one person at the same moment decide alike.
    """
    claims = {face.handle_id: _claims_of(face) for face in faces if face.claims}
    wanted = sorted({(c.type, c.value) for each in claims.values() for c in each if c.verified})
    if wanted:
        execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(k, 6)) FROM unnest(%s::text[]) AS k ORDER BY k",
            [[f"{type_}\n{value}" for type_, value in wanted]],
        )
    holders = _holders(wanted)
    new = [face for face in faces if face.is_new]
    if new:
        _make_records(new, claims, holders, source=source, now=now)
    known = [face for face in faces if not face.is_new and face.handle_id in claims]
    if known:
        _hear_claims(known, claims, holders, now=now)
    told = [face for face in faces if face.about]
    if told:
        profiling.hear(told, now=now)


def rename(names: Mapping[int, str]) -> None:
    """Handles have a new display name: their records take it, and so does a customer who was called by the record's old one."""
    given = [array(names), text_array(names.values())]
    execute(
        "UPDATE customer c SET name = n.name FROM unnest(%s::bigint[], %s::text[]) AS n(handle_id, name)"
        " JOIN source_record r ON r.handle_id = n.handle_id WHERE c.id = r.customer_id AND c.name = r.name",
        given,
    )
    execute(
        "UPDATE source_record r SET name = n.name FROM unnest(%s::bigint[], %s::text[]) AS n(handle_id, name)"
        " WHERE r.handle_id = n.handle_id",
        given,
    )


def forget_attributes(handle_ids: Sequence[int], *, now: datetime) -> None:
    """A source took back the profiles of some handles: what it said goes, whoever they are is asked anew."""
    profiling.forget(handle_ids)


def _claims_of(face: Face) -> list[identity.Claim]:
    normal = [
        identity.Claim(type_, rules.normal_form(type_, value), verified) for type_, value, verified in face.claims
    ]
    return [claim for claim in normal if claim.value]


def _holders(wanted: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    if not wanted:
        return {}
    rows = fetch(
        "SELECT i.type, i.value, min(r.customer_id) FROM unnest(%s::text[], %s::text[]) AS w(type, value)"
        " JOIN identifier i ON i.type = w.type AND i.value = w.value AND i.verified JOIN source_record r ON r.id = i.record_id"
        " GROUP BY 1, 2",
        [[type_ for type_, _ in wanted], [value for _, value in wanted]],
    )
    return {(type_, value): customer_id for type_, value, customer_id in rows}


def _make_records(
    new: list[Face],
    claims: dict[int, list[identity.Claim]],
    holders: dict[tuple[str, str], int],
    *,
    source: str,
    now: datetime,
) -> None:
    """A record, its link and, where nobody known holds its identifiers, a provisional customer: all three under one new id."""
    customers, records, decisions, identifiers = [], [], [], []
    at = now.isoformat()
    for identifier, face in zip(ids.take_many(len(new), now=now), new, strict=True):
        own = claims.get(face.handle_id, [])
        verdict = identity.decide(own, holders)
        customer_id = verdict.customer_id or identifier
        name = rules.name_of(face.name, face.address)
        if verdict.customer_id is None:
            customers.append((customer_id, "organisation" if face.is_organisation else "person", name))
        records.append((identifier, source, face.handle_id, name, customer_id, face.is_organisation))
        rule = verdict.rule if verdict.customer_id else "first-seen/1"
        decisions.append(
            (identifier, identifier, customer_id, "link", rule, msgspec.json.encode(verdict.evidence).decode(), at)
        )
        for claim in own:
            identifiers.append((identifier, claim.type, claim.value, claim.verified))
            if claim.verified:
                holders.setdefault((claim.type, claim.value), customer_id)
    copy_rows("customer", ("id", "kind", "name"), customers)
    copy_rows("source_record", ("id", "source", "handle_id", "name", "customer_id", "is_organisation"), records)
    copy_rows("link_decision", ("id", "record_id", "customer_id", "verdict", "by_rule", "evidence", "at"), decisions)
    _keep_identifiers(identifiers)


def _keep_identifiers(rows: list[tuple[int, str, str, bool]]) -> None:
    if rows:
        execute(
            "INSERT INTO identifier (record_id, type, value, verified)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::boolean[])"
            " ON CONFLICT (record_id, type, value) DO UPDATE SET verified = true WHERE excluded.verified AND NOT identifier.verified",
            [array(r[0] for r in rows), [r[1] for r in rows], [r[2] for r in rows], [r[3] for r in rows]],
        )


def _hear_claims(
    known: list[Face], claims: dict[int, list[identity.Claim]], holders: dict[tuple[str, str], int], *, now: datetime
) -> None:
    """A known handle brings identifiers: keep them, and link its record anew where they prove another customer.

    A link that a person made stays, and so does what a person took apart.
    """
    rows = fetch(
        "SELECT r.id, r.handle_id, r.customer_id,"
        " EXISTS (SELECT 1 FROM link_decision d WHERE d.record_id = r.id AND d.by_user_id IS NOT NULL),"
        " ARRAY(SELECT d.customer_id FROM link_decision d WHERE d.record_id = r.id AND d.verdict = 'apart')"
        " FROM source_record r WHERE r.handle_id = ANY(%s::bigint[])",
        [array(face.handle_id for face in known)],
    )
    _keep_identifiers([(record, c.type, c.value, c.verified) for record, handle, *_ in rows for c in claims[handle]])
    for record_id, handle_id, customer_id, by_person, apart in rows:
        verdict = identity.decide(claims[handle_id], holders, apart=frozenset(apart))
        if by_person or verdict.customer_id is None or verdict.customer_id >= customer_id:
            continue
        execute("UPDATE source_record SET customer_id = %s WHERE id = %s", [verdict.customer_id, record_id])
        evidence = msgspec.json.encode(verdict.evidence).decode()
        execute(
            "INSERT INTO link_decision (id, record_id, customer_id, verdict, by_rule, evidence, at)"
            " VALUES (%s, %s, %s, 'link', %s, %s, %s)",
            [ids.take_one(now=now), record_id, verdict.customer_id, verdict.rule, evidence, now],
        )
