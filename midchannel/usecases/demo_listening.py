"""What the demo company hears: people talk about it and about another bank, and nine days ago its app was away for an evening."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from midchannel.inside.teamwork import actions as teamwork
from midchannel.middle.signals import actions as signals
from midchannel.outside.listening.actions import alerting, rising, searching, voices
from midchannel.outside.listening.actions.voices import Name
from midchannel.outside.listening.models import Alert
from midchannel.outside.listening.queries import mentions
from midchannel.outside.listening.queries.mentions import Narrow
from midchannel.usecases import listen, watch

if TYPE_CHECKING:
    from midchannel.usecases.demo_history import Story

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
STORM_DAYS_AGO = 9
STORM = {
    "Lantern app is down again. Cannot log in, cannot pay. Great evening for it.": ("negative", ["complaint"]),
    "Anybody else locked out of the Lantern app? It just shows an error.": ("negative", ["complaint", "question"]),
    "Standing at the till and the Lantern app will not open. This is embarrassing.": ("negative", ["complaint"]),
    "Lantern app crashed in the middle of a transfer. Is my money gone?": ("negative", ["complaint", "question"]),
    "The Lantern app does not work since five. No word from them. Terrible.": ("negative", ["complaint"]),
    "Third error today in the Lantern app, I am so done with this bank.": ("negative", ["complaint", "churn_risk"]),
    "Is the Lantern app broken for everybody or just for me?": ("neutral", ["question"]),
}
AROUND = {
    "Harbour Bank or Lantern Bank for a first account? What do you all use?": (
        "neutral",
        ["question", "purchase_interest"],
    ),
    "Moved from Harbour Bank last year and never looked back.": ("positive", ["other"]),
    "Harbour Bank has a nicer card, Lantern Bank the better app.": ("mixed", ["other"]),
    "Lantern Bank opened a branch in our street. Friendly people.": ("positive", ["praise"]),
    "Why does Harbour Bank want a letter for everything?": ("negative", ["complaint", "question"]),
}
"""What they say, and how a person reads it: mood and intents."""


def plan(story: "Story") -> None:
    """Put what people say among each other into the story."""
    begin = _storm_at(story.now)
    people, storm, around = story.people, tuple(STORM), tuple(AROUND)
    for number in range(18):
        at = begin + number * 2 * MINUTE
        story.contacts.append(
            (at, partial(_say, story, people[(number * 5) % len(people)].handle, storm[number % len(storm)]))
        )
    for number in range(26):
        at = story.now - (number + 0.4) * timedelta(days=1) - (number * 7 % 11) * HOUR
        someone = people[(number * 3 + 1) % len(people)].handle
        story.contacts.append((max(at, story.begin), partial(_say, story, someone, around[number % len(around)])))


def _storm_at(now: datetime) -> datetime:
    return (now - timedelta(days=STORM_DAYS_AGO)).replace(hour=17, minute=10, second=0, microsecond=0)


def _say(story: "Story", handle: str, text: str, at: datetime) -> None:
    story.box.say(story.simulator, handle, text, is_addressed=False, now=at)


def settle(story: "Story") -> None:
    """Searches that have listened all the time, the alert of that evening, and whose share of the talk is how large."""
    lea, mia, now = story.viewer("lea"), story.viewer("mia"), story.now
    trouble = searching.make(
        lea,
        "The app does not work",
        "app (down OR error* OR crash* OR broken OR locked OR (app NEAR(5) work) OR (app NEAR(4) open)) -grandmother",
        is_demo=True,
        now=now,
    )
    searching.make(
        mia, "Looking for an account", "account (student* OR first OR opinions) is:overheard", is_demo=True, now=now
    )
    searching.make(lea, "Angry about cards", "card* mood:negative", weeks=12, is_demo=True, now=now)
    voices.make(
        lea,
        "Banks people compare",
        [Name("Lantern Bank", ("lantern", "@lantern"), ("lantern festival",)), Name("Harbour Bank")],
        is_demo=True,
        now=now,
    )
    while listen.work(now=now):
        pass
    _judge(story, trouble)
    _correct(story)
    _live_through(story, trouble)
    for hours in rising.LENGTHS:
        rising.compute(hours, now=now)


def _judge(story: "Story", search_id: int) -> None:
    """Colleagues have said of some of what was found whether it is relevant: what is about the app's troubles is."""
    lea = story.viewer("lea")
    found = mentions.list_mentions(lea, Narrow(search_id=search_id), limit=14).items
    for row in found:
        searching.judge(lea, search_id, row.activity_id, 1 if row.text in STORM else -1, now=story.now)


def _correct(story: "Story") -> None:
    """Lea has read some of it: what comes by chance whole, of that evening what she came across."""
    lea = story.viewer("lea")
    for row in mentions.list_mentions(lea, Narrow(), limit=100).items:
        known = STORM.get(row.text) or AROUND.get(row.text)
        if known:
            mood, intents = known
            told = {"sentiment": [mood], "intents": intents}
            signals.correct(lea, row.activity_id, told, is_sampled=row.text in AROUND, now=story.now)


def _live_through(story: "Story", search_id: int) -> None:
    """The evening once more, hour by hour, as the watch saw it."""
    begin = _storm_at(story.now)
    for after in (40 * MINUTE, 2 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR):
        watch.look(search_id, now=begin + after)
    for alert in Alert.objects.filter(search_id=search_id):
        alerting.judge(story.viewer("lea"), alert.pk, 1, now=begin + 20 * HOUR)
        teamwork.handle_notices(
            story.viewer("lea").user_id, object_type="alert", object_id=alert.pk, now=begin + 20 * HOUR
        )
