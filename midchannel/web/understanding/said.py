"""What a text says, in words: marks for lists and messages, never by colour alone, and why something is on top."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from midchannel.middle.signals.queries import Signal
from midchannel.middle.signals.queries.panel import ReaderRow
from midchannel.web.components import records
from midchannel.web.understanding import tongues

SENTIMENTS: Mapping[str, str | Promise] = {
    "negative": gettext_lazy("Negative"),
    "neutral": gettext_lazy("Neutral"),
    "positive": gettext_lazy("Positive"),
    "mixed": gettext_lazy("Mixed"),
}
INTENTS: Mapping[str, str | Promise] = {
    "complaint": gettext_lazy("Complaint"),
    "question": gettext_lazy("Question"),
    "praise": gettext_lazy("Praise"),
    "purchase_interest": gettext_lazy("Wants to buy"),
    "idea": gettext_lazy("Idea"),
    "churn_risk": gettext_lazy("May leave"),
    "cancellation": gettext_lazy("Cancels"),
    "other": gettext_lazy("Something else"),
}
RULES: Mapping[str, str | Promise] = {
    "danger": gettext_lazy("danger"),
    "theft": gettext_lazy("theft or fraud"),
    "said": gettext_lazy("says it is urgent"),
    "deadline": gettext_lazy("a deadline"),
    "stranded": gettext_lazy("is stranded"),
    "waiting": gettext_lazy("has waited for long"),
}
WHATS: Mapping[str, str | Promise] = {
    "language": gettext_lazy("Language"),
    "sentiment": gettext_lazy("Mood"),
    "intents": gettext_lazy("Intent"),
    "topics": gettext_lazy("Topic"),
    "urgency": gettext_lazy("Urgency"),
    "spam": gettext_lazy("Spam"),
}
PRESSING = ("cancellation", "churn_risk", "complaint")
WANTING = frozenset({*PRESSING, "question"})
ANGRY_FROM, SURE_FROM = 0.85, 0.5


@dataclass(frozen=True, slots=True)
class Sign:
    """A mark on a message: a word, what it rests on, and how it looks ("", loss, accent)."""

    words: str
    title: str = ""
    style: str = ""


def language_name(code: str) -> str:
    """A language's name in the reader's language; its code where there is no name."""
    if code in tongues.NAMES:
        return str(tongues.NAMES[code])
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def mood_of(signal: Signal | None) -> str:
    """The mood mark of a text: angry, unhappy, happy; nothing for the rest.

    Who asks politely is not happy yet: something must be praised.
    """
    if signal is None:
        return ""
    signal = signal.as_shown
    if signal.sentiment == "negative":
        return "angry" if signal.negative >= ANGRY_FROM and "anger" in signal.emotions else "unhappy"
    return "happy" if signal.sentiment == "positive" and _is_glad(signal) else ""


def _is_glad(signal: Signal) -> bool:
    """Whether it praises, or a person says that it is glad; and wants nothing."""
    is_said = "praise" in signal.intents or "sentiment" in signal.corrected
    return is_said and not signal.is_urgent and WANTING.isdisjoint(signal.intents)


def mark_of(signal: Signal | None) -> Sign | None:
    """The one word of a row: what presses most in a text."""
    if signal is None or signal.is_spam:
        return None
    title = why_of(signal)
    if signal.is_urgent:
        return Sign(_("Urgent"), title, "loss")
    for name in PRESSING:
        if name in signal.intents:
            return Sign(str(INTENTS[name]), title, "loss")
    if "purchase_interest" in signal.intents:
        return Sign(str(INTENTS["purchase_interest"]), title, "accent")
    return None


def why_of(signal: Signal) -> str:
    """Why it is on top: what in the text presses, in words with how sure that is. By the first reading, which orders."""
    told = []
    if signal.is_urgent:
        rules = ", ".join(str(RULES.get(rule, rule)) for rule in signal.rules)
        told.append(_("urgent (%(why)s)") % {"why": rules} if rules else _("urgent"))
    for name in (*PRESSING, "purchase_interest", "question"):
        if name in signal.intents:
            told.append(_sure(str(INTENTS[name]).lower(), signal.sureness.get(name), "intents" in signal.corrected))
    if signal.sentiment == "negative":
        told.append(_sure(str(SENTIMENTS["negative"]).lower(), signal.negative, "sentiment" in signal.corrected))
    return ", ".join(told)


def _sure(words: str, probability: float | None, is_told: bool) -> str:
    if is_told:
        return _("%(what)s (a colleague says so)") % {"what": words}
    return f"{words} {probability:.0%}" if probability is not None else words


def signs_of(signal: Signal) -> tuple[Sign, ...]:
    """Everything a text is said to say, for the message itself."""
    found = []
    shown = signal.as_shown
    for what, words, sure, style in _parts(shown):
        title = _title(sure, is_said=what in signal.corrected)
        if what == "sentiment" and shown is not signal:
            first = str(SENTIMENTS[signal.sentiment]).lower()
            title = _("%(sure)s, read twice; at first %(mood)s") % {"sure": title, "mood": first}
        found.append(Sign(words, f"{WHATS[what]}: {title}" if title else str(WHATS[what]), style))
    return tuple(found)


def _title(sure: float | None, *, is_said: bool) -> str:
    if is_said:
        return _("A colleague says so")
    return "" if sure is None else _("%s sure") % f"{sure:.0%}"


def _parts(signal: Signal) -> list[tuple[str, str, float | None, str]]:
    parts: list[tuple[str, str, float | None, str]] = []
    if signal.is_spam:
        parts.append(("spam", _("Spam"), signal.spam, "loss"))
    if signal.is_urgent:
        rules = ", ".join(str(RULES.get(rule, rule)) for rule in signal.rules)
        parts.append(
            ("urgency", _("Urgent: %(why)s") % {"why": rules} if rules else _("Urgent"), signal.urgency, "loss")
        )
    if signal.sentiment and (signal.sentiment_sure >= SURE_FROM or "sentiment" in signal.corrected):
        style = "loss" if signal.sentiment == "negative" else ""
        parts.append(("sentiment", str(SENTIMENTS[signal.sentiment]), signal.sentiment_sure, style))
    for name in signal.intents:
        if name != "other" or "intents" in signal.corrected:
            parts.append(("intents", str(INTENTS[name]), signal.sureness.get(name), "loss" if name in PRESSING else ""))
    parts += [("topics", name, None, "accent") for name in signal.topics]
    if signal.language:
        parts.append(("language", language_name(signal.language), signal.language_sure, ""))
    return parts


def state_of_nothing() -> records.State:
    """What is said where nothing was read yet."""
    return records.State(
        kind="first",
        title=_("Nothing was read yet"),
        words=_(
            "Every text that arrives is read: its language, mood, intent, urgency and topic. Open a channel, and it begins."
        ),
        icon="ear",
    )


def reader_name(reader: ReaderRow) -> str:
    """What texts were read by, in words."""
    if not reader.calibration:
        return reader.model
    return _("%(model)s with this company's calibration %(n)d") % {"model": reader.model, "n": reader.calibration}
