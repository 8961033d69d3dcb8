"""What a plan may name that is read from what was said and done: conversations, what was promised, other cases, improvements."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.inside.improvements import queries as improvements
from midchannel.middle.cases.queries import overview
from midchannel.middle.cases.queries.overview import CaseLine
from midchannel.middle.conversations.queries import MessageItem, knowing
from midchannel.web.cases import wording
from midchannel.web.cases.facts import PROVIDERS, Facts, noted
from midchannel.web.cases.records import Block, Line

FEW, SHORT = 3, 240


def _said(pairs: list[tuple[int, MessageItem]]) -> tuple[Line, ...]:
    return tuple(
        Line(
            label=message.author_name or message.author_address,
            text=message.text[:SHORT],
            value="",
            at=message.at,
            href=f"{reverse('inbox-conversation', args=[number])}#message-{message.id}",
        )
        for number, message in pairs[:FEW]
    )


def _conversation(facts: Facts, name: str) -> Block:
    first = facts.conversation_ids[:1]
    return Block(
        name=name, title=_("What was said last"), icon="message-square", lines=_said(facts.messages),
        href=reverse("inbox-conversation", args=first) if first else "", empty=_("No conversation belongs to this case yet."),
    )  # fmt: skip


def _promises(facts: Facts, name: str) -> Block:
    """What is noted as promised, and our own last words, where promises are made."""
    ours = [pair for pair in facts.messages if pair[1].direction == "out"]
    return Block(
        name=name, title=_("What we promised"), icon="handshake", lines=(*noted(facts, "promise"), *_said(ours)),
        empty=_("We have not written to them yet, and nothing is noted."),
    )  # fmt: skip


def _of_cases(lines: list[CaseLine]) -> tuple[Line, ...]:
    return tuple(
        Line(
            label=each.title,
            value=wording.state_words(each.state),
            href=reverse("case", args=[each.id]),
            at=each.changed_at,
        )
        for each in lines
    )


def _cases(facts: Facts, name: str) -> Block:
    handles = facts.customer.handle_ids if facts.customer else ()
    found = (
        overview.list_related(facts.viewer, facts.opened.id, handle_ids=tuple(handles), limit=FEW + 1)
        if handles
        else []
    )
    return Block(
        name=name,
        title=_("Other cases of theirs"),
        icon="briefcase",
        lines=_of_cases(found),
        empty=_("This is their only case."),
    )


def _similar(facts: Facts, name: str) -> Block:
    found = overview.list_similar(facts.viewer, facts.opened.id, limit=FEW + 1)
    return Block(
        name=name,
        title=_("How such cases ended"),
        icon="layers",
        lines=_of_cases(found),
        empty=_("None by this plan has ended yet."),
    )


def _history(facts: Facts, name: str) -> Block:
    handles = facts.customer.handle_ids if facts.customer else ()
    rows = knowing.list_of_handles(facts.viewer, handles, limit=FEW + 2) if handles else []
    lines = tuple(
        Line(
            label=each.channel_name,
            text=each.subject or each.snippet,
            value="",
            at=each.last_at,
            href=reverse("inbox-conversation", args=[each.id]),
        )
        for each in rows
        if each.id not in facts.conversation_ids
    )
    return Block(
        name=name,
        title=_("What was before"),
        icon="history",
        lines=lines,
        href=facts.href("customer"),
        empty=_("Nothing before this."),
    )


def _improvements(facts: Facts, name: str) -> Block:
    found = {
        each.id: each
        for number in facts.conversation_ids[:FEW]
        for each in improvements.list_of_conversation(facts.viewer, number)
    }
    lines = [
        Line(
            label=each.title,
            value=ngettext("%d asks for it", "%d ask for it", each.askers) % each.askers,
            href=reverse("improvement", args=[each.id]),
        )
        for each in found.values()
    ]
    href = reverse("improvement-tying", args=facts.conversation_ids[:1]) if facts.conversation_ids else ""
    return Block(
        name=name, title=_("Improvements"), icon="lightbulb", lines=(*lines, *noted(facts, name)), href=href,
        empty=_("It is tied to no improvement yet."),
    )  # fmt: skip


PROVIDERS.update(
    {
        "conversation": _conversation,
        "mentions": _conversation,
        "question": _conversation,
        "promises": _promises,
        "cases": _cases,
        "similar_cases": _similar,
        "history": _history,
        "timeline": _history,
        "improvements": _improvements,
        "idea": _improvements,
        "similar_ideas": _improvements,
        "askers": _improvements,
        "votes": _improvements,
    }
)
