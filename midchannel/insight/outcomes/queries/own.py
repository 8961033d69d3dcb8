"""One's own figures. They can be asked for nobody else: the person is the viewer, and nothing names another."""

from dataclasses import dataclass

from midchannel.insight.facts import queries as facts
from midchannel.insight.facts import spreads
from midchannel.insight.facts.kinds import Fact
from midchannel.insight.facts.spreads import Quantile
from midchannel.insight.outcomes.periods import Period
from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class Own:
    """What the viewer did in a period."""

    replies: int
    first_answers: int
    resolved: int
    failed: int
    first_answer: Quantile | None


def get_own(viewer: Viewer, period: Period) -> Own:
    """The viewer's own figures."""
    counts = facts.count_own(viewer, since=period.since, until=period.until)
    spread = facts.own_spread(viewer, Fact.FIRST_ANSWER, since=period.since, until=period.until)
    return Own(
        replies=counts.get(Fact.REPLY_SENT, 0),
        first_answers=counts.get(Fact.FIRST_ANSWER, 0),
        resolved=counts.get(Fact.RESOLVED, 0),
        failed=counts.get(Fact.DELIVERY_FAILED, 0),
        first_answer=spreads.quantile(spread, 0.5),
    )
