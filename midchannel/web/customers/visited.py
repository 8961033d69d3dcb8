"""A visit to our pages in words: one line of the timeline, whatever the number of pages."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.middle.conversations.queries.behaviour import Visit
from midchannel.web.components import records, words

NAMED = 3


def in_words(visit: Visit) -> str:
    """`12 pages in 8 minutes`, `3 events`, `1 page and 2 events in 40 s`."""
    counted = []
    if visit.pages:
        counted.append(ngettext("%(n)s page", "%(n)s pages", visit.pages) % {"n": words.number(visit.pages)})
    if visit.events:
        counted.append(ngettext("%(n)s event", "%(n)s events", visit.events) % {"n": words.number(visit.events)})
    what = _(" and ").join(counted)
    if visit.pages + visit.events == 1 or visit.seconds < 1:
        return what
    return _("%(what)s in %(time)s") % {"what": what, "time": words.duration(visit.seconds)}


def entry(visit: Visit) -> records.Entry:
    """A visit in the timeline: one line, whatever the number of pages."""
    named = list(dict.fromkeys(step.what for step in reversed(visit.steps) if step.what))
    text = " · ".join(named[:NAMED]) + (" …" if len(named) > NAMED else "")
    return records.Entry(
        at=visit.at,
        words=_("%(visit)s on %(channel)s") % {"visit": in_words(visit), "channel": visit.channel_name},
        kind="event",
        icon="eye",
        network=visit.network,
        text=text,
    )
