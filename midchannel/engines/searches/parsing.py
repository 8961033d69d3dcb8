"""A query as people write it becomes a tree.

    refund late            both words            "card arrival"   one behind the other      arriv*    words that begin so
    delay OR late          one of them           -app, NOT app    not this                  ( ... )   belongs together
    refund NEAR(5) late    at most 5 words between them, in either order
    language:de,fr  mood:negative  intent:complaint  topic:cards  channel:"Town square"  network:simulator  reach:>1000  is:overheard

OR binds weaker than the space between words, NEAR stronger. Every mistake is a `QueryError` with its place.
"""

import re
from dataclasses import dataclass

from midchannel.engines.searches import words
from midchannel.engines.searches.errors import QueryError
from midchannel.engines.searches.tree import (
    FIELDS,
    INTENTS,
    MARKS,
    MOODS,
    All,
    Filter,
    Near,
    Node,
    Not,
    Query,
    Some,
    Term,
    walk,
)

MOST_CHARACTERS = 2_000
MOST_PARTS = 300
MOST_DEEP = 20
MOST_NEAR = 50
SHORTEST_PREFIX = 2

PIECE = re.compile(
    r"\s+"
    r"|(?P<near>NEAR(?:\(\s*(?P<n>[^)\s]*)\s*\)?|/(?P<m>\S*))?(?=[\s(\")]|$))"
    r"|(?P<word_or>OR(?=[\s()]|$)|\|)"
    r"|(?P<word_and>AND(?=[\s()]|$)|&)"
    r"|(?P<word_not>NOT(?=[\s()\"]|$)|-(?=[\w\"(#@]))"
    r"|(?P<open>\()|(?P<close>\))"
    r"|(?P<field>[A-Za-z]+):(?!//)(?P<value>\"[^\"]*\"?|[^\s()]*)"
    r"|(?P<quote>\")(?P<phrase>[^\"]*)(?P<end>\"?)(?P<star>\*?)"
    r"|(?P<word>[^\s()\"|&]+)"
)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
REACH = re.compile(r"(>=?|<)?\s*(\d{1,9})")


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    at: int
    text: str
    value: str = ""

    def wrong(self, code: str) -> QueryError:
        return QueryError(code, self.at, len(self.text), self.text)


def parse(text: str) -> Query:
    """Understand a query. Raises QueryError."""
    if len(text) > MOST_CHARACTERS:
        raise QueryError("too_long", MOST_CHARACTERS, len(text) - MOST_CHARACTERS)
    pieces = _pieces(text)
    if not pieces:
        raise QueryError("empty")
    reader = _Reader(pieces, len(text))
    root = reader.some(0)
    if (left := reader.peek()) is not None:
        raise left.wrong("close_bracket")
    if sum(1 for _ in walk(root)) > MOST_PARTS:
        raise QueryError("too_many")
    if not _finds(root):
        raise QueryError("only_exclusions", 0, len(text), text)
    return Query(text.strip(), root)


def _pieces(text: str) -> list[_Piece]:
    found: list[_Piece] = []
    at = 0
    while at < len(text):
        match = PIECE.match(text, at)
        if match is None:  # a sign that begins nothing: it is skipped, as between words
            at += 1
            continue
        kind = match.lastgroup or ""
        if match["quote"]:
            if not match["end"]:
                raise QueryError("open_quote", at, len(text) - at, match.group())
            found.append(_Piece("term", at, match.group(), match["phrase"] + match["star"]))
        elif match["field"]:
            found.append(_Piece("field", at, match.group(), match["value"]))
        elif match["near"]:
            found.append(_Piece("near", at, match.group(), match["n"] or match["m"] or ""))
        elif match["word"]:
            found.append(_Piece("term", at, match.group(), match["word"]))
        elif kind in {"open", "close", "word_or", "word_and", "word_not"}:
            found.append(_Piece(kind, at, match.group()))
        at = match.end()
    return found


