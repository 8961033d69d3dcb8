"""Ask: a word to a colleague in an object's internal thread. The object is proven first; teamwork does not know what it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.inside.improvements import queries as improvements
from midchannel.inside.teamwork import actions as teamwork
from midchannel.inside.teamwork import queries as teamwork_queries
from midchannel.inside.teamwork import rules
from midchannel.inside.teamwork.queries import PostItem
from midchannel.middle.conversations import queries as conversations
from midchannel.middle.customers import queries as customers
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError

Scopes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A post was written. `question_ids` are the questions it opened, `unknown` the names behind an @ that nobody has."""

    post_id: int
    question_ids: tuple[int, ...] = ()
    answered_ids: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


def _prove_conversation(viewer: Viewer, object_id: int) -> Scopes:
    scope_id = conversations.get_conversation(viewer, object_id).row.scope_id
    return (scope_id,) if scope_id is not None else ()


def _prove_customer(viewer: Viewer, object_id: int) -> Scopes:
    customers.get_customer(viewer, object_id)
    return ()


def _prove_improvement(viewer: Viewer, object_id: int) -> Scopes:
    improvements.get_improvement(viewer, object_id)
    return ()


# Each proves that the viewer may see the object (or raises), and gives the scopes of those who see it too.
PROVE: Mapping[str, Callable[[Viewer, int], Scopes]] = {
    "conversation": _prove_conversation,
    "customer": _prove_customer,
    "improvement": _prove_improvement,
}


def _prove(viewer: Viewer, object_type: str, object_id: int) -> Scopes:
    if object_type not in PROVE:
        raise InvalidError(_("There is no internal thread on this."), "object_type")
    return PROVE[object_type](viewer, object_id)


@transaction.atomic
def ask(viewer: Viewer, object_type: str, object_id: int, *, text: str, now: datetime) -> Asked:
    """Write in the internal thread of a "conversation", "customer" or "improvement".

    Everybody @mentioned is asked: they get a notice, may see the object from now on, and the question stays open until they write in the
    thread. Without a mention it is a note. Raises the object's NotFoundError, InvalidError.
    """
    scopes = _prove(viewer, object_type, object_id)
    names = rules.mentions(text)
    people = account_queries.list_people(viewer, mentions=names) if names else []
    posted = teamwork.write_post(
        viewer,
        object_type=object_type,
        object_id=object_id,
        text=text,
        asked_ids=[person.id for person in people],
        scope_ids=scopes,
        now=now,
    )
    for person in people:
        accounts.grant(
            person.id, object_type=object_type, object_id=object_id, now=now, by=Actor(viewer.name, viewer.user_id)
        )
    known = {person.mention for person in people}
    return Asked(
        posted.post_id, posted.question_ids, posted.answered_ids, tuple(name for name in names if name not in known)
    )


@transaction.atomic
def answer(viewer: Viewer, question_id: int, *, text: str, now: datetime) -> Asked:
    """Answer a question one was asked, in its thread; closes it and tells whoever asked. Raises QuestionNotFoundError."""
    question = teamwork_queries.get_question(viewer, question_id)
    return ask(viewer, question.object_type, question.object_id, text=text, now=now)


def withdraw(viewer: Viewer, question_id: int, *, now: datetime) -> None:
    """Whoever asked needs no answer any more. Raises QuestionNotFoundError, QuestionClosedError."""
    teamwork.withdraw_question(viewer, question_id, now=now)


def list_posts(viewer: Viewer, object_type: str, object_id: int) -> list[PostItem]:
    """The internal thread of an object the viewer may see (proven here), oldest first."""
    _prove(viewer, object_type, object_id)
    return teamwork_queries.list_posts(viewer, object_type, object_id)
