"""How often a second reading says something else than the first, and which of them people called right."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.signals import labels
from midchannel.middle.signals.queries.grading import Share
from midchannel.platform import ids
from midchannel.platform.database.bulk import fetch, text_array


@dataclass(frozen=True, slots=True)
class TwiceRow:
    """Of the texts that one model read a second time: how many since the first was `unsure` (the others since the person matters), of how
    many it `changed` the mood, and which of the two was right where a person said it.
    """

    model: str
    texts: int
    unsure: int
    changed: Share
    first_right: Share
    second_right: Share


def list_twice(*, since: datetime) -> list[TwiceRow]:
    """By model, of texts that arrived since a moment; the newest model first. Counts only, which show nobody's words."""
    rows = fetch(
        "SELECT t.model, count(*), count(*) FILTER (WHERE t.is_unsure), count(*) FILTER (WHERE t.first <> t.sentiment), count(c.id),"
        " count(*) FILTER (WHERE c.holds[1] = (%(names)s::text[])[t.first + 1]),"
        " count(*) FILTER (WHERE c.holds[1] = (%(names)s::text[])[t.sentiment + 1])"
        " FROM signal_second t LEFT JOIN signal_correction c ON c.activity_id = t.activity_id AND c.what = 'sentiment' AND c.is_last"
        " WHERE t.activity_id >= %(since)s GROUP BY 1 ORDER BY max(t.at) DESC",
        {"names": text_array(labels.SENTIMENTS), "since": ids.at(since)},
    )
    return [
        TwiceRow(model, texts, unsure, Share(changed, texts), Share(first, told), Share(second, told))
        for model, texts, unsure, changed, told, first, second in rows
    ]


def is_second_on() -> bool:
    """Whether texts are read twice; they are until somebody switches it off."""
    rows = fetch("SELECT is_on FROM signal_second_state")
    return bool(rows[0][0]) if rows else True
