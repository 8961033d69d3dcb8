"""How soon somebody needs an answer, by rules one can read: what is said to be urgent, by when, and what is at stake.

Each rule names itself in the answer, so that a person sees why. Words of English, German, Spanish, French and Portuguese.
"""

import re
from collections.abc import Iterator

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


def read(text: str) -> tuple[float, tuple[str, ...]]:
    """How urgent a text is, from 0 to 1, and the rules that say so, strongest first."""
    found = sorted(_found(text[:4000]), reverse=True)
    if not found:
        return 0.0, ()
    strongest = found[0][0]
    return min(1.0, strongest + 0.05 * (len(found) - 1)), tuple(name for _, name in found)


def _found(text: str) -> Iterator[tuple[float, str]]:
    for name, strength, pattern in RULES:
        if pattern.search(text):
            yield strength, name
