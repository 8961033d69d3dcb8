"""What one does with a conversation: claim, hand over, put aside, resolve, keep away. Each says what happened and how to undo it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from midchannel.inside.service import queries as service
from midchannel.inside.teamwork import actions as teamwork
from midchannel.middle.conversations import actions as conversations
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError, MidchannelError, NotFoundError
from midchannel.usecases import reassign as reassigning
from midchannel.usecases import resolve as resolving
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import answers, heads, views

MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Done:
    """What happened, in words; `undo` is the address that takes it back, `goes_on` when the next conversation is wanted."""

    words: str = ""
    undo: str = ""
    goes_on: bool = False


Act = Callable[..., Done]


def _action(act: Act) -> Callable[..., HttpResponseBase]:
    """A POST on one conversation. A problem is told in words beside the conversation as it stands now, and nothing is lost."""

    def answered(request: SignedInRequest, conversation_id: int) -> HttpResponse:
        try:
            done = act(request, conversation_id, now=clock.now())
        except NotFoundError as error:
            raise Http404 from error
        except MidchannelError as problem:
            return _answer(request, conversation_id, Done(problem.reason), status=409)
        return _answer(request, conversation_id, done)

    return wraps(act)(require_POST(signed_in()(answered)))


def _answer(request: SignedInRequest, conversation_id: int, done: Done, *, status: int = 200) -> HttpResponse:
    is_error = status != 200
    if not answers.is_part(request):
        return answers.back(request, conversation_id, done.words, is_error=is_error)
    told: list[Any] = (
        [answers.toast(done.words, undo=done.undo, kind="error" if is_error else "")] if done.words else []
    )
    try:
        opened = views.open_conversation(request.viewer, conversation_id)
    except Http404:
        return answers.tell(views.not_here(request), *told, answers.CHANGED)
    response = render(request, "inbox/_head.html", views.head_context(request.viewer, opened), status=status)
    return answers.tell(response, *told, answers.NEXT if done.goes_on else answers.CHANGED)


def _address(name: str, conversation_id: int) -> str:
    return reverse(f"inbox-{name}", args=[conversation_id])


@_action
def claim(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    """Take it. Of two at once, one wins; the other is told who."""
    conversations.claim(request.viewer, conversation_id, now=now)
    return Done(_("It is yours."), undo=_address("release", conversation_id))


@_action
def release(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    """Give it back to its queue."""
    conversations.release(request.viewer, conversation_id, now=now)
    return Done(_("It is back in the queue."))


@_action
def resolve(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    """Nothing is owed here any more; it opens again when the customer writes."""
    resolving.resolve(request.viewer, conversation_id, now=now)
    goes_on = request.POST.get("then") == "next"
    return Done(_("Resolved."), undo=_address("reopen", conversation_id), goes_on=goes_on)


@_action
def reopen(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    """Back to work."""
    conversations.reopen(request.viewer, conversation_id, now=now)
    return Done(_("It is open again."))


@_action
def snooze(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    """Put it aside; it comes back by itself, or when the customer writes."""
    until = _moment(request.POST.get("until", "") or request.POST.get("at", ""), now)
    conversations.snooze(request.viewer, conversation_id, until=until, now=now)
    return Done(_("It comes back %(when)s.") % {"when": heads.when(until)}, undo=_address("reopen", conversation_id))


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidError(_("Choose when it should come back."), "until") from error
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if not now < moment < now + timedelta(days=366):
        raise InvalidError(_("Choose a moment in the coming year."), "until")
    return moment


@_action
def spam(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    """Nobody has to answer this."""
    conversations.mark_spam(request.viewer, conversation_id, now=now)
    return Done(_("It is in Spam."), undo=_address("not-spam", conversation_id))


@_action
def not_spam(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    """It was no spam."""
    conversations.not_spam(request.viewer, conversation_id, now=now)
    return Done(_("It is open again."))


@_action
def mark_unread(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    """Leave it for later as if it had not been read."""
    conversations.mark_unread(request.viewer, conversation_id)
    return Done(_("It is marked as unread."))


@_action
def block(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    """What this person writes goes to spam from now on."""
    resolving.block_sender(request.viewer, conversation_id, now=now)
    return Done(_("What they write goes to spam from now on."), undo=_address("unblock", conversation_id))


@_action
def unblock(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    """They may write again."""
    resolving.unblock_sender(request.viewer, conversation_id, now=now)
    return Done(_("What they write comes to the inbox again."))


@signed_in()
def assign(request: SignedInRequest, conversation_id: int) -> HttpResponseBase:
    """To whom it may be handed over; and handing it over."""
    if request.method == "POST":
        return hand_over(request, conversation_id)
    opened = views.open_conversation(request.viewer, conversation_id)
    row = opened.detail.row
    people = [person for person in accounts.list_people(request.viewer) if person.is_active][:MOST_PEOPLE]
    context = views.head_context(request.viewer, opened) | {
        "people": [
            {
                "id": person.id,
                "name": person.name,
                "face": records.Face(name=person.name, key=str(person.id)),
                "is_me": person.id == request.viewer.user_id,
                "is_owner": person.id == row.owner_id,
            }
            for person in people
        ],
        "queues": [
            {"id": queue.id, "name": queue.name, "is_current": queue.id == row.queue_id}
            for queue in service.list_queues(request.viewer)
        ],
    }
    return render(request, "inbox/_assign.html" if answers.is_part(request) else "inbox/assign.html", context)


@_action
def hand_over(request: SignedInRequest, conversation_id: int, *, now: datetime) -> Done:
    kind, _dash, number = request.POST.get("to", "").partition("-")
    chosen = int(number) if number.isdecimal() and len(number) < 20 else 0
    if kind == "nobody":
        conversations.release(request.viewer, conversation_id, now=now)
        return Done(_("It is back in the queue."))
    if kind == "person" and chosen:
        reassigning.reassign(request.viewer, conversation_id, owner_id=chosen, now=now)
        return Done(_("Handed over to %(name)s.") % {"name": _name_of(request.viewer, chosen)})
    if kind == "queue" and chosen:
        reassigning.reassign(request.viewer, conversation_id, queue_id=chosen, now=now)
        return Done(_("It is in the other queue now."))
    raise InvalidError(_("Choose a colleague or a queue."), "to")


def _name_of(viewer: Viewer, user_id: int) -> str:
    found = accounts.list_people(viewer, ids=[user_id])
    return found[0].name if found else _("a colleague")


@require_POST
@signed_in()
def presence(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """The reader has it before them, up to the message `seen`. Forgotten after a minute; never a measure."""
    mode = request.POST.get("mode", "viewing")
    seen = request.POST.get("seen", "").partition(".")[0]
    try:
        conversations.note_presence(request.viewer, conversation_id, mode=mode, now=clock.now())
        if seen.isdecimal() and len(seen) < 20:
            conversations.mark_read(request.viewer, conversation_id, up_to=int(seen))
            teamwork.mark_seen(request.viewer, object_type="conversation", object_id=conversation_id, now=clock.now())
    except NotFoundError as error:
        raise Http404 from error
    except InvalidError:
        return HttpResponse(status=422)
    return HttpResponse(status=204)
