"""What is new in an answer, and what only repeats earlier mails."""

import re

from mailparser_reply.parser import EmailMessage

LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da"]

# The library's patterns take time with the cube of a line's length; so it sees lines cut to this, and not more of them than this.
MAX_LINE = 200
MAX_SEARCHED = 10_000

LIKELY = re.compile(r":$|^[*> ]*[^\W\d_]{1,20}:|-----")
QUOTED = re.compile(r"^\s*(?:>|\|)")


HEADERS: re.Pattern[str] = EmailMessage("", languages=LANGUAGES).HEADER_REGEX


def split(text: str) -> tuple[str, str]:
    """The new text, and the quoted history below it. A mail that is nothing but history is all new, so that nothing is hidden."""
    lines = text.split("\n")
    end = min(_first_header(lines), len(lines))
    if end == len(lines):
        end = _trailing_quote(lines)
    new, quoted = "\n".join(lines[:end]).strip(), "\n".join(lines[end:]).strip()
    return (new, quoted) if new else (text.strip(), "")


def _first_header(lines: list[str]) -> int:
    """The line on which "On ... wrote:" or a block of "From: ... Sent: ..." begins.

    The patterns are dear, and most mails have nothing like it: they are tried from the first line that looks like one.
    """
    cut = [line.strip()[:MAX_LINE] for line in lines[:MAX_SEARCHED]]
    likely = next((number for number, line in enumerate(cut) if LIKELY.search(line)), None)
    if likely is None:
        return len(lines)
    start = max(likely - 2, 0)  # "On ... wrote:" may be broken into lines
    seen = "\n".join(cut[start:])[:MAX_SEARCHED]
    match = HEADERS.search(seen)
    if match is None:
        return len(lines)
    return start + seen.count("\n", 0, match.start()) + (1 if seen[match.start() : match.start() + 1] == "\n" else 0)


def _trailing_quote(lines: list[str]) -> int:
    """Where the block of quoted lines at the very end begins. Answers between quoted lines stay with what they answer."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or QUOTED.match(lines[end - 1])):
        end -= 1
    return end if any(QUOTED.match(line) for line in lines[end:]) else len(lines)
