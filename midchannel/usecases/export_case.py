"""Export a case: everything of it in a ZIP that a person can read and a machine too; and who was in it, from when to when.

`index.html` is the story, `case.json` the same for machines, `files/` the documents kept here. What is internal (internal threads, the
swarm's reason, the data and steps of the plan) is only in it when that is asked for; what was said with partners and with the customer is
told apart by its audience. Who was in it is always said.
"""

import os
import tempfile
import zipfile
from datetime import datetime
from typing import IO, Any

import msgspec
from django.db import transaction

from midchannel.inside.partners import queries as partners
from midchannel.inside.swarms import queries as swarms
from midchannel.middle.cases.models import Case
from midchannel.middle.cases.queries import reading
from midchannel.middle.conversations import queries as conversations
from midchannel.middle.documents import queries as documents
from midchannel.middle.documents.errors import DocumentNotFoundError
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import fetch
from midchannel.platform.errors import NotFoundError
from midchannel.usecases import ask, export_case_page

FORMAT = 1
IN_MEMORY = 1_000_000
MOST_MESSAGES = 2000
Row = dict[str, Any]


def write(viewer: Viewer, case_id: int, *, with_internal: bool, now: datetime) -> IO[bytes]:
    """The ZIP, from its beginning, in a file that goes when it is closed. Kept in the audit trail. Raises CaseNotFoundError."""
    held = gather(viewer, case_id, with_internal=with_internal, now=now)
    with transaction.atomic():
        audit.record(
            viewer.actor, "case.export", object_type="case", object_id=case_id, now=now, with_internal=with_internal
        )
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever asked closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        _add_files(viewer, case_id, packed, held["documents"])
        packed.writestr("case.json", msgspec.json.format(msgspec.json.encode(held), indent=2))
        packed.writestr("index.html", export_case_page.render(held))
    out.seek(0, os.SEEK_SET)
    return out


def gather(viewer: Viewer, case_id: int, *, with_internal: bool, now: datetime) -> Row:
    """Everything of a case as plain data: with the internal part or without. Raises CaseNotFoundError."""
    case = reading.find(viewer, case_id)
    rooms = partners.list_rooms(viewer, case_id)
    said = partners.list_room_messages(viewer, case_id)
    held: Row = {
        "format": FORMAT,
        "company": accounts.company_name(),
        "made_at": _when(now),
        "made_by": viewer.name,
        "has_internal": with_internal,
        "case": {
            "id": str(case.pk),
            "title": case.title,
            "state": case.state,
            "opened_at": _when(case.opened_at),
            "ended_at": _when(case.ended_at),
        },
        "people": people(viewer, case_id),
        "conversations": _conversations(viewer, case_id),
        "rooms": [
            {
                "name": room.name,
                "subject": room.subject,
                "opened_at": _when(room.opened_at),
                "closed_at": _when(room.closed_at),
                "audience": "partner",
                "messages": [
                    {"at": _when(m.at), "by": m.author_name, "organisation": m.organisation,
                     "side": "partner" if m.by_partner else "company", "text": m.text}
                    for m in said
                    if m.room_id == room.id
                ],
            }
            for room in rooms
        ],
        "documents": _documents(viewer, case_id, {each for room in rooms for each in room.document_ids}, with_internal),
        "internal": _internal(viewer, case_id) if with_internal else None,
    }  # fmt: skip
    return held


def people(viewer: Viewer, case_id: int) -> list[Row]:
    """Everybody who was in a case, each with how and from when to when: who did something, the swarms, the partners."""
    case = reading.find(viewer, case_id)
    found = [_person(name, "colleague", first, last) for name, first, last in _colleagues(case)]
    for swarm in swarms.list_swarms(viewer, case_id):
        found += [_person(member.name, "swarm", member.joined_at, member.left_at) for member in swarm.members]
    for room in partners.list_rooms(viewer, case_id):
        found += [
            _person(guest.name, "partner", guest.since, guest.until or room.closed_at, organisation=guest.organisation)
            for guest in room.guests
        ]
    return sorted(found, key=lambda each: (each["from"], each["name"]))


