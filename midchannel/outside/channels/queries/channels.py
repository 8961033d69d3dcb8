"""Reading channels: what they are, whether they work, whose work they bring."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from midchannel.outside.channels.errors import ChannelNotFoundError
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch, text_array


@dataclass(frozen=True, slots=True)
class Source:
    """A channel as the arrival path needs it."""

    id: int
    network: str
    name: str
    scope_id: int | None
    queue_id: int | None


def get_source(channel_id: int) -> Source:
    """The channel with this id, for the machine; people use `get_channel(viewer, id)`."""
    return Source(*fetch("SELECT id, network, name, scope_id, queue_id FROM channel WHERE id = %s", [channel_id])[0])


def list_ailing() -> list[tuple[str, str]]:
    """Open channels that do not work: name and reason, for `midchannel check`."""
    return [
        (name, reason)
        for name, reason in fetch(
            "SELECT name, health_reason FROM channel WHERE closed_at IS NULL AND health = 'failing' ORDER BY name"
        )
    ]


@dataclass(frozen=True, slots=True)
class ChannelDetail:
    """A channel as people see it; its secrets are not here. `health_reason` is a sentence for whoever wants to write."""

    id: int
    network: str
    name: str
    purpose: str
    address: str
    can_send: bool
    is_public: bool
    health: str
    health_reason: str
    scope_id: int | None
    queue_id: int | None
    created_at: datetime
    closed_at: datetime | None
    is_demo: bool
    last_at: datetime | None
    config: dict[str, Any]

    @property
    def is_usable(self) -> bool:
        """Whether a reply can go out through it now."""
        return self.can_send and self.health == "ok"


CHANNEL = (
    "SELECT c.id, c.network, c.name, c.purpose, c.address, c.can_send, c.is_public, c.health, c.health_reason, c.scope_id, c.queue_id,"
    " c.created_at, c.closed_at, c.is_demo, (SELECT max(n.last_at) FROM channel_count n WHERE n.channel_id = c.id), c.config::text"
    " FROM channel c"
)


def list_channels(
    viewer: Viewer, *, ids: Sequence[int] | None = None, with_closed: bool = False
) -> list[ChannelDetail]:
    """The channels whose work the viewer sees (leads and administrators: all), by name; `ids` narrows."""
    rows = fetch(
        f"{CHANNEL} WHERE (%s OR c.scope_id IS NULL OR c.scope_id = ANY(%s::bigint[])) AND (%s OR c.id = ANY(%s::int[]))"
        " AND (%s OR c.closed_at IS NULL) ORDER BY c.closed_at IS NOT NULL, c.name",
        [viewer.is_lead, array(viewer.scope_ids), ids is None, array(ids or ()), with_closed or ids is not None],
    )
    return [_detail(row) for row in rows]


def get_channel(viewer: Viewer, channel_id: int) -> ChannelDetail:
    """One channel. Raises ChannelNotFoundError when the viewer may not see it."""
    found = list_channels(viewer, ids=[channel_id])
    if not found:
        raise ChannelNotFoundError
    return found[0]


def _detail(row: Sequence[Any]) -> ChannelDetail:
    return ChannelDetail(*(*row[:15], msgspec.json.decode(row[15])))


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A collector's token, without its secret."""

    id: int
    created_at: datetime
    revoked_at: datetime | None


def list_tokens(viewer: Viewer, channel_id: int) -> list[TokenRow]:
    """A collector's tokens, newest first; for administrators, empty for others."""
    if not viewer.is_administrator:
        return []
    return [
        TokenRow(*row)
        for row in fetch(
            "SELECT id, created_at, revoked_at FROM channel_token WHERE channel_id = %s ORDER BY id DESC LIMIT 100",
            [channel_id],
        )
    ]


@dataclass(frozen=True, slots=True)
class HandleDetail:
    """A handle as people see it."""

    id: int
    network: str
    address: str
    name: str
    url: str
    blocked_at: datetime | None


def get_handles(handle_ids: Sequence[int]) -> dict[int, HandleDetail]:
    """Handles by id, for pages that have proved the right to see what they belong to."""
    rows = fetch(
        "SELECT id, network, address, name, url, blocked_at FROM handle WHERE id = ANY(%s::bigint[])",
        [array(handle_ids)],
    )
    return {row[0]: HandleDetail(*row) for row in rows}


def find_handles(network: str, addresses: Iterable[str]) -> dict[str, int]:
    """Which of these addresses are known on a network: address to handle. For the machine."""
    rows = fetch(
        "SELECT address, id FROM handle WHERE network = %s AND address = ANY(%s::text[])",
        [network, text_array(addresses)],
    )
    return dict(rows)


def is_origin_allowed(networks: Sequence[str], origin: str) -> bool:
    """Whether an open channel of these networks takes messages from pages of this origin (`https://shop.example`)."""
    rows = fetch(
        "SELECT 1 FROM channel WHERE closed_at IS NULL AND network = ANY(%s::text[])"
        " AND jsonb_exists_any(coalesce(config->'origins', '[]'), ARRAY['*', %s]) LIMIT 1",
        [text_array(networks), origin],
    )
    return bool(rows)


def list_blocked(viewer: Viewer, *, before: datetime | None = None, limit: int = 50) -> list[HandleDetail]:
    """Blocked handles, the last blocked first; for leads and administrators, empty for others."""
    if not viewer.is_lead:
        return []
    rows = fetch(
        "SELECT id, network, address, name, url, blocked_at FROM handle"
        " WHERE blocked_at IS NOT NULL AND (%s::timestamptz IS NULL OR blocked_at < %s) ORDER BY blocked_at DESC LIMIT %s",
        [before, before, limit],
    )
    return [HandleDetail(*row) for row in rows]
