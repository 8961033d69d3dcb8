"""What happens in the network: said, edited, deleted, answered by the company. Callers hold the world's row.

Holding it puts the log in the order of its ids, so that the reader who follows it misses nothing.
"""

from datetime import datetime

from midchannel.outside.networks.simulator.cast import CAST
from midchannel.outside.networks.simulator.models import Change, Persona, Post, World

CREATE, UPDATE, DELETE = "create", "update", "delete"


def hold(channel_id: int) -> World:
    """Lock a world until the transaction ends. Raises World.DoesNotExist."""
    return World.objects.select_for_update(no_key=True).get(pk=channel_id)


def found(channel_id: int, *, seed: int, per_minute: float, now: datetime) -> World:
    """Make the world of a channel, with everybody in it; as it is when it exists."""
    world, is_new = World.objects.get_or_create(
        channel_id=channel_id, defaults={"seed": seed, "per_minute": per_minute, "lived_until": now}
    )
    if is_new:
        Persona.objects.bulk_create(
            Persona(
                world=world,
                handle=role.handle,
                name=role.name,
                language=role.language,
                temper=role.temper,
                email=role.email,
            )
            for role in CAST
        )
    return world


def say(
    world: World,
    persona: Persona,
    text: str,
    *,
    at: datetime,
    topic: str = "",
    is_public: bool = True,
    is_addressed: bool = True,
    parent: Post | None = None,
) -> Post:
    """A persona posts, replies or writes privately."""
    return _publish(
        Post(
            world=world,
            persona=persona,
            partner=None if is_public else persona,
            parent=parent,
            text=text,
            topic=topic,
            is_public=is_public,
            is_addressed=is_addressed,
            published_at=at,
        )
    )


def answer(
    world: World, *, key: str, text: str, to: Persona | None, parent: Post | None, is_public: bool, at: datetime
) -> Post:
    """The company says something. The same key again is the same post."""
    known = Post.objects.filter(world=world, key=key).first()
    if known is not None:
        return known
    partner = None if is_public else to
    post = Post(world=world, key=key, text=text, partner=partner, parent=parent, is_public=is_public, published_at=at)
    return _publish(post, is_logged=False)


def edit(post: Post, text: str, *, at: datetime) -> None:
    """A persona changes what it said."""
    if post.deleted_at is None:
        post.text, post.edited_at = text, at
        post.save(update_fields=["text", "edited_at"])
        Change.objects.create(world_id=post.world_id, post=post, verb=UPDATE, text=text, at=at)


def delete(post: Post, *, at: datetime) -> None:
    """A persona takes back what it said."""
    if post.deleted_at is None:
        post.text, post.deleted_at = "", at
        post.save(update_fields=["text", "deleted_at"])
        Change.objects.filter(post=post).update(text="")
        Change.objects.create(world_id=post.world_id, post=post, verb=DELETE, at=at)


def _publish(post: Post, *, is_logged: bool = True) -> Post:
    post.external_id = _name_of(post.world)
    post.save()
    if is_logged:
        Change.objects.create(world=post.world, post=post, verb=CREATE, text=post.text, at=post.published_at)
    return post


def _name_of(world: World) -> str:
    """The next external id; never used again, because the world's row is held and counts only up."""
    world.said += 1
    world.save(update_fields=["said"])
    return f"sim-{world.pk}-{world.said}"
