"""People gathered around a case: asked by name, team or skill; in a swarm while it lasts; partners in a room of their own."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from midchannel.engines.casework.commands import AddTask, Move
from midchannel.engines.casework.states import Transition
from midchannel.inside.partners import actions as partners
from midchannel.inside.partners import queries as rooms
from midchannel.inside.partners.errors import (
    InternalTextError,
    InvitationGoneError,
    RoomClosedError,
    RoomNotFoundError,
)
from midchannel.inside.partners.queries import Guest
from midchannel.inside.swarms import actions as swarms
from midchannel.inside.swarms import queries as swarm_queries
from midchannel.inside.swarms.errors import CaseOverError, SwarmThereError
from midchannel.inside.teamwork import queries as teamwork
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries as case_queries
from midchannel.middle.documents import actions as documents
from midchannel.middle.documents import queries as document_queries
from midchannel.middle.documents.actions import Upload
from midchannel.middle.documents.errors import DocumentNotFoundError, DocumentRefusedError
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import registry
from midchannel.outside.channels.errors import CannotSendError
from midchannel.outside.channels.models import Delivery
from midchannel.outside.channels.port import NetworkError, Receipt
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import ask, clockwork, deliver, partner_room
from tests.desk import NOW, TESTER, Desk, Wire, after, make_desk
from tests.usecases.replying import failing

pytestmark = pytest.mark.django_db

PLAN = """
plan: parcel
title: Parcel
file: {contract: Contract, parcel: Parcel}
complete: automatically
items:
  - task: look
    title: Look into it
    required: true
  - milestone: signed
    title: Signed
    after: file contract is created
  - milestone: renewed
    title: Renewed
    after: file contract is replaced
