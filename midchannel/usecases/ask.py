"""Ask: a word to colleagues in an object's internal thread. The object is proven first; teamwork does not know what it is.

`@ana` asks a person, `@operations` a team, `#customs` those who say that they can help with customs. Of a team or a skill one answer is
enough: it closes the question for all of them, and who saw the object only to be able to answer sees it no longer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from midchannel.inside.improvements import queries as improvements
from midchannel.inside.swarms import queries as swarms
from midchannel.inside.teamwork import actions as teamwork
from midchannel.inside.teamwork import queries as teamwork_queries
from midchannel.inside.teamwork import rules
from midchannel.inside.teamwork.queries import PostItem
from midchannel.middle.cases.queries import reading as cases
from midchannel.middle.conversations import queries as conversations
from midchannel.middle.customers import queries as customers
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError
from midchannel.usecases import move_cases

Scopes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A post was written. `question_ids` are the questions it opened, `unknown` the names behind an @ or # that nobody has."""

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


def _prove_case(viewer: Viewer, object_id: int) -> Scopes:
    scope_id = cases.find(viewer, object_id).scope_id
    return (scope_id,) if scope_id is not None else ()


# Each proves that the viewer may see the object (or raises), and gives the scopes of those who see it too.
PROVE: Mapping[str, Callable[[Viewer, int], Scopes]] = {
    "conversation": _prove_conversation,
    "customer": _prove_customer,
    "improvement": _prove_improvement,
    "case": _prove_case,
}


def _prove(viewer: Viewer, object_type: str, object_id: int) -> Scopes:
    if object_type not in PROVE:
        raise InvalidError(_("There is no internal thread on this."), "object_type")
    return PROVE[object_type](viewer, object_id)


@transaction.atomic
def ask(viewer: Viewer, object_type: str, object_id: int, *, text: str, now: datetime) -> Asked:
    """Write in the internal thread of a "conversation", "customer", "improvement" or "case".

    Everybody mentioned is asked: they get a notice, may see the object from now on, and the question stays open until they write in the
    thread. Without a mention it is a note. Raises the object's NotFoundError, InvalidError.
    """
    scopes = _prove(viewer, object_type, object_id)
    named = _resolve(viewer, text)
    posted = teamwork.write_post(
        viewer,
        object_type=object_type,
        object_id=object_id,
        text=text,
        asked_ids=named.people,
        asked_as=named.asked_as,
        scope_ids=scopes,
        now=now,
    )
    place: Any = {"object_type": object_type, "object_id": object_id, "now": now, "by": viewer.actor}
    for user_id in named.people:
        accounts.grant(user_id, **place)
    for user_id in named.asked_as.keys() - set(named.people):
        accounts.grant(user_id, **place, kind=_grant_of(posted.post_id))
    for post_id, user_id in posted.freed:
        accounts.withdraw_grant(user_id, **place, kind=_grant_of(post_id))
    if object_type == "case":
        for question_id in posted.answered_ids:
            move_cases.hear_answer(object_id, key=f"question:{question_id}", question_id=question_id, now=now)
    return Asked(posted.post_id, posted.question_ids, posted.answered_ids, named.unknown)


def _grant_of(post_id: int) -> str:
    """What somebody of a team or skill may do because of one post: told apart, so that it can be taken back."""
    return f"asked:{post_id}"


@dataclass(frozen=True, slots=True)
class _Named:
    people: list[int]
    asked_as: dict[int, str]
    unknown: tuple[str, ...]


def _resolve(viewer: Viewer, text: str) -> _Named:
    """Who is meant by the names in a text. A person's name comes before a team's; who is named in several ways is asked once."""
    names, skills = rules.mentions(text), rules.skills(text)
    people = account_queries.list_people(viewer, mentions=names) if names else []
    rest = set(names) - {person.mention for person in people}
    teams = {mention_of(team.name): team for team in account_queries.list_team_details(viewer)} if rest else {}
    knowing = swarms.people_with(viewer, skills) if skills else {}
    asked_as: dict[int, str] = {}
    for name in (each for each in names if each in rest and each in teams):
        for member in teams[name].members:
            if member.is_active:
                asked_as.setdefault(member.id, f"@{name}")
    for slug, user_ids in knowing.items():
        for user_id in user_ids:
            asked_as.setdefault(user_id, f"#{slug}")
    asked_as.pop(viewer.user_id, None)
    unknown = [name for name in names if name in rest and name not in teams]
    unknown += [f"#{slug}" for slug in skills if slug not in knowing]
    return _Named([person.id for person in people], asked_as, tuple(unknown))


def mention_of(team: str) -> str:
    """The name of a team behind the @: "Back office" is back-office."""
    return slugify(team)[:50]


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
