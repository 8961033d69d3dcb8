"""A batch of texts to what each of them says. `None` and empty mean: not known."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from midchannel.engines import language
from midchannel.engines.language import letters, normal, urgency
from midchannel.engines.language.features import Floats
from midchannel.engines.language.personal import Found, find

SURE_OF_LANGUAGE = 0.5
MIXED = 0.3
"""Where positive and negative are both at least so likely, a text is mixed."""


Adjust = Callable[[letters.Letters, dict[str, Floats]], dict[str, Floats]]
"""Makes the probabilities (texts, labels) of all heads a company's own; `urgency` is one of them, with a single column."""


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a text says, with probabilities from 0 to 1. `language` is a BCP 47 code, "" when it is not known; `sentiment` likewise.

    `intents` are those that hold, likeliest first, each with its probability (their names: `intents.LABELS`); `topics` likewise, the
    company's own. `urgency_rules` name what made it urgent. `personal` holds positions in the text as it was given. `model` is what it
    was read by.
    """

    language: str = ""
    language_confidence: float = 0.0
    sentiment: str = ""
    sentiment_confidence: float = 0.0
    negative: float = 0.0
    positive: float = 0.0
    emotions: dict[str, float] = {}
    basic_emotions: dict[str, float] = {}
    offensive: float = 0.0
    hate: float = 0.0
    spam: float = 0.0
    intents: tuple[tuple[str, float], ...] = ()
    topics: tuple[tuple[str, float], ...] = ()
    urgency: float = 0.0
    urgency_rules: tuple[str, ...] = ()
    personal: tuple[Found, ...] = ()
    model: str = ""


def read(texts: Sequence[str], *, adjust: Adjust | None = None) -> list[Reading]:
    """Read texts, a batch at once. A text that says nothing gives an empty reading; no text is an error.

    `adjust` makes the probabilities of all heads (texts, labels) those of a company's own (`calibrating`).
    """
    forms = [normal.read_form(text) for text in texts]
    worded = [at for at, form in enumerate(forms) if any(letter.isalnum() for letter in form)]
    bank = language.meanings()
    batch = letters.of([forms[at] for at in worded])
    scores = bank.score_letters(batch)
    said = {head.name: head.probabilities(scores) for head in bank.shape.heads}
    urgent = [urgency.read(texts[at]) for at in worded]
    said["urgency"] = np.array([each for each, _ in urgent], np.float32).reshape(len(urgent), 1)
    if adjust is not None and worded:
        said = adjust(batch, said)
    tongues = dict(zip(worded, language.tell_languages_of(batch), strict=True))
    rows = {at: row for row, at in enumerate(worded)}
    return [
        _reading(
            text,
            {name: values[rows[at]] for name, values in said.items()} if at in rows else {},
            tongues.get(at),
            urgent[rows[at]][1] if at in rows else (),
        )
        for at, text in enumerate(texts)
    ]


def _reading(
    text: str, said: dict[str, Floats], tongue: tuple[str, float] | None, rules: tuple[str, ...]
) -> Reading:
    model = language.meanings().shape.version
    found = tuple(find(text))
    if not said or tongue is None:
        return Reading(personal=found, model=model)
    feeling, sure = _feeling(said["sentiment"])
    code, known = tongue if tongue[1] >= SURE_OF_LANGUAGE else ("", tongue[1])
    return Reading(
        language=code,
        language_confidence=round(known, 3),
        sentiment=feeling,
        sentiment_confidence=round(sure, 3),
        negative=round(float(said["sentiment"][0]), 3),
        positive=round(float(said["sentiment"][2]), 3),
        emotions=_likely("emotion", said["emotion"]),
        basic_emotions=_likely("basic_emotion", said["basic_emotion"]),
        offensive=round(float(said["toxicity"][0]), 3),
        hate=round(float(said["toxicity"][1]), 3),
        spam=round(float(said["spam"][0]), 3),
        urgency=round(float(said["urgency"][0]), 2),
        urgency_rules=rules,
        personal=found,
        model=model,
    )


def _feeling(probabilities: Floats) -> tuple[str, float]:
    if min(probabilities[0], probabilities[2]) >= MIXED:
        return "mixed", float(probabilities[0] + probabilities[2])
    best = int(np.argmax(probabilities))
    return language.meanings().head("sentiment").labels[best], float(probabilities[best])


def _likely(head: str, probabilities: Floats) -> dict[str, float]:
    own = language.meanings().head(head)
    order = np.argsort(-probabilities)[:5]
    return {
        own.labels[at]: round(float(probabilities[at]), 3) for at in order if probabilities[at] >= own.threshold[at]
    }
