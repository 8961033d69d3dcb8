"""Whose labels are asked for: rows may name them by number, by another spelling, or be fewer than a head has."""

import re
from collections.abc import Collection, Mapping, Sequence

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
    "toxic": "offensive",
    "e_mail": "email",
    "email_address": "email",
    "telephone": "phone",
    "phone_number": "phone",
    "credit_card": "card",
    "card_number": "card",
    "ip_address": "ip",
    "street_address": "address",
}
"""Other names for labels."""

YES_OR_NO = {"toxicity": "offensive", "spam": "spam"}
"""Tasks of which rows may say only yes or no, and to which label."""

NO = re.compile(r"0|no|none|false|neither|normal|ham|no[nt]?[\s_-].*")
"""How rows say that nothing of a task is there."""


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
        known = known_of(head.labels, given, numbers=_numbers(task, head, given))
        if best is None or len(known) > best[0]:
            best = (len(known), head, known)
    if best is None or not best[0]:
        if task in YES_OR_NO and given and all(says_no(each) for each in given):
            return asked[0], {YES_OR_NO[task]: YES_OR_NO[task]}
        raise no_label_of(task, asked[-1].labels)
    return best[1], best[2]


def says_no(given: str) -> bool:
    """Whether a row says by this name that nothing of the task is there."""
    return bool(NO.fullmatch(given.lower()))


def no_label_of(task: str, labels: Sequence[str]) -> ValueError:
    """What is said where no row has a label of the task."""
    return ValueError(f"No row has a label of {task}; they are {', '.join(labels)}. Use --map theirs=ours.")


def known_of(labels: Sequence[str], given: Collection[str], *, numbers: Mapping[str, str]) -> dict[str, str]:
    """Which of these labels each given name is; names that are none are left out."""
    own = {label.lower(): label for label in labels}
    found = {}
    for each in given:
        plain = each.lower()
        spelled = re.sub(r"[\s-]+", "_", plain)
        names = (plain, spelled, ALSO.get(spelled, ""), numbers.get(plain, "").lower())
        known = next((own[name] for name in names if name in own), "")
        if known:
            found[each] = known
    return found


def _numbers(task: str, head: Head, given: Collection[str]) -> dict[str, str]:
    """What a number stands for: a label's place; 0 and 1 where rows only say no and yes; -1, 0 and 1 for a feeling."""
    if task in YES_OR_NO:
        return dict.fromkeys(("1", "yes", "true"), YES_OR_NO[task])
    first = -1 if task == "sentiment" and "-1" in given else 0
    return {str(number): label for number, label in enumerate(head.labels, first)}


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
