"""What teamwork may tell. `user_ids` are the colleagues concerned, `scope_ids` those who see the object. Texts are read from the thread."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class PostWritten(Event, frozen=True, kw_only=True):
    """Somebody wrote in an internal thread. The object is the post; `about_type` and `about_id` what it is about."""

    kind: ClassVar[str] = "post.written"
    object_type: ClassVar[str] = "post"

    about_type: str
    about_id: str


class QuestionAsked(Event, frozen=True, kw_only=True):
    """A colleague was asked."""

    kind: ClassVar[str] = "question.asked"
    object_type: ClassVar[str] = "question"

    about_type: str
    about_id: str


class QuestionAnswered(Event, frozen=True, kw_only=True):
    """A colleague answered, `seconds` after they were asked."""

    kind: ClassVar[str] = "question.answered"
    object_type: ClassVar[str] = "question"

    about_type: str
    about_id: str
    seconds: int


class QuestionWithdrawn(Event, frozen=True, kw_only=True):
    """Whoever asked needs no answer any more."""

    kind: ClassVar[str] = "question.withdrawn"
    object_type: ClassVar[str] = "question"

    about_type: str
    about_id: str


class NoticeMade(Event, frozen=True, kw_only=True):
    """A person has a notice; the object is the notice, `user_ids` that person alone. `notice` is its kind."""

    kind: ClassVar[str] = "notice.made"
    object_type: ClassVar[str] = "notice"

    notice: str
    about_type: str
    about_id: str


class NoticeHandled(Event, frozen=True, kw_only=True):
    """A person's notice is done with."""

    kind: ClassVar[str] = "notice.handled"
    object_type: ClassVar[str] = "notice"

    about_type: str
    about_id: str
