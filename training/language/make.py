"""`make models`: everything again from the data, with the same figures.

python -m training.language.make --data FOLDER [--out FOLDER] [--lexicon FILE] [--only language|meaning]
"""

import argparse
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from midchannel.engines import language
from midchannel.engines.language import bank, topics
from training.language import data, fit, intent_head

HELD_OUT = 10
"""Every tenth example is for calibration."""
SPAM_FROM = 0.7


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--lexicon", type=Path, default=Path(__file__).parent / "lexicon" / "vader_lexicon.txt")
    asked.add_argument("--out", type=Path, default=language.FOLDER)
    asked.add_argument("--only", choices=("language", "meaning", "intents", "example"))
    asked.add_argument("--without", action="append", default=[], metavar="FILE", help="a file of rows to do without")
    given = asked.parse_args()
    rows = data.Source(given.data, without=frozenset(given.without))
    if given.only in {None, "language"}:
        make(language.LANGUAGE_FILE, language_bank, rows, given.out)
    if given.only in {None, "meaning"}:
        words = read_lexicon(given.lexicon)
        make(language.MEANING_FILE, lambda source: meaning_bank(source, words), rows, given.out)
    if given.only == "intents":
        there = bank.load(given.out / language.MEANING_FILE)
        make(language.MEANING_FILE, lambda source: with_intents(source, there), rows, given.out, also=True)
    if given.only in {None, "example"}:
        make(topics.EXAMPLE_FILE, example_topics, rows, given.out)


def make(
    name: str,
    fitted: Callable[[data.Source], bank.Bank | topics.Topics],
    given: data.Source,
    out: Path,
    *,
    also: bool = False,
) -> None:
    """Fit one model, write it, and note beside it from which rows, by hash. `also`: beside those it was made from before."""
    began = time.perf_counter()
    source = data.Source(given.root, without=given.without)
    model = fitted(source)
    topics.save(model, out / name) if isinstance(model, topics.Topics) else bank.save(model, out / name)
    manifest = out / "manifest.json"
    noted = json.loads(manifest.read_text()) if manifest.exists() else {}
    before = noted[name]["rows"] if also else {}
    noted[name] = {
        "sha256": hashlib.sha256((out / name).read_bytes()).hexdigest(),
        "rows": dict(sorted({**before, **source.read}.items())),
    }
    manifest.write_text(json.dumps(noted, indent=1) + "\n")
    print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)


def example_topics(source: data.Source) -> topics.Topics:
    """What a company's own topics look like: 77 of a bank's, learned through the door that a company's are learned by."""
    rows = source.quoted("banking77_train.tsv")
    model = topics.learn_topics([row["text"] for row in rows], [row["label"] for row in rows])
    if model is None:
        raise ValueError("banking77_train.tsv has too few rows.")
    return model


def read_lexicon(path: Path) -> dict[str, float]:
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines() if "\t" in line)
    return {row[0]: float(row[1]) for row in rows}


def language_bank(source: data.Source) -> bank.Bank:
    """The head that tells languages, on words and runs of characters."""
    rows = data.language(source)
    rows += [(cut, code) for text, code in rows[::2] if (cut := shortened(text))]
    labels = tuple(sorted({code for _, code in rows}))
    right = np.array([labels.index(code) for _, code in rows])
    matrix = fit.Matrix(
        [text for text, _ in rows],
        {},
        word_bits=language.LANGUAGE_WORD_BITS,
        run_bits=language.LANGUAGE_BITS,
        longest=4,
        only_letters=True,
    )
    idf = [fit.rarity(block, weight) for block, weight in zip(matrix.blocks, (2.0, 3.0), strict=True)]
    joined = matrix.joined(idf)
    given = (1 / np.sqrt(np.bincount(right) / len(labels)))[right].astype(np.float32)
    keep = np.arange(len(rows)) % HELD_OUT > 0
    weights, bias = fit.softmax(joined[keep], right[keep], len(labels), given[keep] / given.mean(), epochs=6)
    weights *= np.concatenate(idf)[:, None]
    first = len(idf[0])
    words, word_scale = fit.eight_bits(weights[:first])
    runs, run_scale = fit.eight_bits(weights[first:])
    nothing = np.zeros((0, len(labels)), np.float32)
    scores = matrix.blocks[0] @ (words * word_scale) + matrix.blocks[1] @ (runs * run_scale) + bias
    stretch, shift = fit.calibrate(scores[~keep], np.eye(len(labels), dtype=np.int8)[right][~keep], "one")
    head = bank.Head("language", labels, "one", 0, stretch, shift)
    shape = bank.Shape("language/2", language.LANGUAGE_WORD_BITS, language.LANGUAGE_BITS, 4, (head,))
    return bank.Bank(shape, words, runs, word_scale, run_scale, nothing, bias, {})


