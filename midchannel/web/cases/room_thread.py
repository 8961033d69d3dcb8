"""What the room of a case shows: posts, messages with partners, who came and went, and the questions that wait for an answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.inside.partners import queries as partners
from midchannel.inside.partners.queries import MessageItem, RoomDetail
from midchannel.inside.swarms import queries as swarms
from midchannel.inside.swarms.queries import SwarmDetail
from midchannel.inside.teamwork import queries as teamwork
from midchannel.inside.teamwork.queries import PostItem, QuestionMark
from midchannel.middle.documents import queries as documents
from midchannel.middle.documents.queries import DocumentItem
from midchannel.platform.accounts.queries import Viewer
from midchannel.usecases import ask
from midchannel.web.components import records


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the thread: a bubble, a day, or something that happened (`words` with `icon`)."""

    at: datetime
    bubble: records.Bubble | None = None
    words: str = ""
    icon: str = ""


def of(viewer: Viewer, case_id: int, found: Sequence[RoomDetail]) -> dict[str, Any]:
    """The thread of a case and its partner rooms, and the open questions. Proves the case. Raises CaseNotFoundError."""
    posts = ask.list_posts(viewer, "case", case_id)
    rooms = {each.id: each for each in found}
    files = {each.id: each for each in documents.list_documents(viewer, case_id, with_removed=True)}
    lines = [Line(at=post.at, bubble=_post(viewer, case_id, post)) for post in posts]
    lines += [
        Line(at=said.at, bubble=_message(viewer, case_id, said, rooms[said.room_id], files, is_one=len(rooms) == 1))
        for said in partners.list_room_messages(viewer, case_id)
        if said.room_id in rooms
    ]
    lines += _comings(rooms.values()) + _swarms(swarms.list_swarms(viewer, case_id))
    lines.sort(key=lambda line: line.at)
    questions = teamwork.list_open_questions_about(viewer, "case", case_id)
    return {
        "case_id": case_id,
        "lines": _with_days(lines),
        "questions": [
            {
                "words": _("%(asker)s asks %(asked)s") % {"asker": each.asker_name, "asked": each.asked_name},
                "text": each.text,
                "at": each.at,
                "is_mine": each.is_mine,
            }
            for each in questions
        ],
    }


def _post(viewer: Viewer, case_id: int, post: PostItem) -> records.Bubble:
    actions = tuple(
        records.Action(
            label=_("No answer needed: %(name)s") % {"name": mark.asked_name},
            post=reverse("case_room_withdraw", args=[case_id, mark.id]),
            icon="x",
            target="this",
            swap="none",
        )
        for mark in post.questions
        if mark.state == "open" and post.author_id == viewer.user_id
    )
    return records.Bubble(
        id=f"p{post.id}",
        author=records.Face(name=post.author_name, key=str(post.author_id)),
        audience="internal",
        at=post.at,
        side="ours",
        text=post.text,
        subject="; ".join(filter(None, (_asked(mark) for mark in _by_group(post.questions)))),
        seen_by=_("Colleagues who see this case. No customer and no partner ever does."),
        is_question=bool(post.questions),
        is_answered=bool(post.questions) and all(mark.state != "open" for mark in post.questions),
        actions=actions,
    )


def _by_group(marks: Iterable[QuestionMark]) -> list[QuestionMark]:
    """One mark for everybody who was asked as the same team or skill."""
    found: dict[str, QuestionMark] = {}
    for mark in marks:
        found.setdefault(mark.asked_as or f"{mark.id}", mark)
    return list(found.values())


def _asked(mark: QuestionMark) -> str:
    who = mark.asked_as or mark.asked_name
    words = {
        "open": _("Asks %(who)s"),
        "answered": _("Asked %(who)s, answered"),
        "withdrawn": _("Asked %(who)s, withdrawn"),
    }
    return words[mark.state] % {"who": who}


def _message(
    viewer: Viewer,
    case_id: int,
    said: MessageItem,
    room: RoomDetail,
    files: dict[int, DocumentItem],
    *,
    is_one: bool,
) -> records.Bubble:
    name = f"{said.author_name} ({said.organisation})" if said.organisation else said.author_name
    return records.Bubble(
        id=str(said.id),
        author=records.Face(name=name, key=said.author_key),
        audience="partner",
        at=said.at,
        side="theirs" if said.by_partner else "ours",
        text=said.text,
        subject="" if is_one else room.name,
        seen_by=_("The partners of %(room)s, and colleagues who see this case") % {"room": room.name},
        attachments=tuple(
            records.Attachment(
                name=files[each].name,
                size=files[each].size_bytes or 0,
                href="" if files[each].removed_at else reverse("case_document", args=[case_id, each]),
                reason=_("removed") if files[each].removed_at else "",
                is_image=files[each].media_type in records.PICTURES,
            )
            for each in said.document_ids
            if each in files
        ),
    )


def _comings(rooms: Iterable[RoomDetail]) -> list[Line]:
    found = []
    for room in rooms:
        for guest in room.guests:
            who = f"{guest.name} ({guest.organisation})" if guest.organisation else guest.name
            found.append(
                Line(at=guest.since, icon="handshake", words=_("%(who)s came into the partner room") % {"who": who})
            )
            if guest.until is not None:
                found.append(
                    Line(at=guest.until, icon="log-out", words=_("%(who)s may not come in any more") % {"who": who})
                )
    return found


def _swarms(found: Sequence[SwarmDetail]) -> list[Line]:
    lines = []
    for swarm in found:
        names = ", ".join(member.name for member in swarm.members if member.joined_at == swarm.started_at)
        started = _("%(who)s gathered a swarm: %(names)s") % {"who": swarm.started_by, "names": names}
        lines.append(Line(at=swarm.started_at, icon="users", words=started))
        for member in swarm.members:
            if member.joined_at != swarm.started_at:
                words = _("%(who)s came to the swarm") % {"who": member.name}
                lines.append(Line(at=member.joined_at, icon="user-plus", words=words))
            if member.left_at is not None and member.left_at != swarm.ended_at:
                words = _("%(who)s left the swarm") % {"who": member.name}
                lines.append(Line(at=member.left_at, icon="log-out", words=words))
        if swarm.ended_at is not None:
            count = len({member.user_id for member in swarm.members})
            words = ngettext("The swarm of %d person is over", "The swarm of %d people is over", count) % count
            lines.append(Line(at=swarm.ended_at, icon="users", words=words))
    return lines


def _with_days(lines: Sequence[Line]) -> list[Line]:
    found: list[Line] = []
    day = None
    for line in lines:
        if timezone.localdate(line.at) != day:
            day = timezone.localdate(line.at)
            found.append(Line(at=line.at, words=formats.date_format(day, "l j F Y")))
        found.append(line)
    return found
