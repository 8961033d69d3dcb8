"""Reading channels, what arrived, and what is on its way out."""

from collections.abc import Iterable
from dataclasses import dataclass

from midchannel.platform.database.bulk import array, fetch


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


def find_activities(keys: Iterable[str]) -> dict[str, int]:
    """Which of these keys have been seen: key to the id of its activity (or of our own message)."""
    wanted = array(keys)
    if wanted == "{}":
        return {}
    rows = fetch("SELECT key, activity_id FROM seen WHERE key = ANY(%s::uuid[])", [wanted])
    return {key.hex: activity_id for key, activity_id in rows}


def list_ailing() -> list[tuple[str, str]]:
    """Open channels that do not work: name and reason, for `midchannel check`."""
    return [
        (name, reason)
        for name, reason in fetch(
            "SELECT name, health_reason FROM channel WHERE closed_at IS NULL AND health = 'failing' ORDER BY name"
        )
    ]
