"""The only writes of improvements, their evidence and their ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.inside.improvements import rules, states
from midchannel.inside.improvements.errors import (
    IllegalStateError,
    ImprovementNotFoundError,
    NobodyToTellError,
    NotYetDoneError,
    NotYoursToTellError,
    OnlyPeopleApproveError,
    UnusableWordsError,
)
from midchannel.inside.improvements.events import ImprovementChanged
from midchannel.inside.improvements.models import Asker, Evidence, Improvement, State, Telling
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor, Detail
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

MAX_TITLE = 200
TRY_AGAIN = timedelta(minutes=15)
MACHINE = Actor("improvements")


@dataclass(frozen=True, slots=True)
class Asking:
    """A conversation as the ledger needs it: who asks there, where, since when, and whose work it is."""

    conversation_id: int
    handle_id: int
    channel_id: int
    asked_at: datetime
    scope_id: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """An asker whose words are approved and not yet on their way; locked until the transaction ends."""

    asker_id: int
    improvement_id: int
    handle_id: int
    conversation_id: int
    text: str
    approved_by_id: int

    @property
    def client_key(self) -> str:
        """The same for every attempt, so that nobody is told twice."""
        return f"improvement:{self.improvement_id}:{self.asker_id}"


@transaction.atomic
def begin(
    viewer: Viewer, title: str, *, change: str = "", owner_id: int | None = None, now: datetime, is_demo: bool = False
) -> int:
    """Write an improvement down; it is the viewer's unless somebody else is named. Returns its id."""
    improvement = Improvement.objects.create(
        title=_title(title),
        change=change.strip(),
        owner_id=_owner(viewer, owner_id),
        created_by_id=viewer.user_id,
        created_at=now,
        is_demo=is_demo,
    )
    _note(viewer.actor, "begin", improvement, now=now, change="begun")
    return improvement.pk


@transaction.atomic
def edit(
    viewer: Viewer,
    improvement_id: int,
    *,
    now: datetime,
    title: str | None = None,
    change: str | None = None,
    owner_id: int | None = None,
) -> None:
    """Change what is given and leave the rest."""
    improvement = _locked(improvement_id)
    if title is not None:
        improvement.title = _title(title)
    if change is not None:
        improvement.change = change.strip()
    if owner_id is not None:
        improvement.owner_id = _owner(viewer, owner_id)
    improvement.save(update_fields=["title", "change", "owner_id"])
    _note(viewer.actor, "edit", improvement, now=now, change="edited", owner_id=improvement.owner_id)


@transaction.atomic
def move(viewer: Viewer, improvement_id: int, state: str, *, now: datetime) -> None:
    """Say that it is begun, done, or not yet after all. Again is harmless. Raises IllegalStateError."""
    improvement = _locked(improvement_id)
    if improvement.state == state:
        return
    if not states.may_move(improvement.state, state):
        raise IllegalStateError
    improvement.state = state
    improvement.done_at = now if state == State.DONE else None
    improvement.save(update_fields=["state", "done_at"])
    _note(viewer.actor, "move", improvement, now=now, change="moved", state=state)


@transaction.atomic
def tie(viewer: Viewer, improvement_id: int, asking: Asking, *, now: datetime) -> bool:
    """Say that a conversation asks for it. False when that was known."""
    improvement = _locked(improvement_id)
    if Evidence.objects.filter(improvement=improvement, conversation_id=asking.conversation_id).exists():
        return False
    asker = Asker.objects.select_for_update().filter(improvement=improvement, handle_id=asking.handle_id).first()
    if asker is None:
        asker = Asker.objects.create(
            improvement=improvement,
            handle_id=asking.handle_id,
            conversation_id=asking.conversation_id,
            channel_id=asking.channel_id,
            asked_at=asking.asked_at,
        )
    Evidence.objects.create(
        improvement=improvement,
        conversation_id=asking.conversation_id,
        asker=asker,
        asked_at=asking.asked_at,
        tied_by_id=viewer.user_id,
        tied_at=now,
    )
    _keep_place(asker)
    _note(viewer.actor, "tie", improvement, now=now, change="tied", asking=asking)
    return True


@transaction.atomic
def untie(viewer: Viewer, improvement_id: int, asking: Asking, *, now: datetime) -> bool:
    """Take that back. Whoever asked nowhere else leaves the ledger, unless word to them is on its way. False when it was not tied."""
    improvement = _locked(improvement_id)
    evidence = Evidence.objects.filter(improvement=improvement, conversation_id=asking.conversation_id).first()
    if evidence is None:
        return False
    asker = Asker.objects.select_for_update().get(pk=evidence.asker_id)
    evidence.delete()
    if asker.message_id is None:
        if Evidence.objects.filter(asker=asker).exists():
            _keep_place(asker)
        else:
            asker.delete()
    _note(viewer.actor, "untie", improvement, now=now, change="untied", asking=asking)
    return True


def check_may_tell(viewer: Viewer, improvement_id: int) -> None:
    """Raise unless the viewer may approve what customers are told: a person, its owner or a lead, once it is done."""
    if viewer.is_machine:
        raise OnlyPeopleApproveError
    improvement = Improvement.objects.filter(pk=improvement_id).first()
    if improvement is None:
        raise ImprovementNotFoundError
    if not (viewer.is_lead or viewer.user_id == improvement.owner_id):
        raise NotYoursToTellError
    if improvement.state != State.DONE:
        raise NotYetDoneError


def check_words(text: str) -> str:
    """The words as they may be sent. Raises UnusableWordsError."""
    text = text.strip()
    if not text:
        raise UnusableWordsError(_("Write what is to be said."), "text")
    if len(text) > rules.MAX_TEXT:
        raise UnusableWordsError(_("Use at most %d characters.") % rules.MAX_TEXT, "text")
    unknown = rules.unknown_places(text)
    if unknown:
        raise UnusableWordsError(
            _("Nothing fills in {%(place)s}; only {first_name} is known.") % {"place": unknown[0]}, "text"
        )
    return text


