"""A query's mistakes in words, each with what to do about it."""

from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from midchannel.engines import searches
from midchannel.engines.searches import Query, QueryError
from midchannel.engines.searches.tree import FIELDS, INTENTS, MARKS, MOODS
from midchannel.outside.listening.errors import BadQueryError

MISTAKES: dict[str, str | Promise] = {
    "empty": _("Write what to look for: a word, or several."),
    "too_long": _("A query has at most %(most)s characters. Leave something out."),
    "too_many": _("These are too many words for one search. Make two searches of it."),
    "too_deep": _("There are too many brackets within brackets. Take some away."),
    "open_quote": _('This quotation mark is not closed. Put another “"” behind the words that belong together.'),
    "open_bracket": _("This bracket is not closed. Put a “)” where it ends."),
    "close_bracket": _("Here a bracket is closed that was never opened. Take it away, or put a “(” where it begins."),
    "nothing_between": _("There is nothing between these brackets. Put words into them, or take them away."),
    "dangling": _("Behind “%(found)s” something is missing. Write a word there, or take it away."),
    "near_side": _("NEAR stands between words, “phrases” or (word OR word). Put one on either side of it."),
    "near_distance": _("Say how many words may be between, from 1 to 50: NEAR(5)."),
    "unknown_field": _(
        "“%(found)s” is no filter. There are %(fields)s. To look for a word with a colon, put it in quotation marks."
    ),
    "bad_value": _("“%(found)s” cannot be asked for. %(remedy)s"),
    "only_exclusions": _(
        "This only says what must not be there, and would find nearly everything. Say also what to look for."
    ),
    "short_prefix": _("A word that may go on needs at least two letters before the *."),
    "no_word": _("“%(found)s” has no letter or digit in it, so it cannot be looked for. Take it away."),
}
REMEDIES: dict[str, str | Promise] = {
    "language": _("Write the language's code: language:de, or several: language:de,fr."),
    "mood": _("There are %(all)s."),
    "intent": _("There are %(all)s."),
    "is": _("There are %(all)s."),
    "reach": _("Write a number: reach:>1000 for at least so many, reach:<50 for fewer."),
    "topic": _("Write the name of a topic behind the colon."),
    "channel": _("Write the name of a channel behind the colon, in quotation marks when it has several words."),
    "network": _("Write the name of a network behind the colon."),
}
ALL = {"mood": MOODS, "intent": INTENTS, "is": MARKS}


def understand(text: str) -> Query:
    """A query, or BadQueryError with the place of the mistake and what to do about it."""
    try:
        return searches.parse(text)
    except QueryError as error:
        raise BadQueryError(explain(error), error.at, error.length) from error


@lru_cache(maxsize=2_000)
def understood(text: str) -> Query | None:
    """The same for a query that was kept; None when it cannot be understood any more (an erasure took words out of it)."""
    try:
        return searches.parse(text)
    except QueryError:
        return None


def explain(error: QueryError) -> str:
    """A mistake in a sentence, with the remedy."""
    field = error.found.partition(":")[0].lower()
    remedy = str(REMEDIES.get(field, "")) % {"all": ", ".join(ALL.get(field, ()))}
    return str(MISTAKES[error.code]) % {
        "found": error.found[:60],
        "most": f"{searches.MOST_CHARACTERS:,}",
        "fields": ", ".join(f"{each}:" for each in FIELDS),
        "remedy": remedy,
    }
