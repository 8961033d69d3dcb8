"""A reading as the row that is kept of it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.engines.language.reading import Reading
from midchannel.middle.signals import labels

# What a label adds to the weight by which queues are ordered, where it is certain.
WEIGHTS = {"complaint": 350, "churn_risk": 450, "cancellation": 400, "question": 60, "purchase_interest": 120}
OF_URGENCY, OF_NEGATIVE = 500, 150
MOST = 1000
PRESSING = frozenset({"complaint", "churn_risk", "cancellation"})


@dataclass(frozen=True, slots=True)
class Read:
    """A text that was read: which activity, when it was said, through which channel."""

    id: int
    at: datetime
    channel_id: int
    reading: Reading


def thousandths(probability: float) -> int:
    """A probability as it is kept."""
    return min(max(int(probability * 1000 + 0.5), 0), 1000)


def press(*, urgency: float, negative: float, intents: dict[str, float], is_spam: bool) -> int:
    """How much a text presses, 0 to 1,000: urgency, complaint, churn risk, cancellation and anger add up, each by how sure it is."""
    if is_spam:
        return 0
    told = sum(WEIGHTS.get(name, 0) * sure for name, sure in intents.items())
    return min(round(OF_URGENCY * urgency + OF_NEGATIVE * max(negative - 0.5, 0) * 2 + told), MOST)


def detail_of(reading: Reading) -> dict[str, Any]:
    """What only some texts have, with probabilities as they are."""
    found: dict[str, Any] = {}
    if reading.emotions:
        found["emotions"] = reading.emotions
    if reading.basic_emotions:
        found["basic"] = reading.basic_emotions
    if reading.intents:
        found["intents"] = dict(reading.intents)
    if reading.topics:
        found["topics"] = dict(reading.topics)
    if reading.urgency_rules:
        found["rules"] = reading.urgency_rules
    if reading.personal:
        found["personal"] = sorted({each.type for each in reading.personal})
    if reading.hate >= 0.5:
        found["hate"] = reading.hate
    return found


def is_spam(reading: Reading) -> bool:
    """Whether the text is said to be spam."""
    return reading.spam >= labels.SPAM_FROM


def presses(reading: Reading) -> bool:
    """Whether somebody should look soon: urgent, a complaint, a churn risk or a cancellation, and no spam."""
    told = {name for name, _ in reading.intents}
    return not is_spam(reading) and (reading.urgency >= labels.URGENT_FROM or bool(told & PRESSING))
