"""What the company may want to do with what it knows of somebody, and whether it may before they were asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """One purpose. Its value is stored: never rename one."""

    SERVICE = "service"
    MARKETING = "marketing"
    PROFILING = "profiling"
    LOCATION = "location"
    SHARING = "sharing"


@dataclass(frozen=True, slots=True)
class Ground:
    """What holds while nobody has said anything: allowed or not, and on which basis in law (GDPR, article 6)."""

    is_allowed: bool
    basis: str


# The one place where this is decided.
GROUNDS: Mapping[Purpose, Ground] = {
    Purpose.SERVICE: Ground(True, "6(1)(b), 6(1)(f)"),
    Purpose.MARKETING: Ground(False, "6(1)(a)"),
    Purpose.PROFILING: Ground(False, "6(1)(a)"),
    Purpose.LOCATION: Ground(False, "6(1)(a)"),
    Purpose.SHARING: Ground(False, "6(1)(a)"),
}


def is_allowed_unasked(purpose: Purpose) -> bool:
    """Whether the company may, as long as nobody has said anything."""
    return GROUNDS[purpose].is_allowed
