"""Whether a lifetime value can be told, by currency."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.insight.worth.models import WorthFit


@dataclass(frozen=True, slots=True)
class FitCard:
    """A fit, or why there is none: `reason` is "few_customers", "few_repeaters" or "not_fitted"."""

    currency: str
    at: datetime
    customers: int
    repeaters: int
    orders: int
    parameters: dict[str, Any] | None
    correlation: float | None
    reason: str


def list_fits() -> list[FitCard]:
    """Every currency's, the one with most customers first."""
    return [
        FitCard(
            fit.currency,
            fit.at,
            fit.customers,
            fit.repeaters,
            fit.orders,
            fit.parameters,
            fit.correlation,
            fit.reason,
        )
        for fit in WorthFit.objects.order_by("-customers", "currency")
    ]
