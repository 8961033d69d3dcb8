"""Whose is it? Pure thought about evidence; where records come from and what becomes of the answer is not known here.

For now one rule: exact verified identifiers. The weights of a trained model go behind the same seam, `decide`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RULE = "exact-identifier/1"


@dataclass(frozen=True, slots=True)
class Claim:
    """An identifier of a record: its type, its normal form, and whether its source had proof."""

    type: str
    value: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which customer a record belongs to (None: to nobody known), and why."""

    customer_id: int | None
    rule: str
    evidence: dict[str, str]


def decide(
    claims: Sequence[Claim], holders: Mapping[tuple[str, str], int], *, apart: frozenset[int] = frozenset()
) -> Verdict:
    """Decide by exact verified identifiers. `holders` maps (type, value) to the customer that holds it verified.

    Where identifiers point to several customers, the one known longest (the smallest id) is taken. `apart` are customers that a
    person said this record does not belong to. A name never decides.
    """
    held = sorted(
        (holders[claim.type, claim.value], claim.type, claim.value)
        for claim in claims
        if claim.verified and (claim.type, claim.value) in holders and holders[claim.type, claim.value] not in apart
    )
    if not held:
        return Verdict(None, RULE, {})
    customer_id, type_, value = held[0]
    return Verdict(customer_id, RULE, {"identifier": type_, "value": value})
