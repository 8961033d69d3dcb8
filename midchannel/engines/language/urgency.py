"""How soon somebody needs an answer, by rules one can read: what is said to be urgent, by when, and what is at stake.

Each rule names itself in the answer, so that a person sees why. Words of English, German, Spanish, French,
Portuguese, Italian, Dutch, Polish, Turkish, Swedish and Hindi in Latin letters.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

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


_EVERYWHERE = frozenset(
    re.findall(
        r"[^ ]+",
        "the this with was for not have has been being are can't can could couldn't get got all out ever over off from into now here does"
        " doesn't need call send stop still last make one some everything site app keeps keep run runs never its says hasn't haven't isn't"
        " again work make open night morning people phone coming calls making",
    )
)
"""Words that stand in so many texts that they are no hint; wherever one is in a rule, another word beside it is."""


def _beginnings(pattern: str) -> Codes | None:
    words = hints.beginnings(pattern)
    return None if words is None else np.unique(np.array([_packed(each) for each in words], np.uint64))


_HINTS = tuple(_beginnings(pattern.pattern) for _, _, pattern in RULES)
"""How the words begin of which a rule needs one; None where it must be tried on every text."""


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
    for number, wanted in enumerate(_HINTS):
        rows: Iterable[int] = range(batch.size)
        if wanted is not None:
            place = np.minimum(np.searchsorted(wanted, begun), len(wanted) - 1)
            rows = set(owner[wanted[place] == begun].tolist())
        for row in rows:
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
    low = text.lower() if among else ""
    for number in among:
        name, strength, pattern = RULES[number]
        if pattern.search(low):
            yield strength, name
