"""How soon somebody needs an answer, by rules one can read: what is said to be urgent, by when, and what is at stake.

Each rule names itself in the answer, so that a person sees why. Words of English, German, Spanish, French and Portuguese.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from midchannel.engines.language.letters import JOINING, WORD, Codes, Letters

RULES: tuple[tuple[str, float, re.Pattern[str]], ...] = tuple(
    (name, strength, re.compile(pattern, re.IGNORECASE))
    for name, strength, pattern in (
        (
            "danger",
            1.0,
            r"\b(?:emergency|life.threatening|injur(?:y|ed)|bleeding|fire hazard|caught fire|electric shock|gas leak|overheat\w*|allergic reaction"
            r"|ambulance|suicid\w*|notfall|verletzt|brennt|stromschlag|emergencia|herid[oa]|incendio|urgence vitale|blessé|emergência|ferid[oa])\b",
        ),
        (
            "theft",
            0.9,
            r"\b(?:stolen|fraud\w*|scammed|hacked|unauthori[sz]ed|identity theft|gestohlen|betrug|gehackt|robad[oa]|robaron|fraude|hackead[oa]|volé|piraté"
            r"|roubad[oa])\b",
        ),
        (
            "said",
            0.8,
            r"\b(?:urgent(?:ly)?|asap|as soon as possible|right now|immediately|at once|dringend|sofort|eilt|umgehend|schnellstm[oö]glich|urgente(?:mente)?"
            r"|cuanto antes|ya mismo|inmediatamente|de toute urgence|tout de suite|immédiatement|o quanto antes|imediatamente)\b",
        ),
        (
            "deadline",
            0.6,
            r"\b(?:by|before|until|bis|vor|antes del?|para|avant|d'ici|até)\s+(?:tonight|today|tomorrow|noon|monday|tuesday|wednesday|thursday|friday"
            r"|saturday|sunday|heute|morgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|hoy|mañana|lunes|martes|viernes|ce soir|demain|lundi"
            r"|vendredi|hoje|amanhã|sexta)\b|\b(?:flight|train|wedding|exam|surgery|funeral|interview)\b.{0,30}\b(?:today|tonight|tomorrow|in \w+ hours?)\b",
        ),
        (
            "stranded",
            0.7,
            r"\b(?:stranded|stuck (?:at|in|on|here)|locked out|no (?:heating|water|power|electricity|internet)|ausgesperrt|sitze fest|kein (?:strom|wasser)"
            r"|sin (?:luz|agua|calefacción)|bloqué[es]*|sem (?:luz|água))\b",
        ),
        (
            "waiting",
            0.5,
            r"\b(?:still (?:waiting|nothing|no (?:answer|reply|response))|no one (?:answers|replies)|been (?:waiting|on hold)|third time|\d+ (?:days|weeks|hours) (?:now|later)"
            r"|warte (?:immer noch|seit)|immer noch (?:keine|nichts)|sigo esperando|llevo \w+ (?:días|horas|semanas)|j'attends|toujours (?:rien|pas)|ainda (?:espero|nada))\b",
        ),
    )
)
"""Name, strength from 0 to 1, and what is looked for."""


_WORD = re.compile(r"(?:(?<=[|(: ])|(?<=\0))[^\W\d_]{3,}")


def _packed(word: str) -> int:
    """The first four letters of a word as one number, the last 0 where there are three."""
    return sum(ord(letter) << shift for letter, shift in zip(word[:4], (48, 32, 16, 0), strict=False))


def _beginnings(pattern: str) -> Codes:
    """How the words in a pattern begin: where a text has none of them, the pattern need not be looked for."""
    plain = re.sub(r"\\[a-zA-Z]|\[[^]]*\]", "\0", pattern)
    return np.unique(np.array([_packed(each.lower()) for each in _WORD.findall(plain)], np.uint64))


_HINTS = tuple(_beginnings(pattern.pattern) for _, _, pattern in RULES)


def candidates(batch: Letters) -> list[tuple[int, ...]]:
    """For each text the numbers of the rules that may hold, by how its words begin."""
    codes = batch.codes
    letter = batch.kind == WORD
    for joining in JOINING:
        letter &= codes != ord(joining)
    at = np.flatnonzero(letter[1:-4] & ~letter[:-5]) + 1
    four = (codes[at] << np.uint64(48)) | (codes[at + 1] << np.uint64(32)) | (codes[at + 2] << np.uint64(16))
    begun = np.concatenate((four | codes[at + 3], four))
    owner = np.concatenate((batch.text[at], batch.text[at]))
    out: list[tuple[int, ...]] = [()] * batch.size
    for number, hints in enumerate(_HINTS):
        place = np.minimum(np.searchsorted(hints, begun), len(hints) - 1)
        for row in set(owner[hints[place] == begun].tolist()):
            out[row] += (number,)
    return out


def read(text: str, among: Sequence[int] | None = None) -> tuple[float, tuple[str, ...]]:
    """How urgent a text is, from 0 to 1, and the rules that say so, strongest first. `among`: the rules that may hold (`candidates`)."""
    found = sorted(_found(text[:4000], range(len(RULES)) if among is None else among), reverse=True)
    if not found:
        return 0.0, ()
    strongest = found[0][0]
    return min(1.0, strongest + 0.05 * (len(found) - 1)), tuple(name for _, name in found)


def _found(text: str, among: Sequence[int]) -> Iterator[tuple[float, str]]:
    for number in among:
        name, strength, pattern = RULES[number]
        if pattern.search(text):
            yield strength, name
