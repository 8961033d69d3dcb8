"""What the encoder learns from: texts, each with what is known of it for every head at once.

The rows are those of tier 1 (`data`, `intents`), English ones and our own posts. A text that several sets label is one row. Every tenth
text, by its hash, is for making probabilities true; sentiment's are made true on posts of another set (`strangers`), of which the
other half is learned from for moods.
"""

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from midchannel.engines.language.bank import Head
from midchannel.engines.language.intents import LABELS
from training.language import data, intents
from training.language.data import Example, Source

FEELINGS = ("negative", "neutral", "positive")
TONES = ("offensive", "hate")
WANTED = {"tweets": 26_000, "talk": 18_000, "tone": 4_500, "reviews": 1_500, "bank": 600, "support": 1_000}
"""So many rows of each set: what two old cores learn from in three quarters of an hour."""
RARE = (
    "optimism",
    "sadness",
    "fear",
    "disgust",
    "anger",
    "remorse",
    "embarrassment",
    "relief",
    "nervousness",
    "grief",
    "pride",
)
MOST_WEIGHT = 2.0


def heads() -> tuple[Head, ...]:
    """The heads in the order of their columns; nothing is true of them yet."""
    found: list[Head] = []
    for name, labels, kind in (
        ("sentiment", FEELINGS, "one"),
        ("emotion", data.EMOTIONS, "many"),
        ("mood", data.MOODS, "one"),
        ("toxicity", TONES, "many"),
        ("intent", LABELS, "many"),
    ):
        first = sum(len(head.labels) for head in found)
        found.append(Head(name, tuple(labels), kind, first, (1.0,) * len(labels), (0.0,) * len(labels)))
    return tuple(found)


@dataclass(frozen=True)
class Rows:
    """Texts, what is true of them (texts, columns): 1, 0 or -1 for not known, and what each counts for each column."""

    texts: list[str]
    truth: NDArray[np.int8]
    weight: NDArray[np.float32]


def to_learn(source: Source) -> Rows:
    """The rows to learn from, in the order they are learned in."""
    known = _Known(heads())
    for head, examples in _examples(source):
        known.add(head, (each for each in examples if not is_held_out(each.text)))
    for row in intents.posts(source, "train"):  # the only ones written as people write to companies: twice
        known.again.add(row.text)
    return known.rows(shuffled=True)


def to_calibrate(source: Source) -> dict[str, Rows]:
    """For each head rows that were not learned from."""
    out = {}
    by_head: dict[str, list[Example]] = {}
    for head, examples in _examples(source):
        by_head.setdefault(head, []).extend(each for each in examples if is_held_out(each.text))
    by_head["sentiment"] = strangers(source)
    by_head["emotion"] = [each for each in data.emotion(source) if is_held_out(each.text)]
    by_head["intent"] = [post.example for post in intents.posts(source, "calibration")]
    for name, examples in by_head.items():
        known = _Known(heads())
        known.add(name, examples)
        out[name] = known.rows(shuffled=False)
    return out


def strangers(source: Source) -> list[Example]:
    """Posts by what they feel, of a set that sentiment was not learned from: the half of which nothing was learned."""
    return [each for each in data.sentiment_elsewhere(source) if _digest(each.text) % 2]