def _colleagues(case: Case) -> list[tuple[str, datetime, datetime]]:
    return fetch(
        "SELECT by_name, min(at), max(at) FROM (SELECT by_name, at FROM case_event WHERE case_id = %s AND by_user_id IS NOT NULL"
        " UNION ALL SELECT u.name, p.at FROM post p JOIN account_user u ON u.id = p.author_id"
        "  WHERE p.object_type = 'case' AND p.object_id = %s"
        " UNION ALL SELECT m.author_name, m.at FROM partner_message m JOIN partner_room r ON r.id = m.room_id"
        "  WHERE r.case_id = %s AND m.author_id IS NOT NULL) AS did GROUP BY by_name ORDER BY 2, 1",
        [case.pk, case.pk, case.pk],
    )


def _person(name: str, how: str, since: datetime, until: datetime | None, *, organisation: str = "") -> Row:
    return {"name": name, "how": how, "organisation": organisation, "from": _when(since), "to": _when(until)}


def _conversations(viewer: Viewer, case_id: int) -> list[Row]:
    """The conversations of the case that the viewer may see, without what colleagues wrote in them among themselves."""
    found = []
    for (conversation_id,) in fetch(
        "SELECT conversation_id FROM case_conversation WHERE case_id = %s ORDER BY id", [case_id]
    ):
        try:
            detail = conversations.get_conversation(viewer, conversation_id)
            window = conversations.list_messages(viewer, conversation_id, limit=MOST_MESSAGES)
        except NotFoundError:
            continue
        found.append(
            {
                "channel": detail.row.channel_name,
                "subject": detail.row.subject,
                "messages": [
                    {"at": _when(m.at), "by": m.author_name or m.author_address, "side": "company" if m.direction == "out" else "outside",
                     "audience": m.audience, "text": m.text}
                    for m in window.items
                ],
            }
        )  # fmt: skip
    return found


def _documents(viewer: Viewer, case_id: int, shared: set[int], with_internal: bool) -> list[Row]:
    """The documents: all of them with the internal part, else those that partners may read too."""
    return [
        {"id": str(each.id), "name": each.name, "item": each.item, "added_at": _when(each.added_at), "added_by": each.added_by,
         "by_partner": each.partner_id is not None, "is_shared": each.id in shared, "store": each.store, "in_store": each.path,
         "path": f"files/{each.id}-{each.name}" if each.sha256 else ""}
        for each in documents.list_documents(viewer, case_id)
        if with_internal or each.id in shared
    ]  # fmt: skip


def _internal(viewer: Viewer, case_id: int) -> Row:
    events = fetch("SELECT at, by_name, body::text FROM case_event WHERE case_id = %s ORDER BY seq", [case_id])
    return {
        "posts": [
            {"at": _when(post.at), "by": post.author_name, "text": post.text,
             "asks": [{"name": q.asked_name, "as": q.asked_as, "state": q.state} for q in post.questions]}
            for post in ask.list_posts(viewer, "case", case_id)
        ],
        "swarms": [
            {"reason": each.reason, "by": each.started_by, "from": _when(each.started_at), "to": _when(each.ended_at)}
            for each in swarms.list_swarms(viewer, case_id)
        ],
        "events": [{"at": _when(at), "by": by, "what": msgspec.json.decode(body)} for at, by, body in events],
    }  # fmt: skip


def _add_files(viewer: Viewer, case_id: int, packed: zipfile.ZipFile, listed: list[Row]) -> None:
    for row in listed:
        if not row["path"]:
            continue
        try:
            content = documents.open_content(documents.get_document(viewer, case_id, int(row["id"])))
            with packed.open(row["path"], "w") as file:
                for piece in content:
                    file.write(piece)
        except DocumentNotFoundError:
            row["path"] = ""


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
