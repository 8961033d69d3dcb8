"""How soon somebody needs an answer, by rules one can read: what is said to be urgent, by when, and what is at stake.

Each rule names itself in the answer, so that a person sees why. Words of English, German, Spanish, French,
Portuguese, Italian, Dutch, Polish, Turkish, Swedish and Hindi in Latin letters.
"""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from midchannel.engines.language import hints
from midchannel.engines.language.letters import JOINING, WORD, Codes, Letters

RULES: tuple[tuple[str, float, re.Pattern[str]], ...] = tuple(
    (name, strength, re.compile(pattern))
    for name, strength, pattern in (
        (
            "danger",
            1.0,
            r"\b(?:emergency (?:here|services|now)|an emergency|life.threatening|injur(?:y|ed)|bleeding|fire hazard|caught fire"
            r"|electric shock|overheat\w*"
            r"|allergic reaction|ambulance|suicid\w*|gas leak|smell(?:s|ing)?(?: of)? gas|gas smell|sparks? (?:from|coming)"
            r"|brakes? failed|threatening people"
            r"|oxygen|ventilator|insulin\w*|fever|medicine has been|notfall|verletzt|brennt|stromschlag|gasgeruch|fieber|emergencia"
            r"|herid[oa]|incendio|olor a gas"
            r"|oxígeno|respirador|urgence vitale|blessé|odeur de gaz|oxygène|emergência|ferid[oa]|cheiro de gás|faísca|odore di gas"
            r"|fuga di gas|respiratore|ferit[oa]"
            r"|gaslucht|gewond|zuurstof|zapach gazu|tlen|lekó?w|rann[ya]|gaz kokusu|hasta var|yaralı|yangın|mareez|aspatal|gaslukt"
            r"|skadad)\b",
        ),
        (
            "theft",
            0.9,
            r"\b(?:stolen|(?:a|is|was|of|been|report|this) fraud|fraudulent|scammed|hacked|unauthori[sz]ed|identity theft|(?:account"
            r"|everything)(?:'s| has)? been emptied"
            r"|withdrawing money|lost my (?:card|wallet|purse|phone)|gestohlen|betrug|gehackt|geklaut|robad[oa]|robaron|fraude"
            r"|hackead[oa]|volée?|piratée?"
            r"|roubad[oa]|roubaram|rubat[oa]|truffat[oa]|gestolen|opgelicht|gehackt|skradzion\w+|ukradli|çalındı|dolandırıldım|chori"
            r"|stulen|stulet)\b",
        ),
        (
            "said",
            0.8,
            r"\b(?:urgent(?:ly)?|asap|as soon as possible|(?:help|need|call|send|fix|block|answer|stop|lock|do|money|account"
            r"|me)\b.{0,40} right now|immediately|at once"
            r"|somebody call|pick up!?$|send (?:a crew|someone|somebody)|do something|dringend|bitte sofort|sofort (?:sperren|hilfe"
            r"|melden|handeln)|eilt|umgehend"
            r"|schnellstm[oö]glich|urgente(?:mente)?|cuanto antes|ya mismo|inmediatamente|contesten|de toute urgence|tout de suite"
            r"|immédiatement|o quanto antes"
            r"|imediatamente|rispondete subito|immediatamente|urgentissimo|mandate qualcuno|dringend|onmiddellijk|spoed|pilne"
            r"|natychmiast|acil|lütfen açın|hemen (?:bakın|arayın)"
            r"|jaldi|turant|omgående|akut)\b",
        ),
        (
            "deadline",
            0.6,
            r"\b(?:by|before|until|bis|vor|antes del?|para|avant|d'ici|até|entro|vóór)\s+(?:tonight|today|tomorrow|noon|monday|tuesday"
            r"|wednesday|thursday|friday"
            r"|saturday|sunday|heute|morgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|hoy|mañana|lunes|martes|viernes"
            r"|ce soir|demain|lundi"
            r"|vendredi|hoje|amanhã|sexta|domani|vrijdag)\b|\b(?:flight|train|ferry|wedding|exam|surgery|funeral|interview|election"
            r"|audit|fly|flying|travel(?:ling)?|connection)\b"
            r".{0,30}\b(?:today|tonight|tomorrow|monday|thursday|friday|saturday|in \d+ (?:hours?|min\w*))\b|\b(?:flug|vuelo|vol|voo"
            r"|volo|vlucht|uçak|ticket)\b.{0,20}"
            r"\b(?:morgen|heute|mañana|hoy|demain|amanhã|domani|yarın)\b|\b(?:run out of|runs out|ferry|arriving late|off for|here"
            r"|it) (?:.{0,20})?(?:tomorrow|tonight)\b"
            r"|\b(?:kal ki|jutro mam|mañana cierro|morgen früh|exam chhoot)\b",
        ),
        (
            "stranded",
            0.7,
            r"\b(?:stranded|stuck (?:at|in|on|here)|locked out|(?:no|without) (?:heating|heat|hot water|water|power|electricity"
            r"|internet|signal|broadband)|power is out"
            r"|tarmac|sleeping on the floor|ausgesperrt|sitze fest|kein (?:strom|wasser|internet|netz|warmwasser)|heizung (?:tot|kaputt"
            r"|aus|ausgefallen)"
            r"|sin (?:luz|agua|calefacción|internet|señal|servicio)|fue la luz|bloqué[es]*|panne|par terre|sem (?:luz|água|sinal"
            r"|internet)|onde vamos dormir"
            r"|senza (?:luce|acqua|linea|corrente|internet)|salta la corrente|geen (?:stroom|water|internet|verwarming)|nie ma prądu"
            r"|bez (?:prądu|neta|wody)"
            r"|(?:elektrik|internet|su) yok|light nahi|network nahi|bijli nahi|strömmen borta)\b",
        ),
        (
            "outage",
            0.6,
            r"\b(?:(?:can't|cannot|can not|unable to|couldn't) (?:log ?in|open|access|work|pay|get into|make calls)|servers? (?:are "
            r"|is )?down|(?:is|are|still|app|site|all) down"
            r"|down again|outage|keeps? (?:dropping|crashing|freezing|logging me out)|(?:been|keeps being|gets|was) declined|crash(?:es"
            r"|ed) every|lost all (?:of )?my work|line's dead"
            r"|landline's dead|stopped working|doesn't work anymore|overall abgelehnt|überall abgelehnt|stürzt\b.{0,30}\bab"
            r"|nicht mehr in die app|können so nicht arbeiten"
            r"|no puedo (?:entrar|acceder|exportar|pagar)|impossible de (?:me )?connecter|coupure|ne marche plus|fecha sozinho"
            r"|não consigo (?:entrar|acessar|pagar)"
            r"|non riesco (?:ad accedere|a entrare)|sparit[ioe] tutt[ioe]|geen toegang|wit scherm|ligt eruit|nie mogę się zalogować"
            r"|zniknęły wszystkie|giremiyorum"
            r"|funkar inte|login nahi)\b",
        ),
        (
            "waiting",
            0.5,
            r"\b(?:still (?:waiting|nothing|no (?:answer|reply|response|decision|sign)|with an assessor|haven't|hasn't|not (?:here"
            r"|arrived|received|fixed))|no one (?:answers|replies)"
            r"|been (?:waiting|on hold|pending|trying to reach)|third message|(?:hasn't|haven't|not|never) (?:arrived|received"
            r"|turned up|got it|been delivered)"
            r"|isn't here|hours? late|says delivered|marked as delivered|waited for (?:days|weeks|months)|\d+ (?:days|weeks"
            r"|hours) (?:now|later)|promised a call.?back"
            r"|since (?:yesterday|last (?:night|week|month)|monday|tuesday|wednesday|thursday|friday|saturday|sunday|this morning)"
            r"|for (?:\w+|\d+) (?:days|weeks|months) (?:now|already)"
            r"|warte (?:immer noch|seit)|immer noch (?:keine|nichts)|seit (?:\w+) (?:tagen|wochen|monaten|stunden)|seit (?:gestern"
            r"|montag|dienstag|mittwoch|donnerstag|freitag)"
            r"|ist nichts angekommen|sigo esperando|llevo (?:\w+) (?:días|horas|semanas|meses)|hace (?:\w+) (?:días|semanas|meses)"
            r"|desde el (?:lunes|martes|viernes|jueves)"
            r"|no hemos recibido|esperando el|j'attends|toujours (?:rien|pas|aucun)|depuis (?:hier|lundi|mardi|jeudi|\w+ (?:jours"
            r"|semaines|mois|min\w*))|devait arriver"
            r"|ainda (?:espero|nada|estou)|faz (?:\w+) dias|(?:\d+|\w+) dias sem|devia ter chegado|mai arrivat[oa]|ancora ricevuto"
            r"|aspetto da|non passa da|da (?:\w+) (?:giorni|settimane)"
            r"|niets ontvangen|nog steeds (?:niet|geen)|al (?:\w+) (?:dagen|weken)|brak odpowiedzi|nie (?:przyjechał|dotarł[ao]?)"
            r"|od (?:rana|\w+ (?:dni|tygodni))"
            r"|(?:\w+) gündür|hâlâ gelmedi|yine gelmedi|abhi tak|din se|inte fått)\b",
        ),
    )
)
"""Name, strength from 0 to 1, and what is looked for in small letters."""


