"""The end of the demo: its channels with all that came of them, its people, teams and queues. What is real stays."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from midchannel.inside.improvements import actions as improvements
from midchannel.inside.partners.actions import forgetting as partners
from midchannel.inside.service.models import CannedReply, Queue
from midchannel.inside.swarms.actions import forgetting as swarms
from midchannel.inside.teamwork import actions as teamwork
from midchannel.inside.teamwork.models import OBJECT_TYPES
from midchannel.middle.cases.models import PlanVersion
from midchannel.middle.cases.plan_models import DeclinedAddition, PlanDraft, PlanMove
from midchannel.middle.conversations.actions import removing as conversations
from midchannel.middle.conversations.models import Conversation, Message
from midchannel.middle.customers.actions import removing as customers
from midchannel.middle.documents.actions import forgetting as documents
from midchannel.outside.channels import registry
from midchannel.outside.channels.actions import removing as channels
from midchannel.outside.channels.models import Channel
from midchannel.outside.listening.actions import searching as listening
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts.models import Grant, Membership, Scope, Team, User
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import execute
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import measure, score, sweeping, take_back
from midchannel.usecases.simulate import NETWORK


def remove(by: Actor, *, now: datetime) -> None:
    """Remove everything made up, in the caller's transaction."""
    made_up = Channel.objects.filter(Q(is_demo=True) | Q(network=NETWORK))
    channel_ids = list(made_up.order_by("pk").values_list("pk", flat=True))
    channels.hold_channels(channel_ids)
    _remove_what_came(channel_ids, now=now)
    measure.forget_demo(channel_ids)
    score.forget_demo(now=now)
    _forget_work("alert", listening.forget_demo(channel_ids))
    CannedReply.objects.filter(is_demo=True).delete()
    Queue.objects.filter(is_demo=True).exclude(pk__in=_queues_in_use()).delete()
    _remove_people()
    accounts.forget_company()
    execute("DELETE FROM event e WHERE e.object_type IN ('alert', 'mention') OR (e.object_type = 'search'"
            " AND NOT EXISTS (SELECT 1 FROM search s WHERE s.id = e.object_id))"
            " OR (e.kind = 'signal.corrected' AND NOT EXISTS (SELECT 1 FROM signal t WHERE t.id = e.object_id))")  # fmt: skip
    for table in ("post", "question", "notice", "goal", "offer_rule", "customer", "swarm"):
        gone = f"NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = e.object_id)"
        execute(f"DELETE FROM event e WHERE e.object_type = %s AND {gone}", [table])
    execute(
        "DELETE FROM event e WHERE e.object_type = 'room' AND NOT EXISTS (SELECT 1 FROM partner_room r WHERE r.id = e.object_id)"
    )
    for channel_id in channel_ids:
        audit.record(by, "demo.remove", object_type="channel", object_id=channel_id, now=now)


def _remove_what_came(channel_ids: list[int], *, now: datetime) -> None:
    activity_ids = channels.list_activity_ids(channel_ids)
    conversation_ids = conversations.list_of_channels(channel_ids)
    _remove_cases(conversation_ids)
    _forget_work("conversation", conversation_ids)
    _forget_work("channel", channel_ids)
    improvements.forget_conversations(conversation_ids)
    _forget_work("improvement", improvements.forget_demo())
    people = conversations.participants_of(activity_ids) | conversations.handles_of(conversation_ids)
    _forget_work("customer", customers.list_only_behind(channels.list_heard_only_in(channel_ids)))
    ours = conversations.remove_conversations(conversation_ids)
    take_back.take_back([*activity_ids, *ours], now=now)
    take_back.forget_people(sorted(people), now=now)
    for channel_id in channel_ids:
        if registry.has_box(NETWORK):
            registry.get_box(NETWORK).remove(channel_id)
    channels.remove_channels(channel_ids)


def _remove_cases(conversation_ids: Sequence[int]) -> None:
    """Cases about made-up people or of made-up colleagues, and plans that only made-up people have written."""
    people = list(User.objects.filter(is_demo=True).values_list("pk", flat=True))
    cases = sweeping.forget_cases_of(conversation_ids, people)
    swarms.forget_cases(cases)
    partners.forget_cases(cases)
    documents.forget_cases(cases)
    _forget_work("case", cases)
    PlanDraft.objects.filter(owner_id__in=people).delete()
    PlanMove.objects.filter(by_id__in=people).delete()
    real = PlanVersion.objects.exclude(made_by_id__in=people).values("name")
    gone = PlanVersion.objects.filter(made_by_id__in=people).exclude(name__in=real)
    DeclinedAddition.objects.filter(plan__in=gone.values("name")).delete()
    gone.delete()


def _forget_work(object_type: str, ids: Sequence[int]) -> None:
    """What was said about it inside, who was let see it, and what was told of it."""
    if object_type in OBJECT_TYPES:
        teamwork.forget_objects(object_type, ids)
    Grant.objects.filter(object_type=object_type, object_id__in=ids).delete()
    _forget_told((object_type,), ids)


def _forget_told(object_types: tuple[str, ...], ids: Sequence[int]) -> None:
    """Events about what is gone tell nobody anything."""
    StoredEvent.objects.filter(object_type__in=object_types, object_id__in=ids).delete()


def _queues_in_use() -> set[int]:
    """Queues that something real waits in."""
    used = {*Channel.objects.values_list("queue_id", flat=True).distinct()}
    used |= {*Conversation.objects.values_list("queue_id", flat=True).distinct()}
    return {queue_id for queue_id in used if queue_id is not None}


def _remove_people() -> None:
    """Those who have written to somebody real stay, without a way in; so does a team that something real belongs to."""
    wrote = Exists(Message.objects.filter(author_id=OuterRef("pk")))
    made_up = User.objects.filter(is_demo=True)
    made_up.filter(wrote).update(is_active=False)
    staying = set(made_up.filter(wrote).values_list("pk", flat=True))
    Membership.objects.filter(user__is_demo=True).delete()
    going = made_up.exclude(pk__in=staying)
    gone = list(going.values_list("pk", flat=True))
    _forget_told(("account", "person"), gone)
    teamwork.forget_people(gone)
    going.delete()
    used: set[int | None] = {*Queue.objects.values_list("team__scope_id", flat=True)}
    used |= {*Channel.objects.values_list("scope_id", flat=True)}
    used |= {*Conversation.objects.values_list("scope_id", flat=True).distinct()}
    used |= {*Membership.objects.values_list("scope_id", flat=True)}
    teams = Team.objects.filter(is_demo=True).exclude(scope_id__in=[scope_id for scope_id in used if scope_id])
    scopes = list(teams.values_list("scope_id", flat=True))
    _forget_told(("team",), list(teams.values_list("pk", flat=True)))
    teams.delete()
    Scope.objects.filter(pk__in=scopes).delete()
