"""From a stranger's HTML to plain text, for search, snippets and plain bubbles."""

import html
import re

import nh3

BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>")
SPACES = re.compile(r"\n{3,}")


def to_plain(markup: str) -> str:
    """The text a person would read: block ends become line breaks, tags go, entities are resolved, scripts and styles vanish."""
    broken = BREAKS.sub("\n", markup)
    return SPACES.sub("\n\n", html.unescape(nh3.clean(broken, tags=set()))).strip()