def shortened(text: str) -> str:
    words = text.split()
    return " ".join(words[:4]) if len(words) > 6 else ""


def meaning_bank(source: data.Source, words: dict[str, float]) -> bank.Bank:
    """Sentiment, emotion, mood, toxicity, spam and intents as columns of one pair of tables."""
    columns: list[NDArray[np.float32]] = []
    biases: list[NDArray[np.float32]] = []
    heads: list[bank.Head] = []
    for task in _tasks(source):
        helped = fit.helping(task.labels, heads, columns, biases, data.priors(source)) if task.helped else None
        weights, bias, head = _head(task, words, helped, first=sum(c.shape[1] for c in columns))
        columns.append(weights)
        biases.append(bias)
        heads.append(head)
        print(task.name, len(task.examples), flush=True)
    joined = np.concatenate(columns, axis=1)
    first, second = 2**fit.WORD_BITS, 2**fit.WORD_BITS + 2**fit.RUN_BITS
    word, word_scale = fit.eight_bits(joined[:first])
    run, run_scale = fit.eight_bits(joined[first:second])
    shape = bank.Shape("meaning/3", fit.WORD_BITS, fit.RUN_BITS, fit.LONGEST, tuple(heads))
    before = bank.Bank(
        shape,
        word,
        run,
        word_scale,
        run_scale,
        joined[second:] * fit.DENSE_WEIGHT,
        np.concatenate(biases),
        words,
    )
    return with_intents(source, before)


def with_intents(source: data.Source, before: bank.Bank) -> bank.Bank:
    """The bank with the intents as its last columns; they hear the heads before them as those are kept, in eight bits.

    Not sentiment: it has learned from the same posts, so that posts held out would not be unseen.
    """
    last = before.head("intent").first if before.shape.heads[-1].name == "intent" else len(before.bias)
    heads = tuple(_careful(head) for head in before.shape.heads if head.name != "intent")
    heard = [at for head in heads if head.name != "sentiment" for at in range(*head.columns.indices(last))]
    others = np.concatenate(
        [
            before.words[:, heard] * before.word_scale[heard],
            before.runs[:, heard] * before.run_scale[heard],
            before.dense[:, heard] / fit.DENSE_WEIGHT,
        ]
    ).astype(np.float32)
    found = intent_head.fitted(source, dict(before.lexicon), others, first=last)
    weights = found.weights
    first, second = 2**fit.WORD_BITS, 2**fit.WORD_BITS + 2**fit.RUN_BITS
    word, word_scale = fit.eight_bits(weights[:first])
    run, run_scale = fit.eight_bits(weights[first:second])
    return bank.Bank(
        msgspec.structs.replace(before.shape, heads=(*heads, found.head)),
        np.hstack([before.words[:, :last].astype(np.float32), word]),
        np.hstack([before.runs[:, :last].astype(np.float32), run]),
        np.concatenate([before.word_scale[:last], word_scale]),
        np.concatenate([before.run_scale[:last], run_scale]),
        np.hstack([before.dense[:, :last], weights[second:] * fit.DENSE_WEIGHT]),
        np.concatenate([before.bias[:last], found.bias]),
        before.lexicon,
        found.between,
    )