"""
PDF = b"%PDF-1.7 a contract"


@pytest.fixture
def desk() -> Desk:
    found = make_desk()
    cases.save_plan(found.lea, PLAN, now=NOW)
    return found


def open_case(desk: Desk) -> int:
    return cases.open_case(desk.ana, plan="parcel", scope_id=desk.ana.scope_ids[0], now=NOW)


def end_case(desk: Desk, case_id: int) -> None:
    cases.do(desk.ana, case_id, Move(item="$case", transition=Transition.TERMINATE), now=after(hours=1))


def sees(viewer: Viewer, case_id: int) -> bool:
    return [row.id for row in case_queries.list_cases(viewer).items] == [case_id]


def come_in(desk: Desk, case_id: int, *, email: str = "paula@carrier.example", subject: str = "A lost parcel") -> Guest:
    invited = partners.invite(desk.ana, case_id, email=email, organisation="Carrier", subject=subject, now=NOW)
    joined = partners.accept(invited.token, name="Paula", organisation="Carrier", now=NOW)
    return rooms.get_guest(joined.partner_id, joined.epoch, joined.room_id)


def test_a_team_is_asked_and_one_answer_closes_it_for_all_and_frees_the_others(desk: Desk) -> None:
    case_id = open_case(desk)
    assert not sees(desk.kim, case_id)

    asked = ask.ask(desk.ana, "case", case_id, text="@back-office where is it?", now=NOW)

    assert sees(desk.kim, case_id)
    assert [(q.asker_name, q.is_mine) for q in teamwork.list_open_questions(desk.kim)] == [("Ana", True)]
    (post,) = ask.list_posts(desk.ana, "case", case_id)
    assert [(mark.asked_name, mark.asked_as) for mark in post.questions] == [("Kim", "@back-office")]
    ask.answer(desk.kim, asked.question_ids[0], text="In Calais", now=NOW)
    assert [n.kind for n in teamwork.list_notices(desk.ana)] == ["answered"]
    assert sees(desk.kim, case_id)


def test_a_skill_is_asked_and_who_did_not_answer_sees_the_case_no_longer(desk: Desk) -> None:
    case_id = open_case(desk)
    desk.lea.scope_ids  # noqa: B018 - Lea is in the same team: she keeps seeing it
    swarms.set_skills(desk.kim, ["Customs", "  ", "French"], now=NOW)
    swarms.set_skills(desk.lea, ["customs"], now=NOW)

    asked = ask.ask(desk.ana, "case", case_id, text="#customs who knows? order #4711 #nobodys", now=NOW)

    assert len(asked.question_ids) == 2
    assert asked.unknown == ("#nobodys",)
    assert sees(desk.kim, case_id)
    ask.ask(desk.lea, "case", case_id, text="I do", now=NOW)
    assert teamwork.list_open_questions(desk.kim) == []
    assert teamwork.count_notices(desk.kim) == 0
    assert not sees(desk.kim, case_id)
    assert swarm_queries.list_skills(desk.kim) == ["Customs", "French"]


def test_a_swarm_sees_exactly_its_case_while_it_lasts_and_stays_known(desk: Desk) -> None:
    case_id = open_case(desk)
    other = open_case(desk)

    swarms.start(desk.ana, case_id, [desk.kim.user_id], reason="Find the van", now=NOW)

    assert sees(desk.kim, case_id)
    assert [(n.kind, n.text) for n in teamwork.list_notices(desk.kim)] == [("gathered", "Find the van")]
    ask.ask(desk.kim, "case", case_id, text="It is in Calais", now=NOW)
    cases.do(desk.ana, case_id, AddTask(title="Ask the van"), now=NOW)
    assert desk.kim.user_id in StoredEvent.objects.filter(kind="case.moved").latest("id").user_ids
    with pytest.raises(NotFoundError):
        case_queries.get_case(desk.kim, other)
    with pytest.raises(SwarmThereError):
        swarms.start(desk.ana, case_id, [desk.kim.user_id], now=NOW)

    end_case(desk, case_id)

    with pytest.raises(NotFoundError):
        case_queries.get_case(desk.kim, case_id)
    clockwork.tick(now=after(hours=2))
    (swarm,) = swarm_queries.list_swarms(desk.ana, case_id)
    assert (swarm.ended_at, swarm.ended_by) == (after(hours=1), "")
    assert [(m.name, m.joined_at, m.left_at) for m in swarm.members] == [("Kim", NOW, after(hours=1))]
    assert [post.text for post in ask.list_posts(desk.ana, "case", case_id)] == ["It is in Calais"]
    told = list(StoredEvent.objects.filter(object_type="swarm").order_by("id").values_list("kind", "body"))
    assert [kind for kind, _body in told] == ["swarm.joined", "swarm.started", "swarm.ended"]
    assert told[-1][1] | {"about_id": ""} == {
        "about_type": "case", "about_id": "", "why": "case", "seconds": 3600, "people": 1,
    }  # fmt: skip
    with pytest.raises(CaseOverError):
        swarms.start(desk.ana, case_id, [desk.kim.user_id], now=after(hours=3))


def test_who_leaves_a_swarm_leaves_the_case_and_a_second_swarm_may_begin(desk: Desk) -> None:
    case_id = open_case(desk)
    swarms.start(desk.ana, case_id, [desk.ben.user_id], now=NOW)
    assert swarms.gather(desk.ana, case_id, [desk.kim.user_id, desk.ben.user_id], now=NOW) == [desk.kim.user_id]

    swarms.leave(desk.kim, case_id, desk.kim.user_id, now=after(minutes=5))

    assert not sees(desk.kim, case_id)
    swarms.end(desk.ben, case_id, now=after(minutes=9))
    swarms.start(desk.ana, case_id, [desk.kim.user_id], now=after(minutes=10))
    assert len(swarm_queries.list_swarms(desk.ana, case_id)) == 2
    with pytest.raises(InvalidError):
        swarms.gather(desk.ana, case_id, [0], now=after(minutes=10))


def test_a_partner_sees_their_room_and_nothing_of_another(desk: Desk) -> None:
    case_id = open_case(desk)
    guest = come_in(desk, case_id)
    other = come_in(desk, case_id, email="otto@other.example")

    partners.say(desk.ana, case_id, guest.room_id, text="Where is parcel 7?", client_key="1", now=NOW)
    partners.answer(guest, text="In Calais", client_key="1", now=after(minutes=4))
    partners.answer(guest, text="In Calais", client_key="1", now=after(minutes=4))

    assert [m.text for m in rooms.list_messages(guest)] == ["Where is parcel 7?", "In Calais"]
    assert rooms.list_messages(other) == []
    assert other.room_id != guest.room_id
    assert other.others == ()
    with pytest.raises(RoomNotFoundError):
        rooms.get_guest(guest.partner_id, 0, other.room_id)
    with pytest.raises(RoomNotFoundError):
        rooms.get_guest(guest.partner_id, 1, guest.room_id)
    told = StoredEvent.objects.filter(kind="room.written").order_by("id")
    assert [(each.body["by"], each.body["seconds"]) for each in told] == [("colleague", 0), ("partner", 240)]


@pytest.fixture
def mailbox(desk: Desk) -> Iterator[Wire]:
    """A mailbox of Ana's team, whose mail server says what the test wants."""
    before, wire = registry.get_adapter("email"), Wire("email", is_public=False, carries_private=True)
    registry.register(wire)
    channels.open_channel(network="email", name="Help", by=TESTER, now=NOW, scope_id=desk.ana.scope_ids[0])
    yield wire
    if before is not None:
        registry.register(before)


