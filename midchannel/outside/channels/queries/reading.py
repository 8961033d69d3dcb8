"""What `usecases.read_channels` needs to know. For the machine: there is no viewer."""

from dataclasses import dataclass

from midchannel.platform.database.bulk import fetch


@dataclass(frozen=True, slots=True)
class Readable:
    """An open channel that is not paused; `version` changes with its settings."""

    id: int
    network: str
    version: str


def list_readable() -> list[Readable]:
    """Every channel whose network may be asked for news."""
    rows = fetch(
        "SELECT id, network, md5(concat_ws('/', name, address, config::text, encode(sealed, 'hex'))) FROM channel"
        " WHERE health IN ('ok', 'failing') ORDER BY id"
    )
    return [Readable(*row) for row in rows]


def get_health(channel_id: int) -> str:
    """Whether a channel works, as of now."""
    return str(fetch("SELECT health FROM channel WHERE id = %s", [channel_id])[0][0])
