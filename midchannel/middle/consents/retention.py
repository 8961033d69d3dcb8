"""The kinds of things that may be kept for a limited time, and the shortest time one may choose."""

from collections.abc import Mapping

# Kind: the days that are proposed, and the fewest that may be chosen.
KINDS: Mapping[str, tuple[int, int]] = {
    "overheard": (90, 1),
    "visits": (365, 1),
    "conversations": (1095, 30),
    "parked": (90, 7),
    "raw": (365, 7),
    "exports": (14, 1),
    "backups": (30, 1),
    "audit": (1095, 365),
}
