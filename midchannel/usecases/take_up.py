"""Take up: a mention becomes a conversation, and only now its author becomes a customer. By a person, or by a search's rule."""

from datetime import datetime

from django.db import transaction

from midchannel.inside.service import queries as service
from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations.queries import knowing
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers.actions import Face
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import documents
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.actions import removing
from midchannel.outside.channels.queries import ActivityText
from midchannel.outside.listening import actions as listening
from midchannel.outside.listening.actions import mentions as mention_actions
from midchannel.outside.listening.errors import MentionNotFoundError
from midchannel.outside.listening.queries import mentions
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch

RULE = Actor("listening")


@transaction.atomic
def take_up(viewer: Viewer, activity_id: int, *, now: datetime) -> int:
    """Take a mention up; returns its conversation. Again is harmless. Raises MentionNotFoundError, NotOverheardError."""
    seen = mentions.get_mention(viewer, activity_id)
    if seen.is_deleted:
        raise MentionNotFoundError
    return _take_up(activity_id, actor=viewer.actor, search_id=None, now=now)


def take_up_by_rule(activity_id: int, search_id: int, *, now: datetime) -> int | None:
    """The same by a search's rule, in the caller's transaction; None for what a person has passed over or its author taken back."""
    if mention_actions.hold(activity_id) != mention_actions.NEW:
        return None
    return _take_up(activity_id, actor=RULE, search_id=search_id, now=now)


@transaction.atomic
def pass_over(viewer: Viewer, activity_id: int, *, is_passed: bool = True, now: datetime) -> None:
    """Say that nothing is to be done about a mention, or take that back. Raises MentionNotFoundError."""
    mentions.get_mention(viewer, activity_id)
    listening.note_dismissed(viewer.actor, activity_id, is_passed=is_passed, now=now)


def _take_up(activity_id: int, *, actor: Actor, search_id: int | None, now: datetime) -> int:
    mention_actions.hold(activity_id)
    known = knowing.conversations_of([activity_id])
    if known:
        return known[activity_id]
    said = channel_queries.get_activities([activity_id]).get(activity_id)
    if said is None:
        raise MentionNotFoundError
    source = channel_queries.get_source(said.channel_id)
    # As when a batch is filed: a reply and what it answers are not filed at once by two.
    removing.hold_applying(said.channel_id)
    _meet(source.network, said, now=now)
    conversation_id = _file(source, said, now=now)
    listening.note_taken_up(
        activity_id,
        actor=actor,
        conversation_id=conversation_id,
        search_id=search_id,
        scope_ids=(source.scope_id,) if source.scope_id else (),
        now=now,
    )
    return conversation_id


def _meet(network: str, said: ActivityText, *, now: datetime) -> None:
    """Who was only overheard is met now: with a record, and with a customer behind it."""
    handle = channel_queries.get_handles([said.handle_id])[said.handle_id]
    met = channels.know_handles(network, {handle.address: channels.Met(handle.name, handle.url, True)}, now=now)
    face = Face(said.handle_id, handle.name, handle.address, said.handle_id in met.first_met, url=handle.url)
    customers.recognise([face], source=network, now=now)


def _file(source: channel_queries.Source, said: ActivityText, *, now: datetime) -> int:
    targets = service.get_targets(source.queue_id)
    place = conversations.Place(source.id, source.scope_id, source.queue_id, targets.first_answer, targets.resolution)
    key = fetch("SELECT key FROM seen WHERE activity_id = %s LIMIT 1", [said.id])
    incoming = conversations.Incoming(
        id=said.id,
        key=key[0][0].hex if key else documents.key_of(source.id, f"mc:activity:{said.id}"),
        handle_id=said.handle_id,
        at=said.at,
        subject=said.subject,
        is_private=said.is_private,
    )
    filed = conversations.file_messages(place, [incoming], {}, now=now)
    return filed.touched[0]
