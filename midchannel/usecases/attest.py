"""Attest: what arriving messages of a tracker say beside what was done: on whose device, under which other id, and what was allowed.

Called by `arrive` once everybody of the batch is known. A device gets a record only when somebody has signed in on it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from midchannel.middle.consents import actions as consents
from midchannel.middle.consents import queries as consent_queries
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers import queries as customer_queries
from midchannel.middle.customers.actions import About, Alias, Device, Face
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels import registry
from midchannel.outside.channels.actions import Applying
from midchannel.outside.channels.kinds import Flag
from midchannel.outside.channels.queries import Source
from midchannel.platform.audit.actions import Actor

ADDRESSED = int(Flag.ADDRESSED)
TRACKER = Actor("tracking")
HOW = "consent tool"


def attest(source: Source, items: Sequence[Applying], known: channels.Known, *, now: datetime) -> None:
    """Keep what new messages attest. Nothing for networks whose documents are anybody's to write."""
    if registry.get_translator(source.network) is None:
        return
    told = [item for item in items if item.envelope.data]
    pairs: dict[tuple[str, str], datetime] = {}
    aliases: list[tuple[str, str, bool]] = []
    for item in told:
        envelope, data = item.envelope, item.envelope.data or {}
        if isinstance(data.get("device"), str) and envelope.flags & ADDRESSED:
            pairs.setdefault((data["device"], envelope.address), envelope.at)
        if isinstance(data.get("alias"), dict):
            _alias(source.network, envelope.address, data["alias"], envelope.at, pairs, aliases)
    if pairs or aliases:
        _tie(source, pairs, aliases, known, now=now)
    _keep_consents(source, told, known, now=now)


def _alias(  # noqa: PLR0917 - what was said, and where it goes
    network: str,
    address: str,
    said: Mapping[str, Any],
    at: datetime,
    pairs: dict[tuple[str, str], datetime],
    aliases: list[tuple[str, str, bool]],
) -> None:
    """The former id is a visitor's, or a user's: whoever of the two is known by it."""
    user, visitor = str(said.get("user", "")), str(said.get("visitor", ""))
    if user == address:
        return
    if user in channel_queries.find_handles(network, [user]):
        aliases.append((address, user, said.get("is_proven") is True))
    else:
        pairs.setdefault((visitor, address), at)


def _tie(
    source: Source,
    pairs: Mapping[tuple[str, str], datetime],
    aliases: Sequence[tuple[str, str, bool]],
    known: channels.Known,
    *,
    now: datetime,
) -> None:
    moments: dict[str, datetime] = {}
    for (device, _user), at in pairs.items():
        moments[device] = min(moments.get(device, at), at)
    met = channels.know_handles(source.network, {device: channels.Met("", "", True) for device in moments}, now=now)
    faces = [
        Face(
            met.ids[device],
            "",
            device,
            is_new=True,
            about=(About({}, at, kind=customers.KINDS["tracked"], is_partial=True),),
        )
        for device, at in moments.items()
        if met.ids[device] in met.first_met
    ]
    if faces:
        customers.recognise(faces, source=source.network, now=now)
    others = channel_queries.find_handles(source.network, {address for each in aliases for address in each[:2]})
    customers.attest(
        [Device(met.ids[device], known.ids[user]) for device, user in pairs],
        [Alias(others[one], others[two], proven) for one, two, proven in aliases if one in others and two in others],
        now=now,
    )


def _keep_consents(source: Source, items: Sequence[Applying], known: channels.Known, *, now: datetime) -> None:
    """What people allowed, as the company's consent tool tells it with every message: written down when it changes."""
    said: dict[tuple[int, str], tuple[Applying, bool]] = {}
    for item in sorted(items, key=lambda each: each.envelope.at):
        consent = (item.envelope.data or {}).get("consent")
        purposes = consent.get("purposes") if isinstance(consent, dict) else None
        for purpose, is_allowed in (purposes or {}).items():
            said[known.ids[item.envelope.address], purpose] = (item, bool(is_allowed))
    if not said:
        return
    records = customer_queries.find_records({handle for handle, _ in said})
    last = consent_queries.last_said(records.values())
    for (handle_id, purpose), (item, is_allowed) in said.items():
        state = "granted" if is_allowed else "withdrawn"
        record_id = records.get(handle_id)
        if record_id is None or last.get((record_id, purpose)) == state:
            continue
        consents.record_consent(
            TRACKER,
            record_id,
            purpose=purpose,
            state=state,
            how=HOW,
            proof={
                "channel": source.name,
                "activity": str(item.id),
                "said": (item.envelope.data or {})["consent"]["said"],
            },
            said_at=item.envelope.at,
            now=now,
        )
