"""The simulator behind the seam of `channels.port`: the log is read, an answer becomes visible, and trouble can be had."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from midchannel.outside.channels.port import Batch, NetworkError, OutcomeUnknownError, Outgoing, Receipt, Settings
from midchannel.outside.channels.vocabulary import Actor, Document, Identifier, Object, encode
from midchannel.outside.networks.simulator import living, speaking
from midchannel.outside.networks.simulator.models import Change, Persona, Post, Trouble, World

BATCH = 500
POLL_SECONDS = 1.0
MOST_PARENTS = 20
REMOVED = gettext_lazy("This simulated network was removed. Close the channel, or set the simulator up again.")


class SimulatorAdapter:
    """A network in the box as a channel."""

    network = "simulator"
    can_send = True
    is_public = True
    carries_private = True
    poll_seconds = POLL_SECONDS

    def read(self, settings: Settings, store: Callable[[Batch], None], *, should_stop: Callable[[], bool]) -> None:
        """Follow the log from the cursor (`change`: the id of the last one read)."""
        position = settings.cursor.get("change")
        after = position if isinstance(position, int) else 0
        while not should_stop():
            changes = list(
                Change.objects.filter(world_id=settings.channel_id, pk__gt=after)
                .select_related("post__persona")
                .order_by("pk")[:BATCH]
            )
            if not changes:
                return
            after = changes[-1].pk
            store(Batch([encode(_document_of(change)) for change in changes], {"change": after}))

    def send(self, settings: Settings, outgoing: Outgoing) -> Receipt:
        """Make our answer visible, unless the network is told to make trouble."""
        with transaction.atomic():
            world = _world(settings)
            _refuse(world.trouble)
            post = _publish(world, outgoing) if world.trouble != Trouble.LOSE_BOTH else None
            trouble, confirms = world.trouble, world.confirms
        if post is None or trouble == Trouble.LOSE_RECEIPT:
            raise OutcomeUnknownError
        return Receipt(post.external_id, confirmed=confirms)

    def lookup(self, settings: Settings, outgoing: Outgoing) -> Receipt | None:
        """Whether the network has it."""
        post = Post.objects.filter(world_id=settings.channel_id, key=outgoing.key).first()
        return Receipt(post.external_id, confirmed=True) if post else None

    def check(self, settings: Settings) -> list[str]:
        """Whether the box is there."""
        return [] if World.objects.filter(pk=settings.channel_id).exists() else [str(REMOVED)]

    def new_key(self, settings: Settings, *, message_id: int) -> str:
        """A key nobody else has."""
        return f"mc-{settings.channel_id}-{message_id}"


def _world(settings: Settings) -> World:
    try:
        return speaking.hold(settings.channel_id)
    except World.DoesNotExist as error:
        raise NetworkError(str(REMOVED), permanent=True, is_channel_wide=True) from error


def _refuse(trouble: str) -> None:
    match trouble:
        case Trouble.REFUSE:
            raise NetworkError(_("The simulated network is busy. It will be tried again."))
        case Trouble.REFUSE_FOR_GOOD:
            raise NetworkError(
                _("The simulated network refuses this post: the author takes no answers."), permanent=True
            )
        case Trouble.DOWN:
            raise NetworkError(_("The simulated network is switched off."), is_channel_wide=True)


def _publish(world: World, outgoing: Outgoing) -> Post:
    now = world.lived_until  # the network's own clock
    parent = Post.objects.filter(world=world, external_id=outgoing.in_reply_to).first()
    to = Persona.objects.filter(world=world, handle__in=outgoing.to).order_by("pk").first()
    is_known = Post.objects.filter(world=world, key=outgoing.key).exists()
    post = speaking.answer(
        world, key=outgoing.key, text=outgoing.text, to=to, parent=parent, is_public=outgoing.is_public, at=now
    )
    if to is not None and not is_known:
        living.expect_reaction(world, to, post, now=now)
    return post


def _document_of(change: Change) -> Document:
    post, persona = change.post, change.post.persona
    if change.verb == speaking.DELETE or persona is None or post.deleted_at is not None:
        return Document(type="Delete", id=f"{post.external_id}#gone", object=post.external_id, published=change.at)
    parents = _parents_of(post)
    identifiers = [Identifier("email", persona.email, verified=True)] if persona.email else []
    return Document(
        type="Update" if change.verb == speaking.UPDATE else "Create",
        id=f"{post.external_id}#{change.pk}",
        actor=Actor(id=persona.handle, name=persona.name, identifiers=identifiers),
        object=Object(
            id=post.external_id,
            type="Note",
            content=change.text,
            media_type="text/plain",
            in_reply_to=parents[0] if parents else None,
            published=post.published_at,
            updated=change.at if change.verb == speaking.UPDATE else None,
        ),
        addressed=post.is_addressed,
        audience="public" if post.is_public else "private",
        thread=parents,
    )


def _parents_of(post: Post) -> list[str]:
    """What it stands under, nearest first."""
    parents: list[str] = []
    above = post.parent
    while above is not None and len(parents) < MOST_PARENTS:
        parents.append(above.external_id)
        above = above.parent
    return parents
