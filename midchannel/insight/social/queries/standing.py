"""The last ranking and its communities. They name nobody by themselves; whose place it is stands in their score."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.insight.social.models import Community, Ranking


@dataclass(frozen=True, slots=True)
class RankingCard:
    """The last ranking: when, over what, and how it found the communities."""

    id: int
    at: datetime
    since: datetime
    people: int
    ties: int
    communities: int
    method: str


@dataclass(frozen=True, slots=True)
class CommunityCard:
    """A community of a ranking. `voice` is its share of what is said to the company in public."""

    number: int
    size: int
    voice: float
    handle_ids: tuple[int, ...]
    words: tuple[str, ...]


def get_ranking() -> RankingCard | None:
    """The last ranking, None before the first."""
    found = Ranking.objects.order_by("-pk").first()
    if found is None:
        return None
    return RankingCard(found.pk, found.at, found.since, found.people, found.ties, found.communities, found.method)


def get_community(ranking_id: int, number: int) -> CommunityCard | None:
    """A community of a ranking that is still kept."""
    found = Community.objects.filter(ranking_id=ranking_id, number=number).first()
    if found is None:
        return None
    return CommunityCard(found.number, found.size, found.voice, tuple(found.handles), tuple(found.words))