@dataclass(frozen=True)
class Task:
    """A head to be fitted. `alpha` 0 means one softmax in which every label weighs as much as another.

    `elsewhere`: rows of another kind than those learned from, on which its probabilities are made true. `helped`: the heads before it
    that know its labels have a say.
    """

    name: str
    labels: tuple[str, ...]
    kind: str
    examples: list[data.Example]
    alpha: float
    epochs: int
    elsewhere: list[data.Example] = field(default_factory=list)
    helped: bool = False


def _tasks(source: data.Source) -> list[Task]:
    feelings = ("negative", "neutral", "positive")
    return [
        Task("sentiment", feelings, "one", data.sentiment(source), 1e-4, 12, data.sentiment_elsewhere(source)),
        Task("emotion", data.EMOTIONS, "many", data.emotion(source), 3e-5, 8),
        Task("basic_emotion", data.BASIC, "many", data.basic_emotion(source), 3e-5, 8),
        Task("mood", data.MOODS, "one", data.mood(source), 0.0, 4, helped=True),
        Task("toxicity", ("offensive", "hate"), "many", data.toxicity(source), 3e-5, 10),
        Task("spam", ("spam",), "many", data.spam(source), 3e-5, 10),
    ]


def _matrix(examples: Sequence[data.Example], words: dict[str, float]) -> fit.Matrix:
    return fit.Matrix(
        data.texts_of(examples), words, word_bits=fit.WORD_BITS, run_bits=fit.RUN_BITS, longest=fit.LONGEST
    )


def _head(
    task: Task, words: dict[str, float], helped: fit.Linear | None, *, first: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], bank.Head]:
    matrix = _matrix(task.examples, words)
    idf = [fit.rarity(matrix.blocks[0], fit.WORD_WEIGHT), fit.rarity(matrix.blocks[1], fit.RUN_WEIGHT), None]
    fold = np.concatenate([idf[0], idf[1], np.ones(matrix.blocks[2].shape[1], np.float32)])
    joined = matrix.joined(idf)
    truth = fit.truth_of(task.examples, len(task.labels))
    keep = np.arange(len(task.examples)) % HELD_OUT > 0
    given = np.array([example.weight for example in task.examples], np.float32)[keep]
    if task.alpha:
        weights, bias = fit.one_against_all(joined[keep], truth[keep], given, alpha=task.alpha, epochs=task.epochs)
    else:
        right = truth[keep].argmax(axis=1)
        weights, bias = fit.evenly(joined[keep], right, len(task.labels), given, epochs=task.epochs)
    folded = np.asarray(fold[:, None] * weights, np.float32)
    if helped is not None:
        folded, bias = folded + helped.weights, bias + helped.bias
    unseen, true = matrix.joined([None, None, None])[~keep], truth[~keep]
    if task.elsewhere:
        unseen = _matrix(task.elsewhere, words).joined([None, None, None])
        true = fit.truth_of(task.elsewhere, len(task.labels))
    scores = np.asarray(unseen @ folded + bias, np.float32)
    even = bool(task.elsewhere) or not task.alpha
    stretch, shift = fit.sureness(scores, true) if even else fit.calibrate(scores, true, task.kind)
    head = bank.Head(task.name, task.labels, task.kind, first, stretch, shift)
    if task.kind == "many":
        moved = msgspec.structs.replace(head, first=0)
        head = msgspec.structs.replace(head, threshold=fit.balance(moved.probabilities(scores), true))
    return folded, bias, _careful(head)


def _careful(head: bank.Head) -> bank.Head:
    """An ordinary post that is taken for spam is lost to people: spam has to be likelier than its best F1 asks for."""
    return msgspec.structs.replace(head, threshold=(SPAM_FROM,)) if head.name == "spam" else head


if __name__ == "__main__":
    main()
