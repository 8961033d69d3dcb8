"""How the words must begin that a pattern looks for, so that most texts need not be searched at all.

For the small language the rules are written in: words, groups of alternatives, classes, and what may be repeated or left out.
"""

import re
from dataclasses import dataclass, field

_BEGUN = re.compile(r"(?<=[ '])[^\W\d_]{3,}")
_FIRST = re.compile(r"[^\W\d_]{3,}")
_SIGN = re.compile(r"\\.|\[[^]]*\]|.", re.DOTALL)
COMMON = frozenset(
    (
        "this", "that", "have", "been", "with", "your", "there", "here", "from", "what", "when", "they", "will", "just", "para", "pour",
        "nach", "nicht",
        "until", "before", "antes", "about", "over", "time", "want", "need", "please",
    )
)  # fmt: skip
"""Words that are in too many texts to be a hint where there is another."""


@dataclass
class _Text:
    """Letters as they stand; `is_fresh` where they begin a word."""

    letters: str
    is_fresh: bool


@dataclass
class _Group:
    """Alternatives, each a row of parts."""

    rows: list[list["_Text | _Group | None"]] = field(default_factory=lambda: [[]])


def beginnings(pattern: str) -> frozenset[str] | None:
    """Words, in small letters, of which a text that matches has one that begins so; None where nothing is certain."""
    return _hints(_parsed(pattern, 0, is_fresh=True)[0])


def alternatives(pattern: str) -> list[str]:
    """Patterns of which one matches wherever this one does: its alternatives, one by one, also those between two borders of words."""
    out = []
    for each in _split(pattern):
        inner = _split(each[5:-3]) if each.startswith(r"\b(?:") and each.endswith(r")\b") else []
        out += [rf"\b(?:{part})\b" for part in inner] or [each]
    return out


def _split(pattern: str) -> list[str]:
    """A pattern at those bars that are in no group and no class; nothing where it closes what it did not open."""
    parts, depth, begin = [], 0, 0
    for sign in _SIGN.finditer(pattern):
        depth += (sign[0] == "(") - (sign[0] == ")")
        if depth < 0:
            return []
        if sign[0] == "|" and depth == 0:
            parts.append(pattern[begin : sign.start()])
            begin = sign.end()
    return [*parts, pattern[begin:]]


def _parsed(pattern: str, at: int, *, is_fresh: bool) -> tuple[_Group, int]:
    group, fresh = _Group(), is_fresh
    while at < len(pattern) and pattern[at] != ")":
        row, sign = group.rows[-1], pattern[at]
        if sign == "|":
            group.rows.append([])
            fresh, at = is_fresh, at + 1
            continue
        if sign == "(":
            inner, at = _parsed(pattern, at + (3 if pattern.startswith("(?:", at) else 1), is_fresh=fresh)
            at, may_lack = _quantified(pattern, at + 1)
            row.append(None if may_lack else inner)
            fresh = fresh and may_lack
        elif sign in "[.\\":
            edge = pattern.startswith(("\\b", "\\s", "\\W"), at)
            end = pattern.index("]", at) + 1 if sign == "[" else at + (2 if sign == "\\" else 1)
            at, _ = _quantified(pattern, end)
            row.append(None)
            fresh = edge
        else:
            at, may_lack = _quantified(pattern, at + 1)
            if may_lack:
                row.append(None)
                fresh = False
                continue
            last = row[-1] if row else None
            if not isinstance(last, _Text):
                last = _Text("", fresh)
                row.append(last)
            last.letters += sign
            fresh = sign in " '"
    return group, at


def _quantified(pattern: str, at: int) -> tuple[int, bool]:
    """Behind a quantifier, if there is one, and whether what is before it may lack."""
    if at >= len(pattern) or pattern[at] not in "?*+{":
        return at, False
    sign = pattern[at]
    may_lack = sign in "?*" or pattern.startswith("{0", at)
    at = pattern.index("}", at) + 1 if sign == "{" else at + 1
    return at, may_lack


def _hints(group: _Group) -> frozenset[str] | None:
    out: frozenset[str] = frozenset()
    for row in group.rows:
        words = _of_row(row)
        if words is None:
            return None
        out |= words
    return out


def _of_row(row: list["_Text | _Group | None"]) -> frozenset[str] | None:
    best: frozenset[str] | None = None
    for part in row:
        options: list[frozenset[str] | None] = []
        if isinstance(part, _Group):
            options = [_hints(part)]
        elif part is not None:
            found = _BEGUN.findall(part.letters)
            first = _FIRST.match(part.letters) if part.is_fresh else None
            options = [frozenset((each.lower(),)) for each in ([first[0]] if first else []) + found]
        for option in options:
            if option and (best is None or _worth(option) > _worth(best)):
                best = option
    return best


def _worth(words: frozenset[str]) -> tuple[float, int]:
    return min(0.5 if each in COMMON else min(len(each), 6) for each in words), -len(words)
