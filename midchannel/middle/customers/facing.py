"""What is known of a handle that is to be recognised, as the arrival path gives it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from midchannel.middle.customers.models import RecordKind

NO_CLAIM: tuple[tuple[str, str, bool], ...] = ()
KINDS = {
    "social": int(RecordKind.SOCIAL),
    "business": int(RecordKind.BUSINESS),
    "tracked": int(RecordKind.TRACKED),
    "third-party": int(RecordKind.THIRD_PARTY),
}
TRUST = {KINDS["social"]: 40, KINDS["business"]: 80, KINDS["tracked"]: 30, KINDS["third-party"]: 20}


@dataclass(frozen=True, slots=True)
class Tie:
    """An organisation that somebody belongs to, by the organisation's handle."""

    handle_id: int
    role: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What one source said at one time: all its fields, in the place of what it said before; of a partial one, only those it names.

    `kind` is a RecordKind.
    """

    attributes: dict[str, Any]
    said_at: datetime
    name: str = ""
    kind: int = 0
    trust: int | None = None
    lawful_basis: str | None = None
    expires_at: datetime | None = None
    is_organisation: bool = False
    ties: tuple[Tie, ...] | None = None
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """A handle to be recognised.

    `claims` are (type, value, verified) as its network gave them, `about` what was said about it, oldest first.
    """

    handle_id: int
    name: str
    address: str
    is_new: bool
    claims: tuple[tuple[str, str, bool], ...] = NO_CLAIM
    about: Sequence[About] = ()
    url: str = ""
    is_organisation: bool = False

    @property
    def attributes(self) -> dict[str, Any] | None:
        """What is known of them now; None when nothing was said."""
        return self.about[-1].attributes if self.about else None
