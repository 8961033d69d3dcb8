"""A batch of texts to what each of them says. `None` and empty mean: not known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from midchannel.engines import language
from midchannel.engines.language import intents, letters, normal, urgency
from midchannel.engines.language.bank import Head
from midchannel.engines.language.features import Floats
from midchannel.engines.language.personal import Found, find
from midchannel.engines.language.tongues import tell_of as tongues_of

MOST_EMOTIONS = 5
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
    worded = [at for at, form in enumerate(forms) if any(map(str.isalnum, form))]
    bank = language.meanings()
    batch = letters.of([forms[at] for at in worded])
    scores = bank.score_letters(batch)
    said = bank.probabilities(scores)
    urgent = [urgency.read(texts[at], rules) for at, rules in zip(worded, urgency.candidates(batch), strict=True)]
    said["urgency"] = np.array([each for each, _ in urgent], np.float32).reshape(len(urgent), 1)
    if adjust is not None and worded:
        said = adjust(batch, said)
    plain = {name: values.astype(np.float64).round(3).tolist() for name, values in said.items()}
    whole = _Said(
        plain,
        likely(bank.head("emotion"), said["emotion"], plain["emotion"]),
        likely(bank.head("basic_emotion"), said["basic_emotion"], plain["basic_emotion"]),
        intents.holding(bank, said),
        tongues_of(batch),
        [rules for _, rules in urgent],
        bank.shape.version,
    )
    rows = {at: row for row, at in enumerate(worded)}
    return [_reading(text, whole, rows.get(at)) for at, text in enumerate(texts)]


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of the texts of a batch that have words, row by row."""

    chances: dict[str, list[list[float]]]
    felt: list[dict[str, float]]
    basic: list[dict[str, float]]
    wanted: list[tuple[tuple[str, float], ...]]
    tongues: list[tuple[str, float]]
    rules: list[tuple[str, ...]]
    model: str


def _reading(text: str, said: _Said, row: int | None) -> Reading:
    found = tuple(find(text))
    if row is None:
        return Reading(personal=found, model=said.model)
    chances = said.chances
    negative, _, positive = felt = chances["sentiment"][row]
    mood, sure = feeling(felt)
    code, known = said.tongues[row]
    return Reading(
        language=code,
        language_confidence=round(known, 3),
        sentiment=mood,
        sentiment_confidence=round(sure, 3),
        negative=negative,
        positive=positive,
        emotions=said.felt[row],
        basic_emotions=said.basic[row],
        offensive=chances["toxicity"][row][0],
        hate=chances["toxicity"][row][1],
        spam=chances["spam"][row][0],
        intents=said.wanted[row],
        urgency=round(chances["urgency"][row][0], 2),
        urgency_rules=said.rules[row],
        personal=found,
        model=said.model,
    )


_FEELINGS = ("negative", "neutral", "positive")


def feeling(chances: Sequence[float]) -> tuple[str, float]:
    """Which feeling these chances of negative, neutral and positive say, and how likely it is."""
    negative, _, positive = chances
    if min(negative, positive) >= MIXED:
        return "mixed", negative + positive
    best = max(range(3), key=chances.__getitem__)
    return _FEELINGS[best], chances[best]


def likely(head: Head, values: Floats, plain: Sequence[Sequence[float]]) -> list[dict[str, float]]:
    """For each text the labels that are said to hold, likeliest first, five at most. `plain`: the same (texts, labels), rounded."""
    out: list[dict[str, float]] = [{} for _ in range(len(values))]
    row, column = np.nonzero(values >= np.array(head.threshold, np.float32))
    order = np.argsort(-values[row, column], kind="stable")
    for own, label in zip(row[order].tolist(), column[order].tolist(), strict=True):
        if len(out[own]) < MOST_EMOTIONS:
            out[own][head.labels[label]] = plain[own][label]
    return out
