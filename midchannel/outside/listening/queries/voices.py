"""Reading shares of voice: whose share of what is said is how large, with an interval, by a version of the set of names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from midchannel.engines.alarm import shares
from midchannel.engines.alarm.shares import Share
from midchannel.outside.listening.actions.voices import Name
from midchannel.outside.listening.errors import VoiceSetNotFoundError
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class VersionRow:
    """The names of a set from a moment on, with why they were changed."""

    number: int
    names: tuple[Name, ...]
    searches: tuple[int, ...]
    reason: str
    made_at: datetime
    made_by_name: str


@dataclass(frozen=True, slots=True)
class VoiceSetRow:
    """A set with its versions, the last first."""

    id: int
    name: str
    versions: tuple[VersionRow, ...]
    counted_since: datetime
    is_counting: bool

    def version(self, number: int | None) -> VersionRow:
        """One of them; the last when there is no such."""
        return next((each for each in self.versions if each.number == number), self.versions[0])


def list_sets(viewer: Viewer, *, only: int | None = None) -> list[VoiceSetRow]:
    """All sets by name."""
    rows = fetch(
        "SELECT v.voice_set_id, v.number, v.names::text, v.searches, v.reason, v.made_at, v.made_by_name FROM voice_version v"
        " WHERE %s::bigint IS NULL OR v.voice_set_id = %s ORDER BY v.voice_set_id, v.number DESC",
        [only, only],
    )
    versions: dict[int, list[VersionRow]] = {}
    for set_id, number, names, searches, reason, made_at, by in rows:
        read = msgspec.json.decode(names, type=tuple[Name, ...])
        versions.setdefault(set_id, []).append(VersionRow(number, read, tuple(searches), reason, made_at, by))
    found = fetch(
        "SELECT v.id, v.name, max(greatest(s.history_next, s.history_end)), bool_or(s.history_next > s.history_end) FROM voice_set v"
        " JOIN search s ON s.voice_id = v.id WHERE %s::bigint IS NULL OR v.id = %s GROUP BY 1, 2 ORDER BY lower(v.name)",
        [only, only],
    )
    return [
        VoiceSetRow(set_id, name, tuple(versions[set_id]), ids.moment_of(reached), is_counting)
        for set_id, name, reached, is_counting in found
        if set_id in versions
    ]


def get_set(viewer: Viewer, set_id: int) -> VoiceSetRow:
    """One set. Raises VoiceSetNotFoundError."""
    found = list_sets(viewer, only=set_id)
    if not found:
        raise VoiceSetNotFoundError
    return found[0]


def get_shares(version: VersionRow, *, since: datetime, until: datetime, by_people: bool = True) -> list[Share]:
    """The shares of a version's names in a time, in their order. Counts only; no words are shown."""
    rows = fetch(
        "SELECT handle_id, search_id, count(*) FROM search_hit WHERE search_id = ANY(%s::bigint[]) AND at >= %s AND at < %s"
        " GROUP BY 1, 2",
        [array(version.searches), since, until],
    )
    posts: dict[int, list[int]] = {}
    for handle_id, search_id, count in rows:
        posts.setdefault(handle_id, [0] * len(version.searches))[version.searches.index(search_id)] = count
    return shares.shares([each.name for each in version.names], posts, by_people=by_people)


def get_shares_by_period(
    version: VersionRow, periods: Sequence[tuple[datetime, datetime]], *, by_people: bool = True
) -> list[list[Share]]:
    """The same for several times, one after the other."""
    return [get_shares(version, since=since, until=until, by_people=by_people) for since, until in periods]
