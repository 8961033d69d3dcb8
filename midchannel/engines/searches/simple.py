"""A search for people who do not write queries: the fields of a form, made into a query and back where that loses nothing."""

import re
from dataclasses import dataclass, replace

from midchannel.engines.searches.errors import QueryError
from midchannel.engines.searches.parsing import parse
from midchannel.engines.searches.tree import All, Filter, Near, Node, Not, Query, Some, Term

FIELDS = ("language", "mood", "intent", "network", "channel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """What a form asks for. Several words or phrases stand in one field with commas between them."""

    words: str = ""
    phrase: str = ""
    some: str = ""
    without: str = ""
    near_one: str = ""
    near_two: str = ""
    distance: int = 5
    language: str = ""
    mood: str = ""
    intent: str = ""
    network: str = ""
    channel: str = ""
    reach: int | None = None
    where: str = ""


def compose(given: Simple) -> str:
    """The query of a form."""
    parts = [_quoted(each) for each in _words(given.words)]
    parts += [f'"{each}"' for each in _pieces(given.phrase)]
    some = [_quoted(each) for each in _pieces(given.some)]
    if some:
        parts.append(f"({' OR '.join(some)})" if len(some) > 1 else some[0])
    one, two = _pieces(given.near_one)[:1], _pieces(given.near_two)[:1]
    if one and two:
        parts.append(f"({_quoted(one[0])} NEAR({given.distance}) {_quoted(two[0])})")
    parts += [f"-{_quoted(each)}" for each in _pieces(given.without)]
    for field in FIELDS:
        if value := str(getattr(given, field)).replace('"', "").strip():
            parts.append(f'{field}:"{value}"' if re.search(r"[\s(),]", value) else f"{field}:{value}")
    if given.reach:
        parts.append(f"reach:>{given.reach}")
    if given.where:
        parts.append(f"is:{given.where}")
    return " ".join(parts)


def _pieces(text: str) -> list[str]:
    return [each for part in re.split(r"[,;\n]", text) if (each := " ".join(part.replace('"', " ").split()))]


def _words(text: str) -> list[str]:
    return [word for piece in _pieces(text) for word in piece.split()]


def _quoted(text: str) -> str:
    is_plain = (
        re.fullmatch(r"[#@]?\w[\w'*-]*", text) and text not in {"OR", "AND", "NOT"} and not text.startswith("NEAR")
    )
    return text if is_plain else f'"{text.rstrip("*")}"{"*" if text.endswith("*") else ""}'


def simplify(query: Query) -> Simple | None:
    """The form of a query, or None when a form cannot say the same."""
    made = Simple()
    for part in query.root.parts if isinstance(query.root, All) else (query.root,):
        further = _with(made, part)
        if further is None:
            return None
        made = further
    try:
        back = parse(compose(made))
    except QueryError:
        return None
    return made if _parts(back.root) == _parts(query.root) else None


def _parts(node: Node) -> list[str]:
    return sorted(map(repr, node.parts)) if isinstance(node, All) else [repr(node)]


def _with(made: Simple, part: Node) -> Simple | None:
    change: dict[str, str | int] | None = None
    match part:
        case Term((_,), _):
            change = {"words": _more(made.words, _said(part), " ")}
        case Term(_, False):
            change = {"phrase": _more(made.phrase, _said(part))}
        case Not(Term() as inner):
            change = {"without": _more(made.without, _said(inner))}
        case Some(parts) if not made.some and all(isinstance(each, Term) for each in parts):
            change = {"some": ", ".join(_said(each) for each in parts if isinstance(each, Term))}
        case Near(Term() as one, Term() as two, distance) if not made.near_one:
            change = {"near_one": _said(one), "near_two": _said(two), "distance": distance}
        case Filter("reach", (">", number)) if made.reach is None:
            change = {"reach": int(number)}
        case Filter("is", (mark,)) if not made.where:
            change = {"where": mark}
        case Filter(field, (value,)) if field in FIELDS and not getattr(made, field):
            change = {field: value}
    return replace(made, **change) if change else None  # type: ignore[arg-type]


def _said(term: Term) -> str:
    return " ".join(term.words) + ("*" if term.is_prefix else "")


def _more(had: str, more: str, between: str = ", ") -> str:
    return f"{had}{between}{more}" if had else more
