"""The documents that say what is known of somebody, as they arrived, for the machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from midchannel.outside.channels.actions.filing import unpack
from midchannel.outside.channels.kinds import Kind
from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class ProfileRef:
    """A profile, or a later version of one: its id, the handle it is about, the channel it came by, and when it was said."""

    id: int
    handle_id: int
    channel_id: int
    at: datetime


def list_profiles_of(handle_ids: Sequence[int]) -> list[ProfileRef]:
    """Every profile of some handles with its versions, in the order of arrival."""
    rows = fetch(
        "SELECT a.id, a.handle_id, a.channel_id, a.at FROM activity a WHERE a.handle_id = ANY(%s::bigint[]) AND a.kind = %s"
        " UNION ALL SELECT v.id, a.handle_id, a.channel_id, v.at FROM activity_version v JOIN activity a ON a.id = v.activity_id"
        " WHERE a.handle_id = ANY(%s::bigint[]) AND a.kind = %s AND NOT v.deleted ORDER BY 1",
        [array(handle_ids), int(Kind.PROFILE), array(handle_ids), int(Kind.PROFILE)],
    )
    return [ProfileRef(*row) for row in rows]


def list_profiles_among(ids: Sequence[int]) -> list[ProfileRef]:
    """Those of some activities and versions that are profiles."""
    rows = fetch(
        "SELECT id, handle_id, channel_id, at FROM activity WHERE id = ANY(%s::bigint[]) AND kind = %s"
        " UNION ALL SELECT v.id, a.handle_id, a.channel_id, v.at FROM activity_version v JOIN activity a ON a.id = v.activity_id"
        " WHERE v.id = ANY(%s::bigint[]) AND a.kind = %s",
        [array(ids), int(Kind.PROFILE), array(ids), int(Kind.PROFILE)],
    )
    return [ProfileRef(*row) for row in rows]


def get_originals(ids: Sequence[int]) -> dict[int, bytes]:
    """The documents of some activities and versions as they arrived, each block opened once; without those whose words were taken back."""
    wanted = set(ids)
    rows = fetch(
        "SELECT first_id, body FROM arrival WHERE first_id IN"
        " (SELECT (SELECT max(a.first_id) FROM arrival a WHERE a.first_id <= i) FROM unnest(%s::bigint[]) AS i)",
        [array(sorted(wanted))],
    )
    return {
        first_id + position: raw
        for first_id, body in rows
        for position, _verdict, _target, raw in unpack(body)
        if raw and first_id + position in wanted
    }
