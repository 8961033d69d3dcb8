"""Standing searches: a readable query becomes a tree (`parsing`), and many trees are asked of many texts at once (`matching`).

Pure: knows words, places of words, and what a reading says of a text; not where texts come from. What may stand in a query:
`docs/listening.md`.
"""

from midchannel.engines.searches.errors import QueryError
from midchannel.engines.searches.matching import Matcher, Said, Sense
from midchannel.engines.searches.parsing import MOST_CHARACTERS, parse
from midchannel.engines.searches.tree import Query

__all__ = ["MOST_CHARACTERS", "Matcher", "Query", "QueryError", "Said", "Sense", "parse"]
