"""Many searches asked of many texts: each search is looked at only for texts that have a word without which it cannot hold.

`Matcher` is made once for all searches. What has to be read (language, mood, intent, topic) is read only for texts of which a search that
asks for it is left, all of them at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from midchannel.engines.searches import words
from midchannel.engines.searches.tree import All, Filter, Near, Node, Not, Query, Some, Term
from midchannel.engines.searches.words import Places

Anchors = frozenset[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Sense:
    """What a reading says of a text; empty is not known."""

    language: str = ""
    mood: str = ""
    intents: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()


NO_SENSE = Sense()


@dataclass(frozen=True, slots=True)
class Said:
    """A text with what is known of where and by whom. `channel` and `network` in small letters; `reach` None when nobody knows it."""

    text: str
    channel: str = ""
    network: str = ""
    is_addressed: bool = False
    is_public: bool = True
    reach: int | None = None


Holds = Callable[[Places, Said, Sense], bool]


@dataclass(frozen=True, slots=True)
class _Entry:
    key: int
    holds: Holds
    needs_reading: bool


@dataclass(slots=True)
class Matcher:
    """All searches, ready to be asked. `queries` are (key, query); the answers are keys."""

    entries: list[_Entry] = field(default_factory=list)
    by_word: dict[str, list[int]] = field(default_factory=dict)
    by_beginning: dict[int, dict[str, list[int]]] = field(default_factory=dict)
    always: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, queries: Iterable[tuple[int, Query]]) -> "Matcher":
        """Make one."""
        made = cls()
        for key, query in queries:
            at = len(made.entries)
            made.entries.append(_Entry(key, holds_of(query.root), query.needs_reading))
            anchors = anchors_of(query.root)
            if anchors is None:
                made.always.append(at)
            for word, is_prefix in anchors or ():
                table = made.by_beginning.setdefault(len(word), {}) if is_prefix else made.by_word
                table.setdefault(word, []).append(at)
        return made

    def match(self, said: Sequence[Said], read: Callable[[list[int]], Sequence[Sense]]) -> list[list[int]]:
        """For each text the keys of the searches that find it. `read` gets the numbers of the texts that have to be read, once."""
        found: list[list[int]] = [[] for _ in said]
        waiting: list[tuple[int, Places, list[int]]] = []
        for number, each in enumerate(said):
            places = words.places_of(each.text)
            later = []
            for at in self._candidates(places):
                entry = self.entries[at]
                if entry.needs_reading:
                    later.append(at)
                elif entry.holds(places, each, NO_SENSE):
                    found[number].append(entry.key)
            if later:
                waiting.append((number, places, later))
        if waiting:
            senses = read([number for number, _places, _later in waiting])
            for (number, places, later), sense in zip(waiting, senses, strict=True):
                entries = (self.entries[at] for at in later)
                found[number] += [entry.key for entry in entries if entry.holds(places, said[number], sense)]
        return found

    def _candidates(self, places: Places) -> Iterable[int]:
        some = [self.by_word[word] for word in places.keys() & self.by_word.keys()]
        for length, table in self.by_beginning.items():
            some += [table[word[:length]] for word in places if word[:length] in table]
        if not some:
            return self.always
        if len(some) == 1 and not self.always:
            return some[0]
        return sorted({at for each in some for at in each}.union(self.always))


def holds_of(node: Node) -> Holds:
    """A tree as one function."""
    match node:
        case Term((word,), False):
            return lambda places, _said, _sense: word in places
        case Term() | Near():
            return lambda places, _said, _sense: bool(spans_of(node, places))
        case All(parts):
            every = [holds_of(part) for part in _cheap_first(parts)]
            return lambda places, said, sense: all(each(places, said, sense) for each in every)
        case Some(parts):
            several = [holds_of(part) for part in parts]
            return lambda places, said, sense: any(each(places, said, sense) for each in several)
        case Not(part):
            inside = holds_of(part)
            return lambda places, said, sense: not inside(places, said, sense)
        case Filter(name, values):
            return _filter(name, values)


def _cheap_first(parts: Sequence[Node]) -> list[Node]:
    return sorted(parts, key=lambda part: not isinstance(part, Filter))


def _filter(name: str, values: tuple[str, ...]) -> Holds:
    wanted = frozenset(values)
    if name == "reach":
        return _reach(values[0], int(values[1]))
    if name == "is":
        return lambda _places, said, _sense: any(MARKS[mark](said) for mark in wanted)
    if name in SENSED:
        sensed = SENSED[name]
        return lambda _places, _said, sense: not wanted.isdisjoint(sensed(sense))
    if name == "channel":
        return lambda _places, said, _sense: said.channel in wanted
    return lambda _places, said, _sense: said.network in wanted


def _reach(sign: str, number: int) -> Holds:
    if sign == "<":
        return lambda _places, said, _sense: said.reach is not None and said.reach < number
    return lambda _places, said, _sense: said.reach is not None and said.reach >= number


SENSED: Mapping[str, Callable[[Sense], Iterable[str]]] = {
    "language": lambda sense: (sense.language.casefold(), sense.language.partition("-")[0].casefold()),
    "mood": lambda sense: (sense.mood,),
    "intent": lambda sense: sense.intents,
    "topic": lambda sense: [topic.casefold() for topic in sense.topics],
}
MARKS: Mapping[str, Callable[[Said], bool]] = {
    "overheard": lambda said: not said.is_addressed,
    "addressed": lambda said: said.is_addressed,
    "public": lambda said: said.is_public,
    "private": lambda said: not said.is_public,
}


def spans_of(node: Node, places: Places) -> list[tuple[int, int]]:
    """Where words of a tree stand: first and last place of each. Filters and exclusions stand nowhere."""
    match node:
        case Term(said, is_prefix):
            return _places_of_term(said, places, is_prefix=is_prefix)
        case Some(parts):
            return [span for part in parts for span in spans_of(part, places)]
        case Near(left, right, distance):
            others = spans_of(right, places)
            return [
                (min(one[0], two[0]), max(one[1], two[1]))
                for one in spans_of(left, places)
                for two in others
                if 0 <= max(one[0], two[0]) - min(one[1], two[1]) - 1 <= distance
            ]
        case All(parts):
            return [span for part in parts for span in spans_of(part, places)]
    return []


def _places_of_term(said: tuple[str, ...], places: Places, *, is_prefix: bool) -> list[tuple[int, int]]:
    last = len(said) - 1
    ends = _ends(said[-1], places) if is_prefix else places.get(said[-1], ())
    if not last:
        return [(at, at) for at in ends]
    if any(word not in places for word in said[:-1]):
        return []
    known = [set(places[word]) for word in said[:-1]]
    return [(at - last, at) for at in ends if all(at - last + offset in known[offset] for offset in range(last))]


def _ends(beginning: str, places: Places) -> list[int]:
    return sorted({at for word, where in places.items() if word.startswith(beginning) for at in where})


def anchors_of(node: Node) -> Anchors | None:
    """Words of which a text must have at least one for the tree to hold; None when there are none such. The fewest, longest are taken."""
    match node:
        case Term(said, is_prefix):
            whole = said[:-1] if is_prefix and len(said) > 1 else said
            word = max(whole, key=len)
            return frozenset({(word, is_prefix and len(said) == 1)})
        case Near(left, right, _):
            return _best([anchors_of(left), anchors_of(right)])
        case All(parts):
            return _best([anchors_of(part) for part in parts])
        case Some(parts):
            each = [anchors_of(part) for part in parts]
            known = [one for one in each if one is not None]
            return frozenset().union(*known) if len(known) == len(each) else None
    return None


def _best(several: Sequence[Anchors | None]) -> Anchors | None:
    known = [each for each in several if each is not None]
    return min(known, key=lambda each: (len(each), -min(len(word) for word, _ in each))) if known else None


def marks_in(query: Query, text: str) -> list[tuple[int, int]]:
    """Where in a text the words stand that a query found it by: (begin, end) of characters, in order, never overlapping."""
    places: Places = {}
    spelled = list(words.spelled(text))
    for at, (word, _begin, _end) in enumerate(spelled):
        places.setdefault(word, []).append(at)
        if word[0] in "#@":
            places.setdefault(word[1:], []).append(at)
    found = {at for first, last in _found_by(query.root, places) for at in range(first, last + 1)}
    return [(spelled[at][1], spelled[at][2]) for at in sorted(found) if at < len(spelled)]


def _found_by(node: Node, places: Places) -> list[tuple[int, int]]:
    match node:
        case Near(left, right, distance):
            lefts, rights = spans_of(left, places), spans_of(right, places)
            pairs = [
                (one, two)
                for one in lefts
                for two in rights
                if 0 <= max(one[0], two[0]) - min(one[1], two[1]) - 1 <= distance
            ]
            return [span for pair in pairs for span in pair]
        case All(parts) | Some(parts):
            return [span for part in parts for span in _found_by(part, places)]
        case Term():
            return spans_of(node, places)
    return []
