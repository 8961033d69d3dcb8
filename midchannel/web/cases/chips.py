"""The cases of a conversation, for the head of its page in the inbox."""

from dataclasses import dataclass

from django.urls import reverse

from midchannel.middle.cases.queries import overview
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.cases import wording


@dataclass(frozen=True, slots=True)
class Chip:
    """A case of a conversation: what is next in it, or how it ended."""

    href: str
    title: str
    next: str
    is_open: bool


def chips_of(viewer: Viewer, conversation_id: int) -> list[Chip]:
    """The cases a conversation belongs to, open ones first."""
    return [
        Chip(
            href=reverse("case", args=[each.id]),
            title=each.title,
            next=each.next[0].title if each.next else wording.state_words(each.state) if each.ended_at else "",
            is_open=each.ended_at is None,
        )
        for each in overview.list_of_conversation(viewer, conversation_id)
    ]
