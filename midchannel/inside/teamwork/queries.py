"""Reading internal threads, questions and notices."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """One question a post asks. `state`: open, answered or withdrawn."""

    id: int
    asked_id: int
    asked_name: str
    state: str
    answer_post_id: int | None = None


@dataclass(frozen=True, slots=True)
class PostItem:
    """A post in an internal thread. `questions` are those it asks, `answers` the ids of those it answers."""

    id: int
    author_id: int
    author_name: str
    text: str
    at: datetime
    questions: tuple[QuestionMark, ...] = ()
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question the viewer was asked (`is_mine` False: one they asked) that has no answer yet."""

    id: int
    object_type: str
    object_id: int
    text: str
    asker_id: int
    asker_name: str
    asked_id: int
    asked_name: str
    at: datetime
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should look at; one per object, however often it happened. `kind`: asked, answered or assigned."""

    id: int
    kind: str
    object_type: str
    object_id: int
    by_name: str
    text: str
    count: int
    at: datetime


def list_posts(viewer: Viewer, object_type: str, object_id: int) -> list[PostItem]:
    """The internal thread of an object, oldest first. The caller has proven that the viewer may see the object; see `usecases.ask`."""
    raise NotImplementedError


def list_notices(viewer: Viewer, *, limit: int = 50) -> list[Notice]:
    """The viewer's own open notices, newest first."""
    raise NotImplementedError


def count_notices(viewer: Viewer) -> int:
    """How many open notices the viewer has, up to 100."""
    raise NotImplementedError


def list_open_questions(viewer: Viewer) -> list[OpenQuestion]:
    """Questions without an answer that the viewer was asked or asked, oldest first."""
    raise NotImplementedError