@transaction.atomic
def approve(viewer: Viewer, improvement_id: int, text: str, *, now: datetime) -> int:
    """Approve the words for every asker who has none yet, or whose word could not be brought so far. Returns how many."""
    check_may_tell(viewer, improvement_id)
    text = check_words(text)
    improvement = _locked(improvement_id)
    askers = Asker.objects.filter(improvement=improvement, message_id=None)
    waiting = list(askers.filter(telling=None).select_for_update().values_list("pk", flat=True))
    stuck = list(askers.exclude(telling=None).exclude(reason="").select_for_update().values_list("pk", flat=True))
    if not waiting and not stuck:
        raise NobodyToTellError
    telling = Telling.objects.create(
        improvement=improvement,
        text=text,
        approved_by_id=viewer.user_id,
        approved_by_name=viewer.name,
        approved_at=now,
    )
    Asker.objects.filter(pk__in=waiting + stuck).update(telling=telling, reason="", tried_at=None)
    count = len(waiting) + len(stuck)
    _note(viewer.actor, "approve", improvement, now=now, change="approved", telling_id=telling.pk, askers=count)
    return count


def take_due(*, now: datetime) -> Due | None:
    """Lock the next asker to be told: first those never tried, then those that could not be told a while ago. In a transaction."""
    due = Asker.objects.filter(message_id=None, telling__isnull=False)
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("telling").order_by("pk")
    asker = locked.filter(tried_at=None).first() or locked.filter(tried_at__lt=now - TRY_AGAIN).first()
    if asker is None or asker.telling is None:
        return None
    return Due(
        asker.pk,
        asker.improvement_id,
        asker.handle_id,
        asker.conversation_id,
        asker.telling.text,
        asker.telling.approved_by_id,
    )


def note_told(due: Due, message_id: int, *, now: datetime) -> None:
    """The words are on their way, in the transaction that wrote the message."""
    Asker.objects.filter(pk=due.asker_id).update(message_id=message_id, told_at=now, tried_at=now, reason="")
    improvement = Improvement.objects.get(pk=due.improvement_id)
    _note(MACHINE, "tell", improvement, now=now, change="told", asker_id=due.asker_id, message_id=message_id)


def note_owed(due: Due, reason: str, *, now: datetime) -> None:
    """They could not be told now, and why. It is tried again."""
    before = Asker.objects.filter(pk=due.asker_id).values_list("reason", flat=True)[0]
    Asker.objects.filter(pk=due.asker_id).update(tried_at=now, reason=reason)
    if reason != before:
        improvement = Improvement.objects.get(pk=due.improvement_id)
        _note(MACHINE, "owe", improvement, now=now, change="owed", asker_id=due.asker_id)


@transaction.atomic
def forget_demo() -> Sequence[int]:
    """Remove the demo's improvements; returns their ids."""
    gone = list(Improvement.objects.filter(is_demo=True).values_list("pk", flat=True))
    Evidence.objects.filter(improvement_id__in=gone).delete()
    Asker.objects.filter(improvement_id__in=gone).delete()
    Telling.objects.filter(improvement_id__in=gone).delete()
    Improvement.objects.filter(pk__in=gone).delete()
    return gone


def forget_conversations(conversation_ids: Sequence[int]) -> None:
    """Conversations that are removed as if they had never been ask for nothing. In the caller's transaction."""
    ids = list(conversation_ids)
    Evidence.objects.filter(conversation_id__in=ids).delete()
    kept = Evidence.objects.values("asker_id")
    Asker.objects.filter(conversation_id__in=ids).exclude(pk__in=kept).delete()


def _keep_place(asker: Asker) -> None:
    """An asker asked when they did first, and is told where they did last; once told, that stays."""
    if asker.message_id is not None:
        return
    asked = list(Evidence.objects.filter(asker=asker).order_by("asked_at", "pk"))
    asker.asked_at, asker.conversation_id = asked[0].asked_at, asked[-1].conversation_id
    asker.save(update_fields=["asked_at", "conversation_id"])


def _locked(improvement_id: int) -> Improvement:
    improvement = Improvement.objects.select_for_update(no_key=True).filter(pk=improvement_id).first()
    if improvement is None:
        raise ImprovementNotFoundError
    return improvement


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= MAX_TITLE:
        raise InvalidError(_("Give it a title of 1 to %d characters.") % MAX_TITLE, "title")
    return title


def _owner(viewer: Viewer, owner_id: int | None) -> int:
    if owner_id is None or owner_id == viewer.user_id:
        return viewer.user_id
    people = accounts.list_people(viewer, ids=[owner_id])
    if not people or not people[0].is_active:
        raise InvalidError(_("Choose a colleague."), "owner_id")
    return owner_id


def _note(
    by: Actor,
    action: str,
    improvement: Improvement,
    *,
    now: datetime,
    change: str,
    asking: Asking | None = None,
    **details: Detail,
) -> None:
    """Audit and tell a change."""
    scope_ids: tuple[int, ...] = ()
    if asking is not None:
        details["conversation_id"] = asking.conversation_id
        scope_ids = (asking.scope_id,) if asking.scope_id else ()
    audit.record(by, f"improvement.{action}", object_type="improvement", object_id=improvement.pk, now=now, **details)
    events.emit(
        ImprovementChanged(
            object_id=improvement.pk,
            scope_ids=scope_ids,
            user_ids=(improvement.owner_id,),
            change=change,
            conversation_id=str(asking.conversation_id) if asking else "",
        ),
        now=now,
    )
