"""Time passes in the network in the box."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from midchannel.outside.networks.simulator import living, speaking, words
from midchannel.outside.networks.simulator.box import SimulatorBox
from midchannel.outside.networks.simulator.cast import CAST
from midchannel.outside.networks.simulator.models import Change, Persona, Plan, Post, World

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def found(channel_id: int = 1, *, seed: int = 7, per_minute: float = 2) -> World:
    SimulatorBox().found(channel_id, seed=seed, per_minute=per_minute, now=NOW)
    return World.objects.get(pk=channel_id)


def said(channel_id: int) -> list[tuple[str, str, datetime]]:
    posts = Post.objects.filter(world_id=channel_id).order_by("pk")
    return [(post.persona.handle if post.persona else "", post.text, post.published_at) for post in posts]


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    for channel_id, seed in ((1, 7), (2, 7), (3, 8)):
        found(channel_id, seed=seed)
        for minutes in range(1, 61):
            living.live(channel_id, now=NOW + minutes * MINUTE)

    assert said(1) == said(2)
    assert said(1) != said(3)


def test_people_speak_at_the_rate_one_sets() -> None:
    found(per_minute=0.5)

    for seconds in range(0, 1201, 15):
        living.live(1, now=NOW + timedelta(seconds=seconds))

    fresh = Post.objects.filter(parent=None).exclude(text__contains="Me again").count()
    assert 10 <= fresh <= 14


def test_a_day_brings_public_and_private_requests_mentions_edits_and_deletions() -> None:
    found(per_minute=0.3)

    for hours in range(1, 25):
        living.live(1, now=NOW + timedelta(hours=hours))

    verbs = Counter(Change.objects.values_list("verb", flat=True))
    assert verbs["update"] >= 3
    assert verbs["delete"] >= 2
    assert Post.objects.filter(is_public=False).count() > 50
    assert Post.objects.filter(is_addressed=False).count() > 20
    assert Post.objects.filter(is_public=True, parent__isnull=False).count() > 5
    assert Plan.objects.filter(what="repeat").exists()
    assert {"de", "fr", "es"} <= set(Post.objects.values_list("persona__language", flat=True))


def test_paused_time_is_lost_and_not_caught_up_with() -> None:
    found(per_minute=10)
    box = SimulatorBox()

    box.set_pace(1, is_paused=True)
    living.live(1, now=NOW + timedelta(hours=3))
    box.set_pace(1, is_paused=False)
    living.live(1, now=NOW + timedelta(hours=3, minutes=1))

    assert Post.objects.count() == 10


def test_a_clock_that_runs_backwards_does_nothing() -> None:
    found(per_minute=10)
    living.live(1, now=NOW + MINUTE)
    before = Post.objects.count()

    living.live(1, now=NOW)

    assert Post.objects.count() == before
    assert World.objects.get().lived_until == NOW + MINUTE


def test_the_cast_is_made_up_and_everybody_has_something_to_say() -> None:
    world = found()

    assert len({role.handle for role in CAST}) == len(CAST) == Persona.objects.count()
    assert all(role.user.isascii() and role.email.endswith(("", ".example")) for role in CAST)
    chance = Random(1)
    for persona in Persona.objects.filter(world=world):
        text, _topic = words.ask(persona, chance)
        assert text.strip()
        for how in ("thank", "ask", "complain", "nudge"):
            assert words.react(persona, chance, how)


def test_what_was_deleted_leaves_no_words_in_the_log() -> None:
    world = found()
    post = speaking.say(world, Persona.objects.all()[0], "My number is 4711", at=NOW)

    speaking.edit(post, "My number is 4712", at=NOW)
    speaking.delete(post, at=NOW)
    speaking.edit(post, "again", at=NOW)

    assert not Change.objects.exclude(text="").exists()
    assert Post.objects.get().text == ""
