"""Who is met in a batch, and what is said of them: from envelopes to the faces that `customers.actions.recognise` takes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from midchannel.middle.customers import actions as customers
from midchannel.middle.customers.actions import About, Face
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.actions import Applying
from midchannel.outside.channels.documents import Envelope
from midchannel.outside.channels.kinds import Flag, Kind, Verdict
from midchannel.outside.channels.queries import Source
from midchannel.outside.channels.vocabulary import Provenance, Tie

ADDRESSED, OUTGOING = int(Flag.ADDRESSED), int(Flag.OUTGOING)
PROFILE = int(Kind.PROFILE)
DELETE = int(Verdict.DELETE)
NOTHING_SAID = Provenance()


def people_of(items: Sequence[Applying]) -> dict[str, channels.Met]:
    """Everybody a batch names, by address: authors, participants, and the organisations they belong to."""
    people: dict[str, channels.Met] = {}
    for item in items:
        envelope = item.envelope
        addressed = bool(envelope.flags & ADDRESSED) or (
            envelope.address in people and people[envelope.address].addressed
        )
        people[envelope.address] = channels.Met(
            envelope.name, envelope.url, addressed and not envelope.flags & OUTGOING
        )
        for other in envelope.participants:
            if other.id and other.id not in people:
                people[other.id] = channels.Met(other.name or "", "", True)
        for tie in envelope.ties or ():
            if tie.id and tie.id not in people:
                people[tie.id] = channels.Met(tie.name, "", bool(envelope.flags & ADDRESSED))
    return people


def recognise(source: Source, items: Sequence[Applying], known: channels.Known, *, now: datetime) -> None:
    """Customers are made only of those who talked to the company, or whom it talked to; never of the merely overheard."""
    faces: dict[int, Face] = {}
    for item in items:
        envelope = item.envelope
        handle_id = known.ids[envelope.address]
        is_new = handle_id in known.first_met
        if (is_new or envelope.identifiers or envelope.attributes is not None) and not envelope.flags & OUTGOING:
            face = _face_of(envelope, handle_id, known, is_new=is_new)
            faces[handle_id] = _joined(faces[handle_id], face) if handle_id in faces else face
        for other in envelope.participants:
            identifier = known.ids.get(other.id)
            if identifier in known.first_met and identifier not in faces:
                faces[identifier] = Face(identifier, other.name or "", other.id, is_new=True)
        for tie in envelope.ties or ():
            identifier = known.ids.get(tie.id)
            if identifier in known.first_met and identifier not in faces:
                faces[identifier] = Face(identifier, tie.name, tie.id, is_new=True, is_organisation=True)
    if faces:
        customers.recognise(list(faces.values()), source=source.network, now=now)
    if known.renamed:
        customers.rename(known.renamed)


def hear_again(source: Source, later: Sequence[Applying], *, now: datetime) -> None:
    """Profiles that were edited or taken back: the record says what they say now."""
    edits = [item for item in later if item.envelope.kind == PROFILE and item.envelope.flags & ADDRESSED]
    if edits:
        recognise(source, edits, channels.know_handles(source.network, people_of(edits), now=now), now=now)
    deletions = [item.target for item in later if item.verdict == DELETE]
    if deletions:
        gone = channel_queries.find_profiles(deletions)
        if gone:
            customers.forget_attributes(sorted(set(gone.values())), now=now)


def _face_of(envelope: Envelope, handle_id: int, known: channels.Known, *, is_new: bool) -> Face:
    claims = tuple((i.type, i.value, i.verified) for i in envelope.identifiers)
    about: tuple[About, ...] = ()
    if envelope.attributes is not None:
        about = (_about(envelope, known),)
    return Face(
        handle_id, envelope.name, envelope.address, is_new, claims, about, envelope.url, envelope.is_organisation
    )


def _about(envelope: Envelope, known: channels.Known) -> About:
    told = envelope.provenance or NOTHING_SAID
    kind = customers.KINDS.get(told.kind, customers.KINDS["social"])
    return About(
        attributes=envelope.attributes or {},
        said_at=envelope.at,
        name=envelope.name,
        kind=kind,
        trust=min(max(told.trust, 0), 100) if told.trust is not None else customers.TRUST[kind],
        lawful_basis=told.lawful_basis[:200] or None,
        expires_at=told.expires_at,
        is_organisation=envelope.is_organisation,
        ties=tuple(_ties(envelope.ties, known)) if envelope.ties is not None else None,
        is_partial=told.is_partial,
    )


def _ties(ties: Iterable[Tie], known: channels.Known) -> Iterable[customers.Tie]:
    for tie in ties:
        if tie.id in known.ids:
            yield customers.Tie(known.ids[tie.id], tie.role[:200], _day(tie.since), _day(tie.until))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _joined(one: Face, two: Face) -> Face:
    """What several documents of a batch say of one handle."""
    claims = tuple(dict.fromkeys((*one.claims, *two.claims)))
    about = tuple(sorted((*one.about, *two.about), key=lambda each: each.said_at))
    return replace(one, claims=claims, about=about, is_organisation=one.is_organisation or two.is_organisation)
