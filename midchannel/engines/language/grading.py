"""How well texts are read: against rows whose labels are known."""

import csv
import functools
import io
import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from midchannel.engines import language
from midchannel.engines.language import encoder, intents, letters, naming, normal, personal, topics
from midchannel.engines.language.bank import Bank, Head
from midchannel.engines.language.features import Floats

Rows = Sequence[tuple[str, frozenset[str]]]
BATCH = 1000
BINS = 10


class OfLabel(msgspec.Struct, frozen=True):
    """How one label did. `rows` is how many truly have it; `recall_at_90` is the recall while nine of ten that are said are right."""

    precision: float
    recall: float
    f1: float
    rows: int
    recall_at_90: float = 0.0


class Grade(msgspec.Struct, frozen=True):
    """How a task did on some rows. `calibration_error` is the expected one (Guo et al. 2017) over ten bins, of the chosen label.

    `not_known` counts rows by labels that the task does not have. Where a row can have one label only, it is not graded without.
    """

    task: str
    rows: int
    macro_recall: float
    macro_f1: float
    accuracy: float
    calibration_error: float
    texts_per_cpu_second: float
    labels: dict[str, OfLabel]
    not_known: dict[str, int] = {}


def rows_of(content: str, names: Mapping[str, str]) -> Rows:
    """Rows of a tab-separated file: `text` and `label`, or `labels` with commas. `names` maps theirs to ours. Raises ValueError."""
    heading, rows = _table(content)
    columns = [each.strip().lower() for each in heading]
    column = next((each for each in ("labels", "label") if each in columns), None)
    if "text" not in columns or column is None:
        raise ValueError(
            "The file needs the columns text and label (or labels) in its first line, with a tab between;"
            f" it has {', '.join(heading) or 'none'}."
        )
    at, beside = columns.index("text"), columns.index(column)
    found = []
    for row in rows:
        given = [each.strip() for each in row[beside].split(",")] if beside < len(row) else []
        labels = frozenset(label for each in given if (label := names.get(each, each)))
        found.append((row[at] if at < len(row) else "", labels))
    return found


def _table(content: str) -> tuple[list[str], list[list[str]]]:
    """The heading and the rows. Quotes mean nothing, unless all rows are whole only with them: texts with line ends in quotes."""
    lines = (line.removesuffix("\r") for line in content.split("\n"))
    heading, *rows = [line.split("\t") for line in lines if line] or [[]]
    if any(len(row) < len(heading) for row in rows):
        csv.field_size_limit(sys.maxsize)
        try:
            quoted = [row for row in csv.reader(io.StringIO(content, newline=""), delimiter="\t", strict=True) if row]
        except csv.Error:
            return heading, rows
        if all(len(row) == len(heading) for row in quoted):
            return quoted[0], quoted[1:]
    return heading, rows


def grade(task: str, rows: Rows, *, clock: Callable[[], float], tier: int = 1) -> Grade:
    """Grade one task. `clock` gives the seconds of CPU spent so far; `tier` 2 is the second reading (`encoder`).

    Where one label is asked for (spam or not), what is not of it counts as a label, too. Of intents that holds which a reading says.

    Raises ValueError for a task or tier that there is not, and where no row has a label of the task.
    """
    if not rows:
        raise ValueError("The file has no rows.")
    if task == "pii":
        return _grade_personal(rows, clock)
    reader = _reader(task, tier)
    given = {label for _, labels in rows for label in labels}
    if tier == 1 and task == "intent" and given <= set(example().shape.labels):
        return _grade_topics(example(), rows, clock)
    head, wanted = naming.head_for(task, reader.shape.heads, given)
    not_known = _not_known(task, rows, wanted)
    if head.kind == "one" and len(wanted) > 1:  # of the others it is not known what would be right
        rows = [row for row in rows if row[1] & wanted.keys()]
    texts = [text for text, _ in rows]
    _scores(reader, task, texts[:1])  # what is loaded by the first text is not measured
    began = clock()
    parts = []
    for at in range(0, len(texts), BATCH):
        parts.append(head.probabilities(_scores(reader, task, texts[at : at + BATCH])))
    spent = clock() - began
    labels, probabilities, thresholds = naming.asked_for(head, np.concatenate(parts), wanted)
    truth = np.array([[label in own for label in labels] for _, own in rows], bool)
    chosen = _said(head, [wanted[label] for label in labels], probabilities, thresholds, truth)
    if len(labels) == 1 and not truth.all():
        others = sorted(given - set(labels))
        labels = (*labels, others[0] if len(others) == 1 else f"not {labels[0]}")
        truth, chosen = np.hstack([truth, ~truth]), np.hstack([chosen, ~chosen])
        probabilities = np.hstack([probabilities, 1 - probabilities])
    speed = len(rows) / max(spent, 1e-9)
    found = _graded(task, labels, truth=truth, chosen=chosen, probabilities=probabilities, speed=speed)
    return msgspec.structs.replace(found, not_known=not_known)


def _not_known(task: str, rows: Rows, known: Collection[str]) -> dict[str, int]:
    """How many rows have a label that the task has not; one that says no is known where that is an answer."""
    found = Counter(
        label
        for _, labels in rows
        for label in labels - set(known)
        if not (task in {*naming.YES_OR_NO, "pii"} and naming.says_no(label))
    )
    return dict(found.most_common())


def _reader(task: str, tier: int) -> Bank | encoder.Encoder:
    if tier == 1:
        return language.languages() if task == "language" else language.meanings()
    found = encoder.load() if tier == 2 else None
    if found is None:
        raise ValueError(
            "There is no second reading here: it needs onnxruntime (.venv/bin/python -m pip install onnxruntime)."
            if tier == 2
            else f"There is no tier {tier}; there are 1 and 2."
        )
    return found


