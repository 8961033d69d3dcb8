"""Ask: a word to a colleague in an object's internal thread. The object is proven first; teamwork does not know what it is."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.inside.teamwork.queries import PostItem
from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class Asked:
    """A post was written. `question_ids` are the questions it opened, `unknown` the names behind an @ that nobody has."""

    post_id: int
    question_ids: tuple[int, ...] = ()
    answered_ids: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


def ask(viewer: Viewer, object_type: str, object_id: int, *, text: str, now: datetime) -> Asked:
    """Write in the internal thread of a "conversation", "customer" or "improvement". Everybody @mentioned is asked: they get a notice, may
    see the object from now on, and the question stays open until they write in the thread. Without a mention it is a note.
    """
    raise NotImplementedError


def answer(viewer: Viewer, question_id: int, *, text: str, now: datetime) -> Asked:
    """Answer a question one was asked; closes it and tells whoever asked."""
    raise NotImplementedError


def withdraw(viewer: Viewer, question_id: int, *, now: datetime) -> None:
    """Whoever asked needs no answer any more."""
    raise NotImplementedError


def list_posts(viewer: Viewer, object_type: str, object_id: int) -> list[PostItem]:
    """The internal thread of an object the viewer may see (proven here), oldest first."""
    raise NotImplementedError