def _packed(word: str) -> int:
    """The first four letters of a word as one number, the last 0 where there are three."""
    return sum(ord(letter) << shift for letter, shift in zip(word[:4], (48, 32, 16, 0), strict=False))


@dataclass(frozen=True, slots=True)
class _Case:
    """One of the patterns a rule consists of. `words`: a text that matches has one that begins so (none: it must always be tried)."""

    rule: int
    pattern: str
    words: tuple[str, ...]

    def holds(self, low: str) -> bool:
        """Whether it is in a text in small letters."""
        if self.words and not any(map(low.__contains__, self.words)):
            return False
        return _compiled(self.pattern).search(low) is not None


_compiled = functools.cache(re.compile)
_CASES = tuple(
    _Case(rule, case, tuple(sorted(hints.beginnings(case) or ())))
    for rule, (_, _, pattern) in enumerate(RULES)
    for case in hints.alternatives(pattern.pattern)
)
_ALWAYS = tuple(number for number, case in enumerate(_CASES) if not case.words)


@functools.cache
def _beginnings() -> tuple[Codes, list[tuple[int, ...]]]:
    """How words begin that a case needs, in order, and which cases those are."""
    cases: dict[int, set[int]] = {}
    for number, case in enumerate(_CASES):
        for word in case.words:
            cases.setdefault(_packed(word), set()).add(number)
    order = sorted(cases)
    return np.array(order, np.uint64), [tuple(cases[each]) for each in order]


