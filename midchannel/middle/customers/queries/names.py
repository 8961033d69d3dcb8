"""What to call whoever is behind a handle: for rows and bubbles."""

from collections.abc import Iterable
from dataclasses import dataclass

from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class CustomerName:
    """The customer behind a handle, as the links stand now."""

    customer_id: int
    name: str
    kind: str


def get_names(handle_ids: Iterable[int]) -> dict[int, CustomerName]:
    """Handle to customer, set-based; handles that are nobody's yet (only overheard) are missing. One query.

    For pages that have proved the right to see what the handles wrote.
    """
    wanted = array(set(handle_ids))
    if wanted == "{}":
        return {}
    rows = fetch(
        "SELECT r.handle_id, c.id, c.name, c.kind FROM source_record r JOIN customer c ON c.id = r.customer_id"
        " WHERE r.handle_id = ANY(%s::bigint[])",
        [wanted],
    )
    return {row[0]: CustomerName(*row[1:]) for row in rows}


def find_records(handle_ids: Iterable[int]) -> dict[int, int]:
    """Handle to source record; handles that are nobody's yet are missing. For the machine."""
    rows = fetch("SELECT handle_id, id FROM source_record WHERE handle_id = ANY(%s::bigint[])", [array(handle_ids)])
    return dict(rows)
