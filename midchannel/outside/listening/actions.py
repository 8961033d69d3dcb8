"""Keeping mentions."""

from collections.abc import Sequence

from midchannel.platform.database.bulk import array, execute


def note_mentions(channel_id: int, activity_ids: Sequence[int]) -> None:
    """Keep what was only overheard, on the arrival path. Nothing more happens until somebody takes a mention up."""
    if activity_ids:
        execute(
            "INSERT INTO mention (activity_id, channel_id, state) SELECT id, %s, 'new' FROM unnest(%s::bigint[]) AS id"
            " ON CONFLICT DO NOTHING",
            [channel_id, array(activity_ids)],
        )


def remove_mentions(activity_ids: Sequence[int]) -> None:
    """Remove mentions whose activities are removed as if they had never come."""
    execute("DELETE FROM mention WHERE activity_id = ANY(%s::bigint[])", [array(activity_ids)])
