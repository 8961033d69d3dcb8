"""How many notices wait for the reader: the number on the bell."""

from typing import Any


def count_unread(user: Any) -> int:
    """Unread notices of the signed-in person."""
    return 0
