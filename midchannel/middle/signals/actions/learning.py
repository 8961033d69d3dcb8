"""What people corrected is learned: the company's own calibration, versioned, measured on corrections that were held out."""

import io
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction

from midchannel.engines.language import calibrating
from midchannel.engines.language import topics as topic_models
from midchannel.engines.language.calibrating import Adjustment, Corrected, Own, Worth
from midchannel.middle.signals import labels
from midchannel.middle.signals.actions.correcting import HEADS, label_names
from midchannel.middle.signals.actions.keeping import LEARN_LOCK
from midchannel.middle.signals.models import Calibration, Correction
from midchannel.middle.signals.queries import texts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import execute, fetch
from midchannel.platform.errors import NotAllowedError

MOST = 5000
"""As many corrections, the newest, are learned from."""
AGAIN = timedelta(seconds=60)
FORGET = -1
"""As the number of corrections: some of those that were learned from were erased; learn without them."""


@transaction.atomic
def learn_if_due(*, now: datetime) -> bool:
    """Learn when there are corrections that nothing was learned from yet, at most once a minute; one at a time, whoever calls.

    Returns whether there is a new calibration. For the machine.
    """
    if not fetch("SELECT pg_try_advisory_xact_lock(%s)", [LEARN_LOCK])[0][0] or not _is_due(now=now):
        return False
    learn(now=now)
    return True


def _is_due(*, now: datetime) -> bool:
    last = Calibration.objects.order_by("-id").values("corrections", "made_at").first()
    seen = _newest()
    if last is None:
        return seen > 0
    return last["corrections"] == FORGET or (last["corrections"] < seen and now - last["made_at"] >= AGAIN)


def _newest() -> int:
    return Correction.objects.order_by("-id").values_list("id", flat=True).first() or 0


@transaction.atomic
def learn_now(viewer: Viewer, *, now: datetime) -> Calibration:
    """Learn at once, since a lead asks for it. Raises NotAllowedError."""
    if not viewer.is_lead:
        raise NotAllowedError
    made = learn(now=now)
    audit.record(viewer.actor, "signal.learn", object_type="signal", object_id=made.pk, now=now)
    return made


@transaction.atomic
def learn(*, now: datetime) -> Calibration:
    """Learn from all corrections, and use it from now on."""
    execute("SELECT pg_advisory_xact_lock(%s)", [LEARN_LOCK])
    newest = _newest()
    told = _told()
    heads: dict[str, dict[str, Own]] = {}
    measured: dict[str, dict[str, Any]] = {}
    for (head, label), corrected in sorted(told.items()):
        own, worth = calibrating.learn(corrected)
        measured.setdefault(head, {})[label] = msgspec.to_builtins(worth)
        if own != Own():
            heads.setdefault(head, {})[label] = own
    topics = _topics()
    if topics is not None:
        shape = topics.shape
        measured["topics"] = {
            name: {"corrections": count, "held_out": shape.held_out, "right_after": shape.right}
            for name, count in zip(shape.labels, shape.texts, strict=True)
            if name
        }
    Calibration.objects.filter(is_used=True).update(is_used=False, body={}, topics=b"")
    return Calibration.objects.create(
        made_at=now,
        body=msgspec.to_builtins(Adjustment(heads), str_keys=True),
        measured=measured,
        corrections=newest,
        is_used=True,
        topics=_packed(topics),
    )


def _topics() -> topic_models.Topics | None:
    """The company's topics, learned from the texts to which people gave one. A text with several counts for the first."""
    rows = list(
        Correction.objects.filter(is_last=True, what="topics")
        .order_by("-id")
        .values_list("activity_id", "holds")[:MOST]
    )
    words = texts.list_read_texts(sorted({activity_id for activity_id, _ in rows}))
    told = [(words[activity_id].text, holds[0] if holds else "") for activity_id, holds in rows if activity_id in words]
    return topic_models.learn_topics([text for text, _ in told], [label for _, label in told]) if told else None


def _packed(topics: topic_models.Topics | None) -> bytes:
    if topics is None:
        return b""
    into = io.BytesIO()
    topic_models.save(topics, into)
    return into.getvalue()


def _told() -> Mapping[tuple[str, str], list[Corrected]]:
    """What was said about each label of each head, newest last. A text that is no longer here is not learned from."""
    rows = list(
        Correction.objects.filter(is_last=True, what__in=HEADS)
        .order_by("-id")
        .values("activity_id", "what", "holds", "said")[:MOST]
    )
    words = texts.list_read_texts(sorted({row["activity_id"] for row in rows}))
    names = label_names()
    told: dict[tuple[str, str], list[Corrected]] = defaultdict(list)
    for row in reversed(rows):
        text, head = words.get(row["activity_id"]), HEADS[row["what"]]
        if text is None or not row["said"]:
            continue
        holds = set(row["holds"])
        if "mixed" in holds:
            holds |= {"negative", "positive"}
        for label in names.get(head, ()):
            if label in row["said"]:
                is_held = label in holds if head != "urgency" else labels.URGENT in holds
                told[head, label].append(Corrected(text.text, row["said"][label], is_held))
    return told


def worth_of(measured: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Worth]]:
    """What was measured when a calibration was made, by head and label."""
    return {head: {label: msgspec.convert(each, Worth) for label, each in of.items()} for head, of in measured.items()}
