"""A person says what a text says: the small form that one key opens, in the inbox and on the page Understanding."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from midchannel.middle.signals import actions, labels, queries
from midchannel.middle.signals.actions import correcting
from midchannel.middle.signals.errors import SignalNotFoundError
from midchannel.middle.signals.queries import Signal
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.understanding import said


@dataclass(frozen=True, slots=True)
class Choice:
    """One label that can be chosen."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SayForm:
    """What the form shows: each respect with its labels, and what is chosen now."""

    id: str
    sentiments: tuple[Choice, ...]
    intents: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    topics: str
    known_topics: tuple[str, ...]
    is_urgent: bool
    is_spam: bool
    corrected: tuple[str, ...]


def form_of(signal: Signal) -> SayForm:
    """The form as it stands for a signal."""
    languages = [
        Choice(code, said.language_name(code), code == signal.language) for code in correcting.language_codes()
    ]
    return SayForm(
        id=str(signal.id),
        sentiments=tuple(Choice(name, str(words), name == signal.sentiment) for name, words in said.SENTIMENTS.items()),
        intents=tuple(Choice(name, str(words), name in signal.intents) for name, words in said.INTENTS.items()),
        languages=tuple(sorted(languages, key=lambda each: each.words.casefold())),
        topics=", ".join(signal.topics),
        known_topics=tuple(queries.list_topic_names()),
        is_urgent=signal.is_urgent,
        is_spam=signal.is_spam,
        corrected=tuple(str(said.WHATS[what]) for what in signal.corrected),
    )


def get(viewer: Viewer, activity_id: int) -> Signal:
    """A signal the viewer may see, as it is shown. Raises SignalNotFoundError."""
    found = queries.of(viewer, [activity_id]).get(activity_id)
    if found is None:
        raise SignalNotFoundError
    return found.as_shown


def keep(
    viewer: Viewer, activity_id: int, given: QueryDict, *, is_sampled: bool = False, now: datetime
) -> tuple[Signal, str]:
    """Keep what the form says: what differs from what is shown is a correction; with "right", all that is shown is confirmed.

    Returns the signal as it is now, and what was done in words. Raises SignalNotFoundError, InvalidError.
    """
    signal = get(viewer, activity_id)
    shown = {what: correcting.shown_of(signal, what) for what in labels.WHATS}
    if given.get("then") == "right":
        told = {what: holds for what, holds in shown.items() if holds or what in {"intents", "urgency", "spam"}}
        words = _("Thank you: that is right as it was read.")
    else:
        told = {what: tuple(holds) for what, holds in _given(given).items() if set(holds) != set(shown[what])}
        changed = ", ".join(str(said.WHATS[what]) for what in told)
        words = _("Kept: %(what)s. The next text like it is read so, too.") % {"what": changed}
    if not told:
        return signal, _("Nothing was changed.")
    return actions.correct(viewer, activity_id, told, is_sampled=is_sampled, now=now), words


def _given(given: QueryDict) -> dict[str, list[str]]:
    return {
        "sentiment": [each for each in given.getlist("sentiment") if each],
        "intents": given.getlist("intents"),
        "urgency": [labels.URGENT] if given.get("urgent") else [],
        "spam": [labels.SPAM] if given.get("spam") else [],
        "topics": [each.strip() for each in given.get("topics", "").split(",") if each.strip()],
        "language": [each for each in given.getlist("language") if each],
    }
