"""What a query is once it is understood."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

FIELDS = ("language", "mood", "intent", "topic", "channel", "network", "reach", "is")
MOODS = ("negative", "neutral", "positive", "mixed")
INTENTS = (
    "complaint",
    "question",
    "praise",
    "purchase_interest",
    "idea",
    "churn_risk",
    "cancellation",
    "other",
)
MARKS = ("overheard", "addressed", "public", "private")
READ = frozenset({"language", "mood", "intent", "topic"})


@dataclass(frozen=True, slots=True)
class Term:
    """Words one behind the other. `is_prefix`: the last of them may go on."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Two things with at most `distance` words between them, in either order."""

    left: "Node"
    right: "Node"
    distance: int


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Filter:
    """A fact about the text or its author. For `reach` the values are an operator (">" at least, "<" less than) and a number."""

    field: str
    values: tuple[str, ...]


Node = Term | Near | All | Some | Not | Filter


@dataclass(frozen=True)
class Query:
    """A query that was understood: its text as written, and its tree."""

    text: str
    root: Node

    @cached_property
    def fields(self) -> frozenset[str]:
        """The facts it asks for."""
        return frozenset(node.field for node in walk(self.root) if isinstance(node, Filter))

    @property
    def needs_reading(self) -> bool:
        """Whether a text has to be read before it can be asked."""
        return bool(self.fields & READ)

    @property
    def needs_reach(self) -> bool:
        """Whether the author's reach has to be known."""
        return "reach" in self.fields


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    match node:
        case All(parts) | Some(parts):
            for part in parts:
                yield from walk(part)
        case Not(part):
            yield from walk(part)
        case Near(left, right, _):
            yield from walk(left)
            yield from walk(right)