def is_held_out(text: str) -> bool:
    """Whether a text is kept for calibration."""
    return _digest(text) % 10 == 0


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def _examples(source: Source) -> Iterator[tuple[str, Iterable[Example]]]:
    without = frozenset(str(path.relative_to(source.root)) for path in source.root.glob("afrisenti/*"))
    english = Source(source.root, source.read, source.without | without | {"uci_sentiment_sentences.tsv"})
    talk = _talk(source)
    sentiment = [each for each in data.sentiment(english) if each.weight != 0.5]  # what Reddit feels comes below
    own = {post.text for post in intents.posts(source, "train")}
    tweets = [each for each in sentiment if each.weight == 1.0]
    bank = [each for each in sentiment if each.weight < 0.5]
    yield "sentiment", _some(tweets, "tweets")
    yield "sentiment", [each for each in sentiment if each.text in own]
    yield "sentiment", [replace(each, weight=1.0) for each in _some(bank, "bank")]
    reviews = [r for r in source.rows("uci_sentiment_sentences.tsv") if r["label"] in {"0", "1"}]
    yield "sentiment", _some([Example(r["text"], (2 * int(r["label"]),), 0.5) for r in reviews], "reviews")
    yield (
        "sentiment",
        [each for each in data.sentiment(_only(source, without)) if each.weight == 0.5 and each.text in talk],
    )
    yield "emotion", [each for each in data.emotion(source) if each.text in talk]
    learned = {each.text for each in strangers(source)}
    moods = data.mood(source)
    yield "mood", [e for e in moods if (e.text in talk or e.weight == 2.0) and e.text not in learned]
    yield "toxicity", _tone(source, talk)
    yield "intent", [post.example for post in intents.posts(source, "train")]
    yield "intent", [replace(each, weight=1.0) for each in intents.phrases(source)]
    others = list(intents.other_sets(_only(source, without), tweets=False))
    yield "intent", [replace(each, weight=0.3) for each in _some([e for e in others if e.text not in talk], "support")]
    yield "intent", [replace(each, weight=0.3) for each in others if each.text in talk]


def _only(source: Source, without: frozenset[str]) -> Source:
    return Source(source.root, source.read, source.without | without)


def _talk(source: Source) -> frozenset[str]:
    """Which of Reddit's comments: those with a rarer feeling first, and a third as many as all of them without any."""
    rows = data.emotion(source)
    neutral, rare = data.EMOTIONS.index("neutral"), {data.EMOTIONS.index(each) for each in RARE}
    felt = [each for each in rows if neutral not in each.labels and not rare & set(each.labels)]
    chosen = [each for each in rows if rare & set(each.labels)]
    chosen += _chosen(felt, WANTED["talk"] * 3 // 4 - len(chosen))
    chosen += _chosen([each for each in rows if each.labels == (neutral,)], WANTED["talk"] // 4)
    return frozenset(each.text for each in chosen)


def _tone(source: Source, talk: frozenset[str]) -> list[Example]:
    rows = data.toxicity(source)
    rare = [each for each in rows if each.weight == 3.0 or 1 in each.labels]
    tweets = [each for each in rows if each.weight == 1.0 and 1 not in each.labels and each.text not in talk]
    calm = [each for each in rows if each.text in talk]
    return rare + _chosen(tweets, WANTED["tone"] - len(rare)) + calm


def _some(examples: Sequence[Example], name: str) -> list[Example]:
    return _chosen(examples, WANTED[name])


def _chosen(examples: Sequence[Example], most: int) -> list[Example]:
    """So many, the same each time: those whose text's hash is lowest."""
    return sorted(examples, key=lambda each: (_digest(f"x{each.text}"), each.text))[: max(most, 0)]


class _Known:
    """Gathers what is known of each text."""

    def __init__(self, columns: Sequence[Head]) -> None:
        self._heads = {head.name: head for head in columns}
        self._width = sum(len(head.labels) for head in columns)
        self._truth: dict[str, NDArray[np.int8]] = {}
        self._weight: dict[str, NDArray[np.float32]] = {}
        self.again: set[str] = set()

    def add(self, name: str, examples: Iterable[Example]) -> None:
        """What examples say of one head. A label that is numbered -1 - number is not known."""
        head = self._heads[name]
        for each in examples:
            if not each.text.strip():
                continue
            truth = self._truth.setdefault(each.text, np.full(self._width, -1, np.int8))
            weight = self._weight.setdefault(each.text, np.zeros(self._width, np.float32))
            truth[head.columns] = 0
            weight[head.columns] = min(each.weight, MOST_WEIGHT)
            for label in each.labels:
                truth[head.first + (label if label >= 0 else -1 - label)] = 1 if label >= 0 else -1

    def rows(self, *, shuffled: bool) -> Rows:
        texts = list(self._truth) + sorted(self.again & self._truth.keys())
        if shuffled:
            random.Random(1).shuffle(texts)  # noqa: S311 - the same each time is what is wanted
        return Rows(
            texts, np.stack([self._truth[each] for each in texts]), np.stack([self._weight[each] for each in texts])
        )
