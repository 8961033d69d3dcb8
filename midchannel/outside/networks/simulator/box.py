"""The network seen from inside: what its page shows and does, and what the demo company needs. Implements `channels.boxes.Box`."""

from collections.abc import Iterable
from datetime import datetime
from random import Random

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from midchannel.outside.channels.boxes import TROUBLES, NobodyThereError, Pace, Someone, Utterance
from midchannel.outside.networks.simulator import living, speaking, words
from midchannel.outside.networks.simulator.models import Change, Persona, Plan, Post, World
from midchannel.platform.errors import InvalidError

MOST_PER_MINUTE = 600.0
LONGEST = 5_000


class SimulatorBox:
    """Every simulator channel has its own world."""

    def found(self, channel_id: int, *, seed: int, per_minute: float, now: datetime) -> None:
        """Make it and its people; as it is when it exists."""
        with transaction.atomic():
            speaking.found(channel_id, seed=seed, per_minute=per_minute, now=now)

    def is_there(self, channel_id: int) -> bool:
        """Whether a channel has one."""
        return World.objects.filter(pk=channel_id).exists()

    def live(self, channel_id: int, *, now: datetime) -> int:
        """Let time pass until `now`."""
        return living.live(channel_id, now=now)

    def get_pace(self, channel_id: int) -> Pace | None:
        """How it runs."""
        world = World.objects.filter(pk=channel_id).first()
        if world is None:
            return None
        return Pace(
            per_minute=world.per_minute,
            is_paused=world.is_paused,
            trouble=world.trouble,
            people=Persona.objects.filter(world=world).count(),
            posts=Post.objects.filter(world=world).count(),
            plans=Plan.objects.filter(world=world).count(),
            lived_until=world.lived_until,
        )

    def set_pace(
        self,
        channel_id: int,
        *,
        per_minute: float | None = None,
        is_paused: bool | None = None,
        trouble: str | None = None,
    ) -> None:
        """Change what is given."""
        if trouble is not None and trouble not in TROUBLES:
            raise InvalidError(_("There is no such trouble."), "trouble")
        if per_minute is not None and not 0 <= per_minute <= MOST_PER_MINUTE:
            raise InvalidError(_("Give 0 to %(most)d posts a minute.") % {"most": MOST_PER_MINUTE}, "per_minute")
        with transaction.atomic():
            world = _hold(channel_id)
            world.per_minute = world.per_minute if per_minute is None else per_minute
            world.is_paused = world.is_paused if is_paused is None else is_paused
            world.trouble = trouble or world.trouble
            world.save(update_fields=["per_minute", "is_paused", "trouble"])

    def list_people(self, channel_id: int) -> list[Someone]:
        """Everybody, by name."""
        return [_someone(persona) for persona in Persona.objects.filter(world_id=channel_id).order_by("name")]

    def list_public(self, channel_id: int, *, before: int | None = None, limit: int = 30) -> list[Utterance]:
        """The public network, newest first."""
        posts = _posts(channel_id).filter(is_public=True)
        if before is not None:
            posts = posts.filter(pk__lt=before)
        return _utterances(posts.order_by("-pk")[:limit])

    def list_private(self, channel_id: int, handle: str, *, limit: int = 50) -> list[Utterance]:
        """One person's private messages, oldest first."""
        posts = _posts(channel_id).filter(is_public=False, partner__handle=handle)
        return _utterances(posts.order_by("-pk")[:limit])[::-1]

    def say(
        self,
        channel_id: int,
        handle: str,
        text: str,
        *,
        now: datetime,
        is_public: bool = True,
        is_addressed: bool = True,
        answers_id: str = "",
        topic: str = "",
    ) -> str:
        """Speak as somebody."""
        text = text.strip()
        if not 1 <= len(text) <= LONGEST:
            raise InvalidError(_("Say something, in at most 5,000 characters."), "text")
        with transaction.atomic():
            world = _hold(channel_id)
            persona = Persona.objects.filter(world=world, handle=handle).first()
            parent = _post(channel_id, answers_id) if answers_id else None
            if persona is None:
                raise NobodyThereError
            return speaking.say(
                world,
                persona,
                text,
                at=now,
                topic=topic or (parent.topic if parent else ""),
                is_public=is_public,
                is_addressed=is_addressed or not is_public,
                parent=parent,
            ).external_id

    def edit(self, channel_id: int, external_id: str, text: str, *, now: datetime) -> None:
        """Change what somebody said."""
        if not 1 <= len(text.strip()) <= LONGEST:
            raise InvalidError(_("Say something, in at most 5,000 characters."), "text")
        with transaction.atomic():
            _hold(channel_id)
            speaking.edit(_post(channel_id, external_id, is_ours=False), text.strip(), at=now)

    def delete(self, channel_id: int, external_id: str, *, now: datetime) -> None:
        """Take back what somebody said."""
        with transaction.atomic():
            _hold(channel_id)
            speaking.delete(_post(channel_id, external_id, is_ours=False), at=now)

    def ask(self, channel_id: int, handle: str, *, topic: str = "", salt: str = "") -> str:
        """A request in somebody's words."""
        persona = Persona.objects.filter(world_id=channel_id, handle=handle).first()
        if persona is None:
            raise NobodyThereError
        return words.ask(persona, Random(f"{handle}:{topic}:{salt}"), topic=topic)[0]  # noqa: S311 - a story

    def overhear(self, channel_id: int, *, salt: str = "") -> str:
        """Something said about the company, not to it."""
        return words.overhear(Random(f"{channel_id}:{salt}"))  # noqa: S311 - a story

    def remove(self, channel_id: int) -> None:
        """Remove it with everybody and everything in it."""
        with transaction.atomic():
            list(World.objects.select_for_update().filter(pk=channel_id))  # wait for whoever lets time pass there
            for model in (Plan, Change, Post, Persona):
                model.objects.filter(world_id=channel_id).delete()
            World.objects.filter(pk=channel_id).delete()


def _hold(channel_id: int) -> World:
    try:
        return speaking.hold(channel_id)
    except World.DoesNotExist as error:
        raise NobodyThereError from error


def _post(channel_id: int, external_id: str, *, is_ours: bool | None = None) -> Post:
    posts = Post.objects.filter(world_id=channel_id, external_id=external_id)
    if is_ours is not None:
        posts = posts.filter(persona=None) if is_ours else posts.exclude(persona=None)
    post = posts.first()
    if post is None:
        raise NobodyThereError
    return post


def _posts(channel_id: int) -> QuerySet[Post]:
    return Post.objects.filter(world_id=channel_id).select_related("persona", "partner", "parent__persona")


def _someone(persona: Persona) -> Someone:
    return Someone(persona.handle, persona.name, persona.language, persona.temper)


def _utterances(posts: Iterable[Post]) -> list[Utterance]:
    return [
        Utterance(
            external_id=post.external_id,
            author=_someone(post.persona) if post.persona else None,
            partner=_someone(post.partner) if post.partner else None,
            text=post.text,
            topic=post.topic,
            at=post.published_at,
            is_public=post.is_public,
            is_addressed=post.is_addressed,
            is_edited=post.edited_at is not None,
            is_deleted=post.deleted_at is not None,
            answers=_name_of(post.parent),
            answers_id=post.parent.external_id if post.parent else "",
            position=post.pk,
        )
        for post in posts
    ]


def _name_of(parent: Post | None) -> str:
    if parent is None:
        return ""
    return parent.persona.name if parent.persona else words.COMPANY