def test_an_invitation_goes_out_by_mail_and_its_link_is_not_kept(desk: Desk, mailbox: Wire) -> None:
    case_id = open_case(desk)
    asked: dict[str, Any] = {
        "email": "Paula@Carrier.example",
        "subject": "Parcel 7",
        "link_of": "https://desk.example/{}".format,
    }

    invited = partner_room.invite(desk.ana, case_id, **asked, by_mail=True, now=NOW)
    by_hand = partner_room.invite(desk.ana, case_id, **asked, by_mail=False, now=NOW)
    while deliver.send_due(after(minutes=1)):
        pass

    (mail,) = mailbox.sent
    assert (mail.to, mail.subject) == (["paula@carrier.example"], "Ana asks you in: Parcel 7")
    assert invited.link in mail.text
    assert (invited.mailed_from, by_hand.mailed_from) == ("Help", "")
    assert invited.link not in str(Delivery.objects.get().document)


def test_how_the_mail_of_an_invitation_fares_is_shown(desk: Desk, mailbox: Wire) -> None:
    case_id = open_case(desk)
    mailbox.answer = failing(NetworkError("There is no such address.", permanent=True))
    asked: dict[str, Any] = {"email": "nobody@carrier.example", "subject": "Parcel 7", "link_of": str}

    partner_room.invite(desk.ana, case_id, **asked, by_mail=True, now=NOW)
    ways = [rooms.list_rooms(desk.ana, case_id)[0].invitations[0].mail]
    deliver.send_due(after(minutes=1))

    (row,) = rooms.list_rooms(desk.ana, case_id)[0].invitations
    assert (*ways, row.mail, row.trouble) == ("queued", "failed", "There is no such address.")
    assert not StoredEvent.objects.filter(kind="delivery.settled").exists(), "it is no reply, and counted as none"


def test_a_partner_whose_server_is_away_keeps_no_other_one_waiting(desk: Desk, mailbox: Wire) -> None:
    case_id = open_case(desk)
    mailbox.answer = failing(NetworkError("Try again later."))
    partner_room.invite(desk.ana, case_id, email="a@away.example", subject="Parcel", by_mail=True, link_of=str, now=NOW)
    deliver.send_due(after(minutes=1))
    mailbox.answer = lambda outgoing: Receipt(outgoing.key)

    partner_room.invite(desk.ana, case_id, email="b@here.example", subject="Parcel", by_mail=True, link_of=str, now=NOW)

    assert deliver.send_due(after(minutes=1))
    assert mailbox.sent[-1].to == ["b@here.example"]


