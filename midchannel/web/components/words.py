"""Small things a page says: ages, durations, numbers, and the words and icons of states."""

import zlib
from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

NETWORK_ICONS = {
    "email": "mail",
    "telephone": "phone",
    "call": "phone",
    "webchat": "message-circle",
    "bluesky": "at-sign",
    "fediverse": "globe",
    "community": "messages-square",
    "simulator": "bot",
    "collector": "webhook",
    "tracking": "activity",
    "feeds": "rss",
    "import": "upload",
}
AUDIENCES = {
    "public": (gettext_lazy("Public"), "globe"),
    "private": (gettext_lazy("Private"), "lock"),
    "partner": (gettext_lazy("Partner"), "handshake"),
    "internal": (gettext_lazy("Internal"), "eye-off"),
}
DELIVERIES = {
    "queued": (gettext_lazy("Waiting to be sent"), "clock"),
    "sending": (gettext_lazy("Being sent"), "loader"),
    "sent": (gettext_lazy("Sent"), "check"),
    "confirmed": (gettext_lazy("Received"), "check-check"),
    "failed": (gettext_lazy("Not sent"), "circle-alert"),
    "unknown": (gettext_lazy("It is not known whether this was sent"), "circle-help"),
    "cancelled": (gettext_lazy("Taken back"), "undo-2"),
}
MOODS = {
    "angry": (gettext_lazy("Angry"), "angry"),
    "unhappy": (gettext_lazy("Unhappy"), "frown"),
    "neutral": (gettext_lazy("Neutral"), "meh"),
    "happy": (gettext_lazy("Happy"), "smile"),
}
FACES = 8
NOTHING = TO = "\u2013"  # an en dash
SOON = timedelta(minutes=30)


def short_age(moment: datetime, *, now: datetime) -> str:
    """`now`, `5m`, `3h`, `2d`, then the day: what a list has room for."""
    seconds = (now - moment).total_seconds()
    if seconds < -60:
        return formats.date_format(timezone.localtime(moment), "j M")
    if seconds < 60:
        return _("now")
    for limit, unit, form in ((3600, 60, _("%dm")), (86400, 3600, _("%dh")), (7 * 86400, 86400, _("%dd"))):
        if seconds < limit:
            return form % (seconds // unit)
    same_year = timezone.localtime(moment).year == timezone.localtime(now).year
    return formats.date_format(timezone.localtime(moment), "j M" if same_year else "j M Y")


def ago(moment: datetime, *, now: datetime) -> str:
    """The same behind a word, as in a sentence: "opened 3h ago"; a day stands as it is."""
    short = short_age(moment, now=now)
    is_relative = 60 <= (now - moment).total_seconds() < 7 * 86400
    return _("%s ago") % short if is_relative else short


def exact(moment: datetime) -> str:
    """The moment in full, in the reader's zone."""
    local = timezone.localtime(moment)
    return f"{formats.date_format(local, 'l j F Y, H:i:s')} ({local.tzname()})"


def clock_time(moment: datetime, *, now: datetime) -> str:
    """The time of day, with the day when it is not today: what a thread shows."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    if local.date() == today.date():
        return formats.date_format(local, "H:i")
    return formats.date_format(local, "j M, H:i" if local.year == today.year else "j M Y, H:i")


def duration(seconds: float | None) -> str:
    """`45 s`, `12 min`, `4 h 12 min`, `3 d 5 h`; a dash for nothing."""
    if seconds is None:
        return NOTHING
    whole = round(seconds)
    if whole < 60:
        return _("%d s") % whole
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%d min") % minutes
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes} if minutes else _("%d h") % hours
    days, hours = divmod(hours, 24)
    return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours} if hours else _("%d d") % days


def number(value: float | None, *, places: int | None = None) -> str:
    """A number in the reader's form; a dash for nothing."""
    if value is None:
        return NOTHING
    if places is None:
        places = 0 if float(value).is_integer() else 1
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def initials(name: str) -> str:
    """Up to two letters for a face: the first of the first and of the last word, emoji, signs and what is in brackets passed over."""
    words = [
        letters
        for word in (name.partition(" (")[0] or name).split()
        if (letters := "".join(c for c in word if c.isalnum()))
    ]
    if not words:
        return "?"
    first = words[0][0]
    return (first + words[-1][0] if len(words) > 1 else words[0][:2]).upper()


def face_hue(key: str) -> int:
    """Which of the eight hues a face has: the same key, the same hue, in every process."""
    return zlib.crc32(key.encode("utf-8", "replace")) % FACES


def clock_words(due_at: datetime, *, now: datetime) -> tuple[str, str]:
    """How a running clock looks and reads: (`late` | `soon` | `ok`, words)."""
    left = (due_at - now).total_seconds()
    if left < 0:
        return "late", _("%s late") % coarse(-left)
    return ("soon" if left < SOON.total_seconds() else "ok"), _("%s left") % coarse(left)


def coarse(seconds: float) -> str:
    """A duration in its one largest unit: `45 s`, `12 min`, `4 h`, `3 d`."""
    for limit, unit, form in ((60, 1, _("%d s")), (3600, 60, _("%d min")), (172_800, 3600, _("%d h"))):
        if seconds < limit:
            return form % (seconds // unit)
    return _("%d d") % (seconds // 86400)


def unread_words(count: int) -> str:
    """`3 unread messages`, for those who hear the page."""
    return ngettext("%d unread message", "%d unread messages", count) % count
