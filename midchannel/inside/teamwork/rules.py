"""Pure rules about what colleagues say."""

import re

# Not inside a word or a mail address: "write to ana@example.com" mentions nobody.
MENTION = re.compile(r"(?<![\w@./+-])@([a-z0-9][a-z0-9_-]{0,49})(?![\w@])", re.I)
# A skill: `#customs`. Needs a letter, so that an order's number is none.
SKILL = re.compile(r"(?<![\w#/&+-])#(?=[0-9_-]*[^\W\d_])([\w][\w-]{0,49})(?![\w#])", re.I)
QUOTED_FROM = 40
MAX_MENTIONS = 20


def mentions(text: str) -> list[str]:
    """The names behind an @, in lower case, once each, in their order."""
    return list(dict.fromkeys(match[1].lower() for match in MENTION.finditer(text)))[:MAX_MENTIONS]


def skills(text: str) -> list[str]:
    """The names behind a #, in lower case, once each, in their order."""
    return list(dict.fromkeys(match[1].lower() for match in SKILL.finditer(text)))[:MAX_MENTIONS]


def is_repeated(reply: str, post: str) -> bool:
    """Whether a reply holds a whole post of at least 40 characters word for word, whatever the spacing, case and mentions."""
    words = _flat(MENTION.sub(" ", post))
    return len(words) >= QUOTED_FROM and words in _flat(reply)


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


def excerpt(text: str, *, limit: int = 140) -> str:
    """The beginning of a post on one line."""
    return " ".join(text[: 3 * limit].split())[:limit]
