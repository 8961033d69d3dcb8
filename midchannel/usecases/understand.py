"""Understand: every text of a batch is read on its way in, and what it says is kept in the same transaction.

A text that cannot be read is honestly not known: reading never loses or delays a post.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import OperationalError, transaction
from msgspec import structs

from midchannel.engines.language import reading, topics
from midchannel.engines.language.reading import Reading
from midchannel.middle.signals import actions as signals
from midchannel.middle.signals import queries, rules
from midchannel.middle.signals.events import Understood
from midchannel.middle.signals.queries import Own
from midchannel.middle.signals.rules import Read
from midchannel.outside.channels.actions import Applying
from midchannel.outside.channels.kinds import TALK, Flag
from midchannel.outside.channels.queries import Source
from midchannel.platform.events import actions as events

log = structlog.get_logger("understand")

TALKS = frozenset(map(int, TALK))
NOT_THEIRS = int(Flag.OUTGOING | Flag.AUTOMATIC)
AT_ONCE = 1000
MOST_TOLD = 200
LONGEST = 3000
NOT_OWN = Own(0, None)


class Said(NamedTuple):
    """What new texts say, not yet kept, and by which calibration they were read."""

    texts: Sequence[Read] = ()
    calibration: int = 0


def read_new(source: Source, items: Sequence[Applying]) -> Said:
    """Read what some new activities say. Nothing that goes wrong here reaches the caller: what was not read is not known.

    It is the longest part of a batch and needs no row: done first, nobody who waits for the same handles waits for it.
    """
    wanted = [item for item in items if _says(item)]
    if not wanted or not settings.UNDERSTAND:
        return Said()
    try:
        with transaction.atomic():
            own = queries.get_calibration()
        return Said(_read(source.id, [(item.id, item) for item in wanted], own), own.id)
    except OperationalError:
        raise
    except Exception:
        log.exception("not understood", channel=source.id, texts=len(wanted))
        return Said()


def keep(source: Source, said: Said, *, now: datetime) -> None:
    """Keep what new activities say. In the caller's transaction; nothing that goes wrong here reaches the caller."""
    if not said.texts:
        return
    try:
        with transaction.atomic():
            signals.keep(said.texts, calibration=said.calibration, now=now)
            _tell(source, said.texts, now=now)
    except OperationalError:
        raise
    except Exception:
        log.exception("not understood", channel=source.id, texts=len(said.texts))


def understand_again(source: Source, items: Sequence[Applying], *, now: datetime) -> None:
    """Read edited texts anew; what was taken back says nothing any more. In the caller's transaction."""
    if not settings.UNDERSTAND:
        return
    try:
        with transaction.atomic():
            own = queries.get_calibration()
            last = {item.target: item for item in items if _says(item)}
            read = _read(source.id, list(last.items()), own)
            signals.keep_again(_still_there(read), calibration=own.id, now=now)
            signals.forget_second(list(last))
            gone = [item.target for item in items if item.envelope.is_deletion]
            if gone:
                signals.forget(gone)
    except OperationalError:
        raise
    except Exception:
        log.exception("not understood", channel=source.id, texts=len(items))


def read_texts(texts: Sequence[str], own: Own = NOT_OWN) -> list[Reading]:
    """Read texts, at most 1,000 at once so that memory is bounded. A text on which the models fail gives an empty reading."""
    found: list[Reading] = []
    for start in range(0, len(texts), AT_ONCE):
        portion = texts[start : start + AT_ONCE]
        try:
            found += _read_with(portion, own)
        except Exception:
            log.exception("a batch could not be read; one text after the other", texts=len(portion))
            found += [_read_one(text, own) for text in portion]
    return found


def _read_with(texts: Sequence[str], own: Own) -> list[Reading]:
    found = reading.read(texts, adjust=own.adjust)
    if own.topics is None:
        return found
    about = topics.read_topics(own.topics, [text[:LONGEST] for text in texts])
    return [structs.replace(each, topics=told) if told else each for each, told in zip(found, about, strict=True)]


def _read_one(text: str, own: Own) -> Reading:
    try:
        return _read_with([text], own)[0]
    except Exception:
        log.exception("a text could not be read", length=len(text))
        return Reading()


def _says(item: Applying) -> bool:
    """Whether it is something that somebody else said: our own words and those of machines have no mood."""
    envelope = item.envelope
    return envelope.kind in TALKS and not envelope.flags & NOT_THEIRS and not envelope.is_deletion


def _read(channel_id: int, wanted: Sequence[tuple[int, Applying]], own: Own) -> list[Read]:
    texts = [_text_of(item) for _, item in wanted]
    readings = read_texts(texts, own)
    return [
        Read(identifier, item.envelope.at, channel_id, said)
        for (identifier, item), said in zip(wanted, readings, strict=True)
    ]


def _text_of(item: Applying) -> str:
    subject = item.envelope.subject
    return f"{subject}\n{item.envelope.text}" if subject else item.envelope.text


def _still_there(read: Sequence[Read]) -> list[Read]:
    """Those whose activity is still there and not taken back."""
    there = queries.list_read_texts([each.id for each in read])
    return [each for each in read if each.id in there]


def _tell(source: Source, read: Sequence[Read], *, now: datetime) -> None:
    pressing = [each.id for each in read if rules.presses(each.reading)]
    events.emit(
        Understood(
            object_id=source.id,
            scope_ids=(source.scope_id,) if source.scope_id else (),
            first_id=str(read[0].id),
            last_id=str(max(each.id for each in read)),
            count=len(read),
            ids=[str(identifier) for identifier in pressing[:MOST_TOLD]],
        ),
        now=now,
    )
