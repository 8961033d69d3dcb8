"""A second, deeper reading of a text: one encoder with eight bits a weight, for English, where the first is unsure or the person matters.

Optional: `load` gives None where the extra `encoder` is not installed or the model is not there, and nothing else changes. It costs a
hundred times what the first reading does, so nothing that arrives waits for it. A text is read alone, never padded to others: what is
said of it does not depend on what was read beside it.
"""

import functools
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec
import numpy as np

from midchannel.engines import language
from midchannel.engines.language import intents, letters, normal
from midchannel.engines.language.bank import Head
from midchannel.engines.language.encoder_pieces import Pieces
from midchannel.engines.language.features import Floats
from midchannel.engines.language.reading import MIXED, Reading, feeling, likely

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = "encoder.onnx"
LANGUAGES = ("en",)
"""In these it says more than the first reading; others it has hardly seen."""
UNSURE = 0.6
"""A first reading whose sentiment is less likely than this is worth a second."""


class Deeper(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a second reading says, with probabilities from 0 to 1; fields mean what they do in `Reading`. All empty: nothing is said.

    How offensive a text is, it does not say: on strangers' posts the first reading is better at that.
    """

    sentiment: str = ""
    sentiment_confidence: float = 0.0
    negative: float = 0.0
    positive: float = 0.0
    emotions: dict[str, float] = {}
    intents: tuple[tuple[str, float], ...] = ()
    model: str = ""


class Shape(msgspec.Struct, frozen=True):
    """What stands in the model's file beside its weights. `hears`: what the first reading's log-probabilities of sentiment weigh."""

    version: str
    heads: tuple[Head, ...]
    hears: float = 0.0


class _Session(Protocol):
    def run(self, outputs: None, given: dict[str, "NDArray[np.int64]"]) -> list[Floats]: ...


class Encoder:
    """The model, ready to read. `shape` names its version and heads."""

    def __init__(self, shape: Shape, pieces: Pieces, session: _Session) -> None:
        self.shape, self._pieces, self._session = shape, pieces, session
        self._heads = {head.name: head for head in shape.heads}

    def scores(self, texts: Sequence[str]) -> Floats:
        """Raw scores of all heads, (texts, columns)."""
        width = sum(len(head.labels) for head in self.shape.heads)
        out = np.zeros((len(texts), width), np.float32)
        for at, text in enumerate(texts):
            out[at] = self._session.run(None, {"pieces": np.array([self._pieces.of(text)], np.int64)})[0][0]
        if self.shape.hears and len(texts):
            out[:, self._heads["sentiment"].columns] += self.shape.hears * first_sentiment(texts)
        return out

    def read(self, texts: Sequence[str]) -> list[Deeper]:
        """Read texts. One without words gives an empty answer; no text is an error."""
        worded = [at for at, text in enumerate(texts) if any(map(str.isalnum, normal.read_form(text)))]
        out = [Deeper(model=self.shape.version)] * len(texts)
        scores = self.scores([texts[at] for at in worded])
        said = {name: head.probabilities(scores) for name, head in self._heads.items()}
        plain = {name: np.round(values.astype(np.float64), 3).tolist() for name, values in said.items()}
        felt = likely(self._heads["emotion"], said["emotion"], plain["emotion"])
        holds = intents.chosen(said["intent"], np.array(self._heads["intent"].threshold, np.float32))
        for row, at in enumerate(worded):
            mood, sure = feeling(plain["sentiment"][row])
            wanted = plain["intent"][row]
            order = sorted(np.flatnonzero(holds[row]).tolist(), key=lambda label: -wanted[label])
            out[at] = Deeper(
                sentiment=mood,
                sentiment_confidence=round(sure, 3),
                negative=plain["sentiment"][row][0],
                positive=plain["sentiment"][row][2],
                emotions=felt[row],
                intents=tuple((intents.LABELS[label], wanted[label]) for label in order),
                model=self.shape.version,
            )
        return out


def first_sentiment(texts: Sequence[str]) -> Floats:
    """What the first reading says of sentiment, as log-probabilities (texts, 3): the two err on different texts."""
    bank = language.meanings()
    said = bank.head("sentiment").probabilities(
        bank.score_letters(letters.of([normal.read_form(each) for each in texts]))
    )
    return np.asarray(np.log(said + 1e-6), np.float32)


def is_unsure(first: Reading) -> bool:
    """Whether a first reading is worth a second: in a language that the encoder reads, and its sentiment is unsure or mixed."""
    doubtful = first.sentiment_confidence < UNSURE or min(first.negative, first.positive) >= MIXED
    return first.language in LANGUAGES and bool(first.sentiment) and doubtful


def joined(first: Reading, deeper: Deeper) -> Reading:
    """Both readings as one: sentiment and emotions by the encoder, all else as it was; by what, is both versions."""
    if not deeper.sentiment:
        return first
    return msgspec.structs.replace(
        first,
        sentiment=deeper.sentiment,
        sentiment_confidence=deeper.sentiment_confidence,
        negative=deeper.negative,
        positive=deeper.positive,
        emotions=deeper.emotions,
        model=f"{first.model}+{deeper.model}",
    )


def is_there(folder: Path = language.FOLDER) -> bool:
    """Whether the extra and the model are there."""
    return (folder / FILE).exists() and importlib.util.find_spec("onnxruntime") is not None


@functools.cache
def load(folder: Path = language.FOLDER) -> Encoder | None:
    """The encoder, one for the process; None where the extra or the model is not there."""
    if not is_there(folder):
        return None
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(folder / FILE, options, providers=["CPUExecutionProvider"])
    beside = session.get_modelmeta().custom_metadata_map
    shape = msgspec.json.decode(beside["shape"], type=Shape)
    return Encoder(shape, Pieces(beside["vocabulary"].split("\n")), session)
