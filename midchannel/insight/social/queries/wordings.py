"""What somebody talks about more than others do, and the posts behind each word."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from midchannel.engines import wording
from midchannel.engines.wording import Typical
from midchannel.insight.social.queries import seeing
from midchannel.outside.channels.kinds import TALK, Flag
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

NEWEST, LONGEST = 500, 2_000
QUIET = int(Flag.OUTGOING | Flag.AUTOMATIC | Flag.DELETED)
SAID = f"""
SELECT a.id, a.text FROM (SELECT a.id, a.at, a.channel_id, left(a.text, {LONGEST}) AS text FROM activity a
  WHERE a.handle_id = ANY(%(handles)s::bigint[]) AND a.kind = ANY(%(talk)s::int[]) AND a.flags & {QUIET} = 0 AND a.text <> ''
  ORDER BY a.at DESC LIMIT {NEWEST}) a
WHERE {seeing.VISIBLE} ORDER BY a.at DESC
"""


@dataclass(frozen=True, slots=True)
class Typicals:
    """Words that are typical of somebody, from `texts` of theirs; `counted_at` is when everybody's words were counted last."""

    words: tuple[Typical, ...]
    texts: int
    counted_at: datetime | None


def get_typical_words(viewer: Viewer, handle_ids: Sequence[int], *, limit: int = 15) -> Typicals:
    """The words these handles use more than everybody does, the surest first, from the newest 500 texts the viewer may see.

    For callers who have proved the customer. Each language is compared with itself.
    """
    texts = _texts(viewer, handle_ids)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for _id, text in texts:
        language = wording.language_of(text)
        counts[language].update(wording.words_of(text, language))
    found: list[Typical] = []
    for language, theirs in counts.items():
        known = dict(
            fetch(
                "SELECT word, count FROM word_total WHERE language = %s AND word = ANY(%s)", [language, ["", *theirs]]
            )
        )
        found += wording.typical(theirs, known, total=known.get("", 0))
    state = fetch("SELECT counted_at FROM social_state WHERE id = 1")
    found.sort(key=lambda each: (-each.z, each.word))
    return Typicals(tuple(found[:limit]), len(texts), state[0][0] if state else None)


def list_with_word(viewer: Viewer, handle_ids: Sequence[int], word: str, *, limit: int = 100) -> list[int]:
    """The activities of these handles in which a word stands, the newest first: what is behind its count."""
    return [
        activity_id
        for activity_id, text in _texts(viewer, handle_ids)
        if word in wording.words_of(text, wording.language_of(text))
    ][:limit]


def _texts(viewer: Viewer, handle_ids: Sequence[int]) -> list[tuple[int, str]]:
    values = {**seeing.of(viewer), "handles": array(handle_ids), "talk": array(map(int, TALK))}
    return fetch(SAID, values)
