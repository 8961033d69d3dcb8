"""What somebody wants with a text: several intents may hold of one, and `other` holds where none does."""

LABELS: tuple[str, ...] = (
    "complaint",
    "question",
    "praise",
    "purchase_interest",
    "idea",
    "churn_risk",
    "cancellation",
    "other",
)
"""The names of the intents, as they stand in a reading."""
