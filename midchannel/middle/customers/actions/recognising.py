"""From handles to customers, for a batch, inside the transaction of `usecases.arrive`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from midchannel.middle.customers import rules
from midchannel.middle.customers.actions import profiling, resolving, settling
from midchannel.middle.customers.comparing import Claim, Side
from midchannel.middle.customers.facing import About, Face
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch, text_array

RECORD = ("id", "source", "handle_id", "name", "customer_id", "is_organisation")
MORE = ("attributes", "kind", "trust", "lawful_basis", "expires_at", "said_at")


def recognise(faces: Sequence[Face], *, source: str = "handle", now: datetime) -> None:
    """Give every new handle a source record, hear what is said about it, and decide who else it is.

    Idempotent by the unique handle of a record. Key locks (`keying.lock`) let two workers that meet one person at the same moment
    decide alike.
    """
    faces = sorted(faces, key=lambda face: face.handle_id)
    claims = {face.handle_id: claims_of(face) for face in faces if face.claims}
    new = [face for face in faces if face.is_new]
    made = _make_records(new, claims, source=source, now=now) if new else []
    known = [face for face in faces if not face.is_new and (face.about or face.handle_id in claims)]
    changed = _hear(known, claims, now=now) if known else set()
    settled = resolving.resolve(made, changed, now=now)
    _begin([side for side in made if side.id not in settled], now=now)


def _begin(sides: Sequence[Side], *, now: datetime) -> None:
    """Those who are nobody known: each a customer of their own, with the reason. Shares the record's id."""
    at = now.isoformat()
    copy_rows("customer", ("id", "kind", "name"), ((s.id, _kind(s), s.name) for s in sides))
    copy_rows(
        "link_decision",
        ("id", "record_id", "customer_id", "verdict", "by_rule", "evidence", "at"),
        ((s.id, s.id, s.id, "link", "first-seen/1", "{}", at) for s in sides),
    )


def _kind(side: Side) -> str:
    return "organisation" if side.is_organisation else "person"


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
    """A source took back the profiles of some handles: what it said goes, and who they are is asked anew."""
    profiling.forget(handle_ids)
    rows = fetch(
        "SELECT id, customer_id FROM source_record WHERE handle_id = ANY(%s::bigint[]) ORDER BY id", [array(handle_ids)]
    )
    settling.name_anew({customer_id for _, customer_id in rows}, now=now)
    resolving.resolve([], [record_id for record_id, _ in rows], now=now)


def claims_of(face: Face) -> list[Claim]:
    """The identifiers of a face in their normal forms; what cannot be used is left out."""
    normal = [(type_, rules.normal_form(type_, value), verified) for type_, value, verified in face.claims]
    return sorted({claim for claim in normal if claim[1]})


def _make_records(new: Sequence[Face], claims: Mapping[int, list[Claim]], *, source: str, now: datetime) -> list[Side]:
    """A record each, with what is said. Their customers follow in the same transaction (the foreign key is checked at its end)."""
    sides, bare, told, identifiers, versions = [], [], [], [], []
    for identifier, face in zip(ids.take_many(len(new), now=now), new, strict=True):
        own = tuple(claims.get(face.handle_id, ()))
        newest, older = profiling.first(identifier, face.about)
        versions += older
        name = rules.name_of(newest.name if newest and newest.name else face.name, face.address)
        is_organisation = newest.is_organisation if newest else face.is_organisation
        row = (identifier, source, face.handle_id, name, identifier, is_organisation)
        if newest:
            told.append((*row, *profiling.columns(newest)))
        else:
            bare.append(row)
        identifiers += [(identifier, *claim) for claim in own]
        sides.append(_side(row, face, newest, own))
    copy_rows("source_record", RECORD, bare)
    if told:
        copy_rows("source_record", (*RECORD, *MORE), told)
    _keep_identifiers(identifiers, now=now)
    profiling.keep_versions(versions, now=now)
    profiling.tie([(side.id, face) for side, face in zip(sides, new, strict=True) if face.about])
    return sides


def _side(record: tuple[Any, ...], face: Face, about: About | None, own: tuple[Claim, ...]) -> Side:
    identifier, source, _handle, name, _customer, is_organisation = record
    is_valid = about is not None and (about.expires_at is None or about.expires_at > about.said_at)
    return Side(
        id=identifier,
        name=name,
        source=source,
        kind=about.kind if about else 0,
        is_organisation=is_organisation,
        attributes=about.attributes if about and is_valid else None,
        address=face.address,
        url=face.url,
        identifiers=own,
    )


def _keep_identifiers(rows: Sequence[tuple[Any, ...]], *, now: datetime) -> set[int]:
    """Add what is new, or verified only now. Returns the records for which that changed anything."""
    if not rows:
        return set()
    touched = fetch(
        "INSERT INTO identifier (record_id, type, value, verified, valid_from)"
        " SELECT r, t, v, bool_or(p), %s FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::boolean[]) AS n(r, t, v, p) GROUP BY 1, 2, 3"
        " ON CONFLICT (record_id, type, value) DO UPDATE SET verified = identifier.verified OR excluded.verified, valid_to = NULL"
        " WHERE (excluded.verified AND NOT identifier.verified) OR identifier.valid_to IS NOT NULL RETURNING record_id",
        [
            now,
            array(r[0] for r in rows),
            text_array(r[1] for r in rows),
            text_array(r[2] for r in rows),
            [r[3] for r in rows],
        ],
    )
    return {record_id for (record_id,) in touched}


def _hear(known: Sequence[Face], claims: Mapping[int, list[Claim]], *, now: datetime) -> set[int]:
    """Known handles bring identifiers or say something new. Returns the records that changed by it."""
    told = [face for face in known if face.about]
    changed = set(profiling.hear(told, now=now)) if told else set()
    if changed:
        rows = fetch(
            "SELECT DISTINCT customer_id FROM source_record WHERE id = ANY(%s::bigint[])", [array(sorted(changed))]
        )
        settling.name_anew([customer_id for (customer_id,) in rows], now=now)
    if claims:
        records = fetch(
            "SELECT handle_id, id FROM source_record WHERE handle_id = ANY(%s::bigint[])",
            [array(face.handle_id for face in known)],
        )
        rows = [(record_id, *claim) for handle_id, record_id in records for claim in claims.get(handle_id, ())]
        changed |= _keep_identifiers(rows, now=now)
    return changed
