"""Restore profiles: after an import was taken back, what is known of somebody is made anew from what is left of what was said of them.

So a record is afterwards as it was before the import, whatever came in between: the documents are the truth, the record is computed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from midchannel.middle.customers import actions as customers
from midchannel.middle.customers.actions import removing
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import documents
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.actions import Applying
from midchannel.outside.channels.documents import CannotApplyError, Envelope
from midchannel.outside.channels.kinds import Verdict
from midchannel.outside.channels.queries import profiles
from midchannel.outside.channels.queries.profiles import ProfileRef
from midchannel.usecases import recognise

NEW = int(Verdict.NEW)


@dataclass(frozen=True, slots=True)
class Touched:
    """Whose profiles are about to be taken back, what those claimed, and which organisations they named."""

    handle_ids: frozenset[int] = frozenset()
    claims: dict[int, set[tuple[str, str]]] = field(default_factory=dict)
    named: frozenset[int] = frozenset()


def note(ids: Sequence[int], *, now: datetime) -> Touched:
    """Look at activities and versions before they are removed."""
    refs = profiles.list_profiles_among(ids)
    if not refs:
        return Touched()
    said = _read(refs, now=now)
    claims: dict[int, set[tuple[str, str]]] = defaultdict(set)
    ties: dict[str, set[str]] = defaultdict(set)
    networks = {ref.channel_id: channel_queries.get_source(ref.channel_id).network for ref in refs}
    for ref in refs:
        if ref.id in said:
            claims[ref.handle_id] |= {(each.type, each.value) for each in said[ref.id].identifiers}
            ties[networks[ref.channel_id]] |= {tie.id for tie in said[ref.id].ties or ()}
    named = {
        handle_id
        for network, ids_ in ties.items()
        for handle_id in channel_queries.find_handles(network, sorted(ids_)).values()
    }
    return Touched(frozenset(ref.handle_id for ref in refs), dict(claims), frozenset(named))


def restore(touched: Touched, *, now: datetime) -> None:
    """Make the records anew, after the removal and in its transaction."""
    if not touched.handle_ids:
        return
    handles = sorted(touched.handle_ids)
    left = profiles.list_profiles_of(handles)
    said = _read(left, now=now)
    kept: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for ref in left:
        if ref.id in said:
            kept[ref.handle_id] |= {(each.type, each.value) for each in said[ref.id].identifiers}
    gone = {handle: claims - kept[handle] for handle, claims in touched.claims.items()}
    removing.forget_claims({handle: sorted(claims) for handle, claims in gone.items() if claims})
    customers.forget_attributes(handles, now=now)
    by_channel: dict[int, list[Applying]] = defaultdict(list)
    for ref in left:
        if ref.id in said:
            by_channel[ref.channel_id].append(Applying(ref.id, NEW, ref.id, b"", said[ref.id]))
    for channel_id, items in by_channel.items():
        source = channel_queries.get_source(channel_id)
        known = channels.know_handles(source.network, recognise.people_of(items), now=now)
        recognise.recognise(source, items, known, now=now)


def _read(refs: Sequence[ProfileRef], *, now: datetime) -> dict[int, Envelope]:
    """What they say, each at the time it was said then: a document that names none would say now."""
    found: dict[int, Envelope] = {}
    said_at = {ref.id: ref.at for ref in refs}
    for identifier, raw in profiles.get_originals(list(said_at)).items():
        try:
            envelope = documents.read(raw, now=now, is_stored=True)
        except CannotApplyError:  # it could be applied once, and is no worse than nothing now
            continue
        envelope.at = said_at[identifier]
        found[identifier] = envelope
    return found