class _Reader:
    """Recursive descent: some := all (OR all)*; all := near+; near := one (NEAR one)*; one := -one | ( some ) | term | field."""

    def __init__(self, pieces: list[_Piece], end: int) -> None:
        self.pieces = pieces
        self.end = end
        self.next = 0

    def peek(self) -> _Piece | None:
        return self.pieces[self.next] if self.next < len(self.pieces) else None

    def take(self, *kinds: str) -> _Piece | None:
        piece = self.peek()
        if piece is None or piece.kind not in kinds:
            return None
        self.next += 1
        return piece

    def some(self, depth: int) -> Node:
        parts = [self.all(depth)]
        while self.take("word_or"):
            parts.append(self.all(depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def all(self, depth: int) -> Node:
        parts = [self.near(depth)]
        while (piece := self.peek()) is not None and piece.kind not in {"word_or", "close"}:
            self.take("word_and")
            parts.append(self.near(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def near(self, depth: int) -> Node:
        node = self.one(depth)
        while piece := self.take("near"):
            distance = _distance(piece)
            other = self.one(depth)
            if not (_is_place(node) and _is_place(other)):
                raise piece.wrong("near_side")
            node = Near(node, other, distance)
        return node

    def one(self, depth: int) -> Node:
        piece = self.peek()
        if piece is None:
            last = self.pieces[-1]
            raise QueryError("dangling", last.at, len(last.text), last.text)
        if depth > MOST_DEEP:
            raise piece.wrong("too_deep")
        self.next += 1
        match piece.kind:
            case "word_not":
                return Not(self.one(depth + 1))
            case "open":
                if self.take("close"):
                    raise piece.wrong("nothing_between")
                inside = self.some(depth + 1)
                if not self.take("close"):
                    raise piece.wrong("open_bracket")
                return inside
            case "close":
                raise piece.wrong("close_bracket")
            case "term":
                return _term(piece)
            case "field":
                return _filter(piece)
        raise piece.wrong("dangling")


def _distance(piece: _Piece) -> int:
    if not piece.value.isascii() or not piece.value.isdigit() or not 0 < int(piece.value) <= MOST_NEAR:
        raise piece.wrong("near_distance")
    if "(" in piece.text and not piece.text.endswith(")"):
        raise piece.wrong("near_distance")
    return int(piece.value)


def _is_place(node: Node) -> bool:
    """Whether it stands somewhere in a text: a word, a phrase, or one of several."""
    match node:
        case Term():
            return True
        case Some(parts):
            return all(_is_place(part) for part in parts)
        case Near(left, right, _):
            return _is_place(left) and _is_place(right)
    return False


def _term(piece: _Piece) -> Term:
    is_prefix = piece.value.endswith("*")
    found = tuple(words.words_of(piece.value.rstrip("*")))
    if not found:
        raise piece.wrong("no_word")
    if is_prefix and len(found[-1].lstrip("#@")) < SHORTEST_PREFIX:
        raise piece.wrong("short_prefix")
    return Term(found, is_prefix)


def _filter(piece: _Piece) -> Filter:
    name = piece.text.partition(":")[0].lower()
    if name not in FIELDS:
        raise piece.wrong("unknown_field")
    values: tuple[str, ...]
    if piece.value.startswith('"'):
        if len(piece.value) < 2 or not piece.value.endswith('"'):
            raise piece.wrong("open_quote")
        values = (piece.value.strip('"').strip(),)
    else:
        values = tuple(each.strip() for each in piece.value.split(","))
    if name == "reach":
        return _reach(piece)
    allowed = {"mood": MOODS, "intent": INTENTS, "is": MARKS}.get(name)
    values = tuple(each.casefold() for each in values)
    for value in values:
        is_wrong = value not in allowed if allowed else not value
        if is_wrong or (name == "language" and not LANGUAGE.fullmatch(value)):
            raise piece.wrong("bad_value")
    return Filter(name, values)


def _reach(piece: _Piece) -> Filter:
    found = REACH.fullmatch(piece.value)
    if found is None:
        raise piece.wrong("bad_value")
    sign = "<" if found[1] == "<" else ">"
    return Filter("reach", (sign, found[2]))


def _finds(node: Node) -> bool:
    """Whether a text has to have something, and not only lack something."""
    match node:
        case Not():
            return False
        case All(parts):
            return any(_finds(part) for part in parts)
        case Some(parts):
            return all(_finds(part) for part in parts)
    return True