def candidates(batch: Letters) -> list[set[int]]:
    """For each text the numbers of the cases that may hold, by how its words begin."""
    codes = batch.codes
    letter = batch.kind == WORD
    for joining in JOINING:
        letter &= codes != ord(joining)
    at = np.flatnonzero(letter[1:-4] & ~letter[:-5]) + 1
    three = (codes[at] << np.uint64(48)) | (codes[at + 1] << np.uint64(32)) | (codes[at + 2] << np.uint64(16))
    begun = np.concatenate((three | codes[at + 3], three))
    wanted, cases = _beginnings()
    place = np.minimum(np.searchsorted(wanted, begun), len(wanted) - 1)
    found = np.flatnonzero(wanted[place] == begun)
    out = [set(_ALWAYS) for _ in range(batch.size)]
    for row, which in zip(batch.text[at[found % len(at)]].tolist(), place[found].tolist(), strict=True):
        out[row].update(cases[which])
    return out


def read(text: str, among: Iterable[int] | None = None) -> tuple[float, tuple[str, ...]]:
    """How urgent a text is, from 0 to 1, and the rules that say so, strongest first. `among`: the cases that may hold (`candidates`)."""
    if among is None:
        among = range(len(_CASES))
    elif not among:
        return 0.0, ()
    low = text[:4000].lower()
    rules: set[int] = set()
    for number in among:
        case = _CASES[number]
        if case.rule not in rules and case.holds(low):
            rules.add(case.rule)
    if not rules:
        return 0.0, ()
    found = sorted(((RULES[rule][1], RULES[rule][0]) for rule in rules), reverse=True)
    return min(1.0, found[0][0] + 0.05 * (len(found) - 1)), tuple(name for _, name in found)
