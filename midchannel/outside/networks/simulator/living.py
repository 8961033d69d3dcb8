"""Time passes in the network: people speak at its rate, and do what they had planned. All chance comes from the seed and the step."""

from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from midchannel.outside.networks.simulator import speaking, words
from midchannel.outside.networks.simulator.models import Persona, Plan, Post, World

MOST_AT_ONCE = 200
MOST_PLANS = 100
LONGEST_STEP = timedelta(hours=12)

MINUTE = timedelta(minutes=1)

# What a request leads to: (plan, chance, soonest, latest). More than one may come.
AFTERMATH = (
    ("edit", 0.06, MINUTE, 4 * MINUTE),
    ("delete", 0.03, MINUTE, 8 * MINUTE),
    ("private", 0.07, 2 * MINUTE, 10 * MINUTE),
    ("second", 0.06, MINUTE, 6 * MINUTE),
    ("nudge", 0.25, 20 * MINUTE, 90 * MINUTE),
    ("repeat", 0.08, timedelta(days=1), timedelta(days=6)),
)
# How a persona takes an answer, by temper: weights of thank, ask, complain, silence.
MOODS = {"calm": (6, 2, 1, 2), "terse": (4, 2, 1, 5), "angry": (3, 2, 5, 1), "chatty": (7, 3, 1, 1)}
REACTIONS = ("thank", "ask", "complain", "")
REACTION_SOONEST, REACTION_LATEST = timedelta(seconds=12), timedelta(seconds=100)


@transaction.atomic
def live(channel_id: int, *, now: datetime) -> int:
    """Let the network go on until `now`. Returns how much was done. Paused time is lost, not caught up with."""
    try:
        world = speaking.hold(channel_id)
    except World.DoesNotExist:  # removed a moment ago
        return 0
    elapsed = min(now - world.lived_until, LONGEST_STEP)
    begin = now - elapsed
    done = 0
    if not world.is_paused and elapsed > timedelta(0):
        world.steps += 1
        chance = Random(f"{world.seed}:{world.steps}")  # noqa: S311 - a story, not a secret
        done = _keep_plans(world, chance, now=now)
        due = world.carry + world.per_minute * (elapsed / MINUTE)
        count = int(due)
        world.carry = due - count
        count = min(count, MOST_AT_ONCE)
        people = list(Persona.objects.filter(world=world).order_by("pk")) if count else []
        for n in range(count if people else 0):
            _speak(world, chance.choice(people), chance, at=begin + elapsed * ((n + chance.random()) / count))
        done += count
    world.lived_until = max(now, world.lived_until)
    world.save(update_fields=["steps", "carry", "lived_until"])
    return done


def expect_reaction(world: World, persona: Persona, answer: Post, *, now: datetime) -> None:
    """A persona has read our answer, and will or will not say something."""
    chance = Random(f"{world.seed}:{answer.external_id}")  # noqa: S311 - a story, not a secret
    Plan.objects.filter(persona=persona, what="nudge").delete()
    how = chance.choices(REACTIONS, MOODS.get(persona.temper, MOODS["calm"]))[0]
    if how:
        delay = REACTION_SOONEST + (REACTION_LATEST - REACTION_SOONEST) * chance.random()
        Plan.objects.create(world=world, persona=persona, post=answer, what=how, due_at=now + delay)


def _speak(world: World, persona: Persona, chance: Random, *, at: datetime) -> None:
    """One fresh request: mostly in public, often in private, now and then only about the company."""
    way = chance.random()
    if way < 0.1:
        speaking.say(world, persona, words.overhear(chance), at=at, is_addressed=False)
        return
    text, topic = words.ask(persona, chance)
    is_public = way < 0.62
    post = speaking.say(
        world,
        persona,
        f"{words.COMPANY} {text}" if is_public else text,
        at=at,
        topic=topic,
        is_public=is_public,
    )
    for what, likely, soonest, latest in AFTERMATH:
        if chance.random() < likely and (is_public or what not in {"private", "second"}):
            delay = soonest + (latest - soonest) * chance.random()
            Plan.objects.create(world=world, persona=persona, post=post, what=what, due_at=at + delay)


def _keep_plans(world: World, chance: Random, *, now: datetime) -> int:
    plans = list(
        Plan.objects.filter(world=world, due_at__lte=now)
        .select_related("persona", "post")
        .order_by("due_at", "pk")[:MOST_PLANS]
    )
    for plan in plans:
        if plan.post.deleted_at is None:
            _keep(world, plan, chance)
    Plan.objects.filter(pk__in=[plan.pk for plan in plans]).delete()
    return len(plans)


def _keep(world: World, plan: Plan, chance: Random) -> None:
    persona, post, at = plan.persona, plan.post, plan.due_at
    match plan.what:
        case "edit":
            speaking.edit(post, post.text + chance.choice(words.lines()["reactions"]["edits"]), at=at)
        case "delete":
            speaking.delete(post, at=at)
        case "private":
            text = words.move_to_private(chance, post.text)
            speaking.say(world, persona, text, at=at, topic=post.topic, is_public=False)
        case "second":
            others = Persona.objects.filter(world=world).exclude(pk=persona.pk).order_by("pk")
            text = chance.choice(words.lines()["reactions"]["second"])
            speaking.say(world, chance.choice(list(others)), text, at=at, parent=post, topic=post.topic)
        case "repeat":
            text = words.ask_again(
                persona, chance, topic=post.topic, before=post.text.removeprefix(words.COMPANY).strip()
            )
            said = f"{words.COMPANY} {text}" if post.is_public else text
            speaking.say(world, persona, said, at=at, topic=post.topic, is_public=post.is_public)
        case how:
            text = words.react(persona, chance, how)
            speaking.say(world, persona, text, at=at, parent=post, topic=post.topic, is_public=post.is_public)
