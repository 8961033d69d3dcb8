"""What holds for a customer, from what their records said. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.consents.purposes import Purpose, is_allowed_unasked

GRANTED, WITHDRAWN = "granted", "withdrawn"


@dataclass(frozen=True, slots=True)
class Statement:
    """A row of `consent`, as far as it decides. `among` is set on a confirmation."""

    id: int
    record_id: int
    network: str
    state: str
    said_at: datetime
    among: tuple[int, ...] | None = None

    @property
    def order(self) -> tuple[datetime, int]:
        """Who spoke last."""
        return self.said_at, self.id


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds. `kind` says why: "default" (nobody said anything), "said" (all who said something agree), "restrictive" (they do
    not, and the no holds), "confirmed" (a person decided). `decided_by` are the statements it rests on.
    """

    is_allowed: bool
    kind: str
    decided_by: tuple[Statement, ...] = ()


def decide(
    purpose: Purpose, network: str | None, record_ids: Iterable[int], statements: Sequence[Statement]
) -> Standing:
    """What holds for whoever these records are, on a network (None: in general).

    Each record says what it said last (`_own`). One no among them is a no: it is not known that they are one person until somebody has
    confirmed that. A confirmation stands in for the records it was about as long as they are together; whatever they or others say after
    it, and what a record says that was not among them, counts beside it.
    """
    records = set(record_ids)
    ordered = sorted((s for s in statements if s.record_id in records), key=lambda s: s.order)
    voices = {record_id: said for record_id in records if (said := _own(ordered, record_id, network))}
    confirmed = _confirmation(ordered, records, network)
    if confirmed:
        among = set(confirmed.among or ())
        later = [v for r, v in voices.items() if r not in among or v.order > confirmed.order]
        spoken = [confirmed, *later]
    else:
        spoken = list(voices.values())
    if not spoken:
        return Standing(is_allowed_unasked(purpose), "default")
    refusals = [said for said in spoken if said.state == WITHDRAWN]
    if refusals and len(refusals) < len(spoken):
        return Standing(False, "restrictive", tuple(refusals))
    kind = "confirmed" if confirmed and spoken == [confirmed] else "said"
    return Standing(not refusals, kind, tuple(spoken))


def _own(ordered: Sequence[Statement], record_id: int, network: str | None) -> Statement | None:
    """What one record said last. A yes on a network is for that network; a no in general ends every yes before it, a yes in general
    leaves a no on this network as it is.
    """
    general: Statement | None = None
    here: Statement | None = None
    for said in ordered:
        if said.record_id != record_id or said.among is not None:
            continue
        if said.network and said.network == network:
            here = said
        elif not said.network:
            general = said
            if said.state == WITHDRAWN:
                here = None
    return here or general


def _confirmation(ordered: Sequence[Statement], records: set[int], network: str | None) -> Statement | None:
    """The last confirmation that holds here: for this network or any, and all its records are still one customer."""
    held = [s for s in ordered if s.among is not None and s.network in ("", network) and records.issuperset(s.among)]
    return held[-1] if held else None
