"""What of an endpoint's answer is believed: an object of the asked shape whose sources are among those given. Anything else is nothing."""

import json
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from midchannel.engines.assistance.asking import Purpose, visible

MOST_CONTENT = 40_000
MOST_TEXT = {Purpose.SUMMARY: 2_000, Purpose.REPLY: 4_000, Purpose.TRANSLATION: 10_000}
MOST_TOKENS = 1_000_000
LINK = "(...)"
# A word that a reader of mail would make a link of: a scheme, what begins like one, a mail address, the name of a machine.
WORD = re.compile(r"\S+")
LIKE_A_LINK = re.compile(
    r"(?:https?|ftp|mailto|tel|sms|data|javascript|vbscript|file|blob|wss?|cid):\S|//|www\.|@|[\w-]\.[^\W\d_]{2}",
    re.IGNORECASE,
)
TAG = re.compile(r"<[^<>]*>")
MARKUP = re.compile(r"[<>`\[\]{}|*_~\\]|^\s*#+\s*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """Plain text, and the ids of what it was made from, in the order named, each once. Never empty."""

    text: str
    sources: tuple[str, ...]


def read(answer: object, *, purpose: Purpose, known: Collection[str]) -> Answer | None:
    """What a chat completion says, or None when it abstains or is anything else than what was asked for. Never raises."""
    said = _object(_content(answer))
    if said is None or set(said) != {"text", "sources", "abstains"}:
        return None
    text, sources, abstains = said["text"], said["sources"], said["abstains"]
    if not isinstance(text, str) or not isinstance(sources, list) or abstains is not False:
        return None
    if not sources or not all(isinstance(each, str) and each in known for each in sources):
        return None
    if len(text) > 2 * MOST_TEXT[purpose]:
        return None
    plain = plain_of(text)
    if not any(each.isalnum() for each in plain) or len(plain) > MOST_TEXT[purpose]:
        return None
    return Answer(plain, tuple(dict.fromkeys(sources)))


def tokens_of(answer: object) -> int | None:
    """What the endpoint says the answer cost, in tokens; None when it says nothing that can be."""
    usage = answer.get("usage") if isinstance(answer, dict) else None
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    if isinstance(total, bool) or not isinstance(total, int) or not 0 < total <= MOST_TOKENS:
        return None
    return total


def plain_of(text: str) -> str:
    """Text without links, addresses, markup and signs that are not seen. Done again until nothing changes, so that nothing grows back."""
    for _round in range(10):
        before = text
        text = visible(unicodedata.normalize("NFC", text[:MOST_CONTENT]))
        text = TAG.sub(" ", text)
        text = WORD.sub(lambda word: LINK if LIKE_A_LINK.search(word[0]) else word[0], text)
        text = MARKUP.sub("", text)
        text = re.sub(r"[^\S\n]+", " ", text)
        text = re.sub(r" ?\n ?", "\n", re.sub(r"\n{3,}", "\n\n", text)).strip()
        if text == before:
            return text
    return ""


def _content(answer: object) -> str:
    try:
        message = answer["choices"][0]["message"]  # type: ignore[index]
        content = message["content"]
        is_calling = bool(message.get("tool_calls") or message.get("function_call"))
    except (KeyError, IndexError, TypeError, AttributeError):
        return ""
    return content if isinstance(content, str) and len(content) <= MOST_CONTENT and not is_calling else ""


def _object(content: str) -> dict[str, Any] | None:
    try:
        said = json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are each said once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is said twice")
    return found
