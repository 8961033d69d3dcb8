"""People say what a text says. It holds at once, stays when the text is read again, and is learned from (`learning`)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.engines import language
from midchannel.engines.language import letters, reading
from midchannel.engines.language.features import Floats
from midchannel.middle.signals import labels, rules
from midchannel.middle.signals.actions import keeping
from midchannel.middle.signals.errors import SignalNotFoundError
from midchannel.middle.signals.events import SignalCorrected
from midchannel.middle.signals.models import Correction, Topic
from midchannel.middle.signals.queries import reading as signals
from midchannel.middle.signals.queries import texts
from midchannel.middle.signals.queries.reading import Signal
from midchannel.outside.listening.actions import hitting
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import array, execute
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

LONGEST_TOPIC = 60
MOST_HELD = 8
OF_SENTIMENT = {"negative": (1000, 0), "neutral": (0, 0), "positive": (0, 1000), "mixed": (500, 500), "": (0, 0)}
HEADS = {"sentiment": "sentiment", "intents": "intent", "urgency": "urgency", "spam": "spam"}
"""The models' head that gives the probabilities of what a person may correct."""


@transaction.atomic
def correct(
    viewer: Viewer, activity_id: int, told: Mapping[str, Sequence[str]], *, is_sampled: bool = False, now: datetime
) -> Signal:
    """A person says what a text says: by respect (`labels.WHATS`) the labels that hold. Returns the signal as it is now.

    The same as is shown is worth saying, too: it confirms. Raises SignalNotFoundError, InvalidError.
    """
    keeping.hold([activity_id])
    signal = signals.of(viewer, [activity_id]).get(activity_id)
    if signal is None:
        raise SignalNotFoundError
    wanted = {what: _checked(what, holds) for what, holds in told.items()}
    said = _said(activity_id)
    Correction.objects.filter(activity_id=activity_id, what__in=wanted, is_last=True).update(is_last=False)
    for what, holds in wanted.items():
        Correction.objects.create(
            activity_id=activity_id,
            what=what,
            holds=list(holds),
            shown=list(shown_of(signal, what)),
            said=said.get(HEADS.get(what, ""), {}),
            language=signal.language,
            reader_id=signal.reader_id,
            is_sampled=is_sampled,
            by_user_id=viewer.user_id,
            at=now,
        )
        audit.record(
            viewer.actor,
            "signal.correct",
            object_type="signal",
            object_id=activity_id,
            now=now,
            what=what,
            holds=", ".join(holds),
        )
        events.emit(SignalCorrected(object_id=activity_id, what=what), now=now)
    _write(signal, wanted, now=now)
    corrected = signals.of_known([activity_id])[activity_id]
    hitting.note_mood(activity_id, corrected.sentiment, corrected.language)
    return corrected


def shown_of(signal: Signal, what: str) -> tuple[str, ...]:
    """The labels of a signal in one respect."""
    one = {
        "language": signal.language,
        "sentiment": signal.sentiment,
        "urgency": labels.URGENT if signal.is_urgent else "",
        "spam": labels.SPAM if signal.is_spam else "",
    }
    if what in one:
        return (one[what],) if one[what] else ()
    return signal.intents if what == "intents" else signal.topics


def _checked(what: str, holds: Sequence[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(clean for each in holds if (clean := each.replace("\0", "").strip())))
    if len(wanted) > (MOST_HELD if what in {"intents", "topics"} else 1):
        raise InvalidError(_("Choose fewer."), what)
    if what == "topics":
        if any(len(each) > LONGEST_TOPIC for each in wanted):
            raise InvalidError(_("A topic has at most %(n)d characters.") % {"n": LONGEST_TOPIC}, what)
        return wanted
    known: dict[str, Sequence[str]] = {
        "language": language_codes(),
        "sentiment": labels.SENTIMENTS,
        "intents": labels.INTENTS,
        "urgency": (labels.URGENT,),
        "spam": (labels.SPAM,),
    }
    if what not in known or not set(wanted) <= set(known[what]):
        raise InvalidError(_("Choose one of those that are offered."), what)
    return wanted


def language_codes() -> tuple[str, ...]:
    """The languages that can be told apart (BCP 47)."""
    return language.languages().shape.heads[0].labels


def _said(activity_id: int) -> dict[str, dict[str, float]]:
    """The models' own probabilities of a text by head and label, without the company's calibration."""
    found = texts.list_read_texts([activity_id]).get(activity_id)
    return raw_of([found.text])[0] if found else {}


def raw_of(given: Sequence[str]) -> list[dict[str, dict[str, float]]]:
    """What the models themselves say of some texts, by head and label; nothing of a text without words."""
    found: dict[str, Floats] = {}

    def look(_batch: letters.Letters, said: dict[str, Floats]) -> dict[str, Floats]:
        found.update(said)
        return said

    names = label_names()
    all_of: list[dict[str, dict[str, float]]] = []
    for text in given:  # one by one, since a text without words has no row
        found.clear()
        reading.read([text], adjust=look)
        all_of.append(
            {
                head: {
                    label: round(float(value), 4) for label, value in zip(names[head], np.ravel(rows[0]), strict=True)
                }
                for head, rows in found.items()
                if head in names
            }
        )
    return all_of


def label_names() -> dict[str, tuple[str, ...]]:
    """The labels of the heads that a company may adjust, in the order of their columns."""
    heads = {head.name: head.labels for head in language.meanings().shape.heads}
    return {name: heads[name] for name in HEADS.values() if name in heads} | {"urgency": (labels.URGENT,)}


def _write(signal: Signal, wanted: Mapping[str, tuple[str, ...]], *, now: datetime) -> None:
    """The row says so at once, and that a person said it."""
    changes: dict[str, Any] = {}
    for what, holds in wanted.items():
        changes |= _columns(what, holds, now=now)
    intents = {name: signal.sureness.get(name, 1.0) for name in signal.intents}
    changes["press"] = rules.press(
        urgency=changes.get("urgency", signal.urgency * 1000) / 1000,
        negative=changes.get("negative", signal.negative * 1000) / 1000,
        intents=dict.fromkeys(wanted["intents"], 1.0) if "intents" in wanted else intents,
        is_spam=changes.get("spam", signal.spam * 1000) >= labels.SPAM_FROM * 1000,
    )
    sets = ", ".join(f"{column} = %({column})s" for column in changes)
    execute(
        f"UPDATE signal SET {sets}, corrected = corrected | %(bits)s WHERE id = %(id)s",
        {**changes, "bits": labels.bits_of(wanted, labels.WHATS), "id": signal.id},
    )


def _columns(what: str, holds: tuple[str, ...], *, now: datetime) -> dict[str, Any]:
    """What a correction writes."""
    name = holds[0] if holds else ""
    if what == "language":
        return {"language": name, "language_sure": 1000 if name else 0}
    if what == "sentiment":
        negative, positive = OF_SENTIMENT[name]
        return {"sentiment": labels.SENTIMENTS.index(name), "negative": negative, "positive": positive}
    if what == "intents":
        return {"intents": labels.bits_of(holds, labels.INTENTS)}
    if what == "topics":
        return {"topics": array(_topic(each, now=now) for each in holds) if holds else None}
    return {what: 1000 if holds else 0}


def _topic(name: str, *, now: datetime) -> int:
    topic, _is_new = Topic.objects.get_or_create(name=name, defaults={"made_at": now})
    if topic.ended_at is not None:
        topic.ended_at = None
        topic.save(update_fields=["ended_at"])
    return topic.pk
