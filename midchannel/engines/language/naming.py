"""Whose labels are asked for: rows may name them by number, by another spelling, or be fewer than a head has."""

import re
from collections.abc import Collection, Sequence

import numpy as np

from midchannel.engines.language.bank import Head
from midchannel.engines.language.features import Floats

TASKS = {
    "sentiment": ("sentiment",),
    "emotion": ("mood", "emotion", "basic_emotion"),
    "toxicity": ("toxicity",),
    "spam": ("spam",),
    "intent": ("intent",),
    "language": ("language",),
}


ALSO = {
    "purchase": "purchase_interest",
    "interest": "purchase_interest",
    "churn": "churn_risk",
    "cancel": "cancellation",
    "suggestion": "idea",
    "none": "other",
}
"""Other names for intents."""


def head_for(task: str, heads: Sequence[Head], given: Collection[str]) -> tuple[Head, dict[str, str]]:
    """The one of these heads, for a task, whose labels these are, and what each given name is there. Raises ValueError."""
    if task not in TASKS:
        raise ValueError(f"There is no task {task}; there are {', '.join(TASKS)} and pii.")
    best: tuple[int, Head, dict[str, str]] | None = None
    own = {head.name: head for head in heads}
    asked = [own[name] for name in TASKS[task] if name in own]
    if not asked:
        raise ValueError(f"{task} is not read here.")
    for head in asked:
        known = {each: label for each in given if (label := _label_of(head, each))}
        if best is None or len(known) > best[0]:
            best = (len(known), head, known)
    if best is None or not best[0]:
        raise ValueError(
            f"No row has a label of {task}; they are {', '.join(asked[-1].labels)}. Use --map theirs=ours."
        )
    return best[1], best[2]


def _label_of(head: Head, given: str) -> str:
    plain = given.lower()
    spelled = re.sub(r"[\s-]+", "_", plain)
    labels = {label.lower(): label for label in head.labels}
    for known in (plain, spelled, ALSO.get(spelled, "")):
        if known in labels:
            return labels[known]
    return head.labels[int(plain)] if plain.isdigit() and int(plain) < len(head.labels) else ""


def asked_for(head: Head, probabilities: Floats, wanted: dict[str, str]) -> tuple[Sequence[str], Floats, Floats]:
    """The labels by the names that the rows give them, their probabilities and thresholds.

    A head of which only some labels are asked chooses among those.
    """
    names = sorted(wanted)
    columns = [head.labels.index(wanted[name]) for name in names]
    chosen = probabilities[:, columns]
    for at, label in enumerate(head.labels):
        # a language in another script counts as the language where only that is asked for
        plain = label.partition("-")[0]
        if label not in wanted.values() and plain != label and plain in wanted.values():
            chosen[:, columns.index(head.labels.index(plain))] += probabilities[:, at]
    if head.kind == "one" and len(columns) < len(head.labels):
        chosen = chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1e-9)
    given = [head.threshold[at] if head.threshold else 0.5 for at in columns]
    return names, chosen, np.array(given, np.float32)