def _scores(reader: Bank | encoder.Encoder, task: str, texts: Sequence[str]) -> Floats:
    if isinstance(reader, encoder.Encoder):
        return reader.scores(texts)
    batch = letters.of([normal.read_form(text) for text in texts])
    return reader.score_letters(batch.telling(language.LANGUAGE_READ) if task == "language" else batch)


def _said(
    head: Head, labels: Sequence[str], probabilities: Floats, thresholds: Floats, truth: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which labels are said to hold; of rows that have one each, where there are several to choose from, the likeliest."""
    is_one = head.kind == "one" or bool((truth.sum(axis=1) == 1).all())
    if is_one and len(labels) > 1:
        return _highest(probabilities)
    if head.name == intents.HEAD and set(labels) == set(head.labels):
        order = [labels.index(label) for label in head.labels]
        holds = intents.chosen(probabilities[:, order], thresholds[order])
        return holds[:, np.argsort(order)]
    return np.asarray(probabilities >= thresholds)


@functools.cache
def example() -> topics.Topics:
    """The topics of a bank that come with the program, as an example of a company's own."""
    return topics.load(language.FOLDER / topics.EXAMPLE_FILE)


def _grade_topics(model: topics.Topics, rows: Rows, clock: Callable[[], float]) -> Grade:
    labels = model.shape.labels
    began = clock()
    parts = [
        model.probabilities(letters.of([normal.read_form(text) for text, _ in rows[at : at + BATCH]]))
        for at in range(0, len(rows), BATCH)
    ]
    spent = clock() - began
    probabilities = np.concatenate(parts)
    truth = np.array([[label in own for label in labels] for _, own in rows], bool)
    speed = len(rows) / max(spent, 1e-9)
    chosen = _highest(probabilities)
    return _graded("intent", labels, truth=truth, chosen=chosen, probabilities=probabilities, speed=speed)


def _highest(probabilities: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.arange(probabilities.shape[1])[None] == probabilities.argmax(axis=1)[:, None])


def _grade_personal(rows: Rows, clock: Callable[[], float]) -> Grade:
    labels = (personal.EMAIL, personal.PHONE, personal.CARD, personal.IBAN, personal.IP, personal.ADDRESS)
    given = {label for _, own in rows for label in own}
    names = naming.known_of(labels, given, numbers={})
    if not names and not all(naming.says_no(label) for label in given):
        raise naming.no_label_of("pii", labels)
    began = clock()
    found = [{each.type for each in personal.find(text)} for text, _ in rows]
    spent = clock() - began
    true = [{names.get(label) for label in own} for _, own in rows]
    truth = np.array([[label in own for label in labels] for own in true], bool)
    chosen = np.array([[label in own for label in labels] for own in found], bool)
    speed, sure = len(rows) / max(spent, 1e-9), chosen.astype(np.float32)
    graded = _graded("pii", labels, truth=truth, chosen=chosen, probabilities=sure, speed=speed)
    return msgspec.structs.replace(graded, not_known=_not_known("pii", rows, names))


def _graded(
    task: str,
    labels: Sequence[str],
    *,
    truth: NDArray[np.bool_],
    chosen: NDArray[np.bool_],
    probabilities: Floats,
    speed: float,
) -> Grade:
    by_label = {}
    for at, label in enumerate(labels):
        right = int((truth[:, at] & chosen[:, at]).sum())
        said, true = int(chosen[:, at].sum()), int(truth[:, at].sum())
        precision, recall = right / said if said else 0.0, right / true if true else 0.0
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        at_90 = _recall_at(0.9, probabilities[:, at], truth[:, at])
        by_label[label] = OfLabel(round(precision, 4), round(recall, 4), round(f1, 4), true, round(at_90, 4))
    graded = [each for each in by_label.values() if each.rows]
    return Grade(
        task=task,
        rows=len(truth),
        macro_recall=round(float(np.mean([each.recall for each in graded])) if graded else 0.0, 4),
        macro_f1=round(float(np.mean([each.f1 for each in graded])) if graded else 0.0, 4),
        accuracy=round(float((truth == chosen).all(axis=1).mean()), 4),
        calibration_error=round(_calibration_error(truth, chosen, probabilities), 4),
        texts_per_cpu_second=round(speed),
        labels=by_label,
    )


def _recall_at(precision: float, probabilities: Floats, truth: NDArray[np.bool_]) -> float:
    """The best recall that a threshold reaches at which at least so much of what is said is right."""
    if not truth.any():
        return 0.0
    order = np.argsort(-probabilities, kind="stable")
    right = np.cumsum(truth[order])
    ends = np.append(np.diff(probabilities[order]) != 0, True)
    enough = ends & (right >= precision * np.arange(1, len(order) + 1))
    return float(right[enough].max() / right[-1]) if enough.any() else 0.0


def _calibration_error(truth: NDArray[np.bool_], chosen: NDArray[np.bool_], probabilities: Floats) -> float:
    """Over the chosen label of each row; over every label where several may hold."""
    single = truth.shape[1] > 1 and bool((chosen.sum(axis=1) == 1).all() and (truth.sum(axis=1) <= 1).all())
    sure = np.asarray(probabilities.max(axis=1) if single else probabilities.ravel())
    right = np.asarray((truth & chosen).any(axis=1) if single else truth.ravel())
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(
        sum(
            abs(float(right[bins == at].mean()) - float(sure[bins == at].mean())) * float((bins == at).mean())
            for at in range(BINS)
            if (bins == at).any()
        )
    )
