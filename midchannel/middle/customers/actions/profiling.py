"""What a source says about somebody: kept on its record as it says it now; what it said before becomes a version."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from midchannel.middle.customers.facing import TRUST, About, Face
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch

_encode = msgspec.json.encode


def hear(faces: Sequence[Face], *, now: datetime) -> list[int]:
    """Keep what is said about some handles, in the order of the times it was said, whatever the order it comes in.

    The same again changes nothing. Returns the records whose attributes changed.
    """
    rows = fetch(
        "SELECT handle_id, id, name, attributes::text, said_at, customer_id FROM source_record WHERE handle_id = ANY(%s::bigint[])"
        " ORDER BY id FOR UPDATE",
        [array(face.handle_id for face in faces)],
    )
    records = {row[0]: row[1:] for row in rows}
    versions: list[tuple[Any, ...]] = []
    changed: list[int] = []
    for face in faces:
        if face.handle_id not in records:  # of the merely overheard there is no record
            continue
        record_id, name, text, said_at, _customer = records[face.handle_id]
        held = About(msgspec.json.decode(text), said_at, name) if text is not None else None
        newest = _place(record_id, held, face.about, versions)
        if newest is not held and newest is not None:
            _write(record_id, newest, name)
            if held is None or newest.attributes != held.attributes or (newest.name and newest.name != held.name):
                changed.append(record_id)
        for about in face.about:
            if about.ties is not None and (newest is about or about.is_partial):
                _tie(record_id, about)
    keep_versions(versions, now=now)
    return changed


def first(record_id: int, said: Sequence[About]) -> tuple[About | None, list[tuple[Any, ...]]]:
    """What a new record says (None: nothing), and the versions before it."""
    if not said:
        return None, []
    versions: list[tuple[Any, ...]] = []
    return _place(record_id, None, said, versions), versions


def columns(about: About) -> tuple[Any, ...]:
    """attributes, kind, trust, lawful_basis, expires_at and said_at, for COPY."""
    return (
        _encode(about.attributes).decode(),
        about.kind,
        TRUST[about.kind] if about.trust is None else about.trust,
        about.lawful_basis,
        about.expires_at,
        about.said_at,
    )


def keep_versions(versions: Sequence[tuple[Any, ...]], *, now: datetime) -> None:
    """Versions as `first` gives them."""
    if versions:
        taken = ids.take_many(len(versions), now=now)
        names = ("id", "record_id", "name", "attributes", "at")
        copy_rows("source_record_version", names, [(i, *row) for i, row in zip(taken, versions, strict=True)])


def tie(records: Sequence[tuple[int, Face]]) -> None:
    """The organisations that new records name."""
    for record_id, face in records:
        for about in face.about:
            if about.ties:
                _tie(record_id, about)


def _place(record_id: int, held: About | None, said: Sequence[About], versions: list[tuple[Any, ...]]) -> About | None:
    """The newest of what was held and what is said; all else goes to `versions`."""
    newest = held
    for about in said:
        if newest is None:
            newest = about
        elif about.is_partial:
            newest = _merged(record_id, newest, about, versions)
        elif about.said_at < newest.said_at:
            if about.attributes != newest.attributes:
                versions.append(_version(record_id, about))
        else:
            if about.attributes != newest.attributes or (about.name and about.name != newest.name):
                versions.append(_version(record_id, newest))
            newest = about
    return newest


def _merged(record_id: int, known: About, about: About, versions: list[tuple[Any, ...]]) -> About:
    """What was known with what is said now, field by field; of two that name one field, the later said holds."""
    if about.said_at < known.said_at:
        whole = {**about.attributes, **known.attributes}
        return (
            known
            if whole == known.attributes
            else replace(about, attributes=whole, said_at=known.said_at, name=known.name)
        )
    whole = {**known.attributes, **about.attributes}
    name = about.name or known.name
    if whole != known.attributes or name != known.name:
        versions.append(_version(record_id, known))
    return replace(about, attributes=whole, name=name)


def _version(record_id: int, about: About) -> tuple[int, str, str, str]:
    return (record_id, about.name, _encode(about.attributes).decode(), about.said_at.isoformat())


def _write(record_id: int, about: About, name: str) -> None:
    execute(
        "UPDATE source_record SET attributes = %s, said_at = %s, kind = %s, trust = %s, lawful_basis = %s, expires_at = %s,"
        " is_organisation = %s, name = %s WHERE id = %s",
        [
            _encode(about.attributes).decode(),
            about.said_at,
            about.kind,
            TRUST[about.kind] if about.trust is None else about.trust,
            about.lawful_basis,
            about.expires_at,
            about.is_organisation,
            about.name or name,
            record_id,
        ],
    )


def _tie(record_id: int, about: About) -> None:
    """The organisations that a source names are all those it knows of: others of this record end, unless it only adds one."""
    ties = about.ties or ()
    organisations = dict(
        fetch(
            "SELECT handle_id, id FROM source_record WHERE handle_id = ANY(%s::bigint[])",
            [array(tie.handle_id for tie in ties)],
        )
    )
    if not about.is_partial:
        execute("DELETE FROM customer_membership WHERE person_id = %s", [record_id])
    for tie in ties:
        if tie.handle_id in organisations and organisations[tie.handle_id] != record_id:
            execute(
                "INSERT INTO customer_membership (person_id, organisation_id, role, since, until) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [record_id, organisations[tie.handle_id], tie.role, tie.since, tie.until],
            )


def forget(handle_ids: Sequence[int]) -> list[int]:
    """The source took back what it said: nothing of it is kept, nor what it said before. Returns the records."""
    rows = fetch(
        "UPDATE source_record SET attributes = NULL, said_at = NULL, expires_at = NULL WHERE handle_id = ANY(%s::bigint[])"
        " AND attributes IS NOT NULL RETURNING id",
        [array(handle_ids)],
    )
    gone = [record_id for (record_id,) in rows]
    execute("DELETE FROM source_record_version WHERE record_id = ANY(%s::bigint[])", [array(gone)])
    execute("DELETE FROM customer_membership WHERE person_id = ANY(%s::bigint[])", [array(gone)])
    return gone