def test_a_link_that_works_no_longer_is_neither_sent_nor_kept(desk: Desk, mailbox: Wire) -> None:
    case_id = open_case(desk)
    asked: dict[str, Any] = {
        "subject": "Parcel",
        "by_mail": True,
        "link_of": "https://desk.example/{}".format,
        "now": NOW,
    }
    partner_room.invite(desk.ana, case_id, email="a@b.example", **asked)
    (room,) = rooms.list_rooms(desk.ana, case_id)
    partners.revoke(desk.ana, case_id, room.invitations[0].id, now=NOW)
    assert not deliver.send_due(after(minutes=1))

    mailbox.answer = failing(NetworkError("There is no such address.", permanent=True))
    lost = partner_room.invite(desk.ana, case_id, email="c@b.example", room_id=room.id, **asked)
    deliver.send_due(after(minutes=1))

    assert lost.link not in str(Delivery.objects.get().document), "nobody can send it again: there are new links"
    assert partners.forget_cases([case_id])["delivery"] == 1


def test_without_a_mailbox_nothing_is_sent_and_nobody_invited(desk: Desk) -> None:
    case_id = open_case(desk)

    with pytest.raises(CannotSendError):
        partner_room.invite(
            desk.ana, case_id, email="a@b.example", subject="Parcel", by_mail=True, link_of=str, now=NOW
        )

    assert rooms.list_rooms(desk.ana, case_id) == []


def test_a_link_works_once_until_it_expires_or_is_taken_back(desk: Desk) -> None:
    case_id = open_case(desk)
    first = partners.invite(desk.ana, case_id, email="a@b.example", subject="Parcel", now=NOW)
    partners.accept(first.token, name="A", organisation="", now=NOW)
    late = partners.invite(desk.ana, case_id, email="c@b.example", subject="Parcel", room_id=first.room_id, now=NOW)
    gone = partners.invite(desk.ana, case_id, email="d@b.example", subject="Parcel", room_id=first.room_id, now=NOW)
    room = rooms.get_room(desk.ana, case_id, first.room_id)
    assert [(each.email) for each in room.invitations] == ["c@b.example", "d@b.example"]
    partners.revoke(desk.ana, case_id, room.invitations[1].id, now=NOW)

    for token, moment in ((first.token, NOW), (late.token, NOW + timedelta(days=8)), (gone.token, NOW), ("x", NOW)):
        with pytest.raises(InvitationGoneError):
            partners.accept(token, name="X", organisation="", now=moment)
        with pytest.raises(InvitationGoneError):
            rooms.get_invitation(token, now=moment)


def test_a_partner_goes_when_sent_away_when_the_room_closes_and_with_the_case(desk: Desk) -> None:
    case_id = open_case(desk)
    guest = come_in(desk, case_id)
    room = rooms.get_room(desk.ana, case_id, guest.room_id)
    partners.send_away(desk.ana, case_id, room.guests[0].id, now=NOW)
    with pytest.raises(RoomNotFoundError):
        rooms.get_guest(guest.partner_id, 0, guest.room_id)

    second = come_in(desk, case_id, email="e@b.example")
    end_case(desk, case_id)

    with pytest.raises(RoomNotFoundError):
        rooms.get_guest(second.partner_id, 0, second.room_id)
    with pytest.raises(RoomClosedError):
        partners.answer(second, text="Late", client_key="1", now=after(hours=2))
    clockwork.tick(now=after(hours=2))
    closed = rooms.get_room(desk.ana, case_id, second.room_id)
    assert (closed.closed_at, closed.guests[0].until) == (after(hours=1), after(hours=1))


def test_what_was_written_internally_does_not_go_to_a_partner_by_copy_and_paste(desk: Desk) -> None:
    case_id = open_case(desk)
    guest = come_in(desk, case_id)
    secret = "The courier lost the whole van and the insurance will not pay"
    ask.ask(desk.ben, "case", case_id, text=secret, now=NOW)

    with pytest.raises(InternalTextError):
        partners.say(desk.ana, case_id, guest.room_id, text=f"Hello, {secret.upper()}.", client_key="1", now=NOW)

    assert rooms.list_messages(guest) == []


def test_a_document_is_kept_moves_the_case_and_reaches_a_partner_only_when_shared(desk: Desk) -> None:
    case_id = open_case(desk)
    guest = come_in(desk, case_id)

    kept = documents.keep(desk.ana, case_id, Upload("../Contract.pdf", [PDF]), item="contract", now=NOW)

    assert "signed" in [row.item for row in case_queries.get_case(desk.ana, case_id).lists.done]
    (row,) = document_queries.list_documents(desk.ana, case_id)
    assert (row.name, row.media_type, row.size_bytes) == ("Contract.pdf", "application/pdf", len(PDF))
    assert b"".join(document_queries.open_content(row)) == PDF
    with pytest.raises(NotFoundError):
        document_queries.list_documents(desk.kim, case_id)
    with pytest.raises(DocumentNotFoundError):
        rooms.get_shared(guest, kept)
    partners.share(desk.ana, case_id, guest.room_id, kept, now=NOW)
    assert rooms.get_shared(guest, kept).name == "Contract.pdf"
    partners.stop_sharing(desk.ana, case_id, guest.room_id, kept, now=NOW)
    assert rooms.list_shared(guest) == []

    newer = documents.keep(desk.ana, case_id, Upload("Contract.pdf", [PDF, b" 2"]), item="contract", now=NOW)

    assert "renewed" in [row.item for row in case_queries.get_case(desk.ana, case_id).lists.done]
    assert [each.id for each in document_queries.list_documents(desk.ana, case_id)] == [newer]
    documents.remove(desk.ana, case_id, newer, now=NOW)
    assert document_queries.list_documents(desk.ana, case_id) == []


def test_a_partner_brings_a_document_with_what_they_say(desk: Desk) -> None:
    case_id = open_case(desk)
    guest = come_in(desk, case_id)
    kept = documents.keep_from_partner(
        case_id, Upload("proof.png", [b"\x89PNG\r\n\x1a\n1"]), partner_id=guest.partner_id, name=guest.name, now=NOW
    )

    partners.answer(guest, text="", client_key="2", document_ids=(kept,), now=NOW)

    (message,) = rooms.list_room_messages(desk.ana, case_id)
    assert message.document_ids == (kept,)
    assert document_queries.list_documents(desk.ana, case_id)[0].partner_id == guest.partner_id
    assert rooms.get_shared(guest, kept).id == kept


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.exe", b"MZ"),
        ("page.html", b"<script>"),
        ("nothing", b"x"),
        ("not.pdf", b"<html>"),
        ("empty.txt", b""),
        ("binary.csv", b"a\0b"),
    ],
)
def test_what_is_not_what_it_says_is_not_taken(desk: Desk, name: str, content: bytes) -> None:
    case_id = open_case(desk)

    with pytest.raises(DocumentRefusedError):
        documents.keep(desk.ana, case_id, Upload(name, [content] if content else []), now=NOW)


def test_what_is_too_large_is_not_taken_and_nothing_of_it_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = open_case(desk)
    monkeypatch.setattr("midchannel.middle.documents.rules.MAX_BYTES", 10)

    with pytest.raises(DocumentRefusedError):
        documents.keep(desk.ana, case_id, Upload("a.txt", [b"12345", b"6789012"]), now=NOW)

    assert document_queries.list_documents(desk.ana, case_id) == []
