"""What people do together on a case, through HTTP: thread, swarm, documents, partner rooms, export."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from midchannel.inside.partners import actions as partners
from midchannel.inside.swarms import actions as swarms
from midchannel.middle.cases import actions as cases
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import registry
from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from midchannel.usecases import deliver
from tests.desk import TESTER, Desk, Wire, make_desk

pytestmark = pytest.mark.django_db

PART = {"HX-Request": "true"}
PLAN = """
plan: parcel
title: Lost parcels
complete: automatically
file: {contract: Contract}
items:
  - task: look
    title: Look into customs
    required: true
"""


@pytest.fixture
def desk() -> Desk:
    found = make_desk()
    cases.save_plan(found.lea, PLAN, now=clock.now())
    return found


@pytest.fixture
def case_id(desk: Desk) -> int:
    return cases.open_case(desk.ana, plan="parcel", scope_id=desk.ana.scope_ids[0], now=clock.now())


@pytest.fixture
def mailbox(desk: Desk) -> Iterator[Wire]:
    """A mailbox of Ana's team."""
    before, wire = registry.get_adapter("email"), Wire("email", is_public=False, carries_private=True)
    registry.register(wire)
    channels.open_channel(network="email", name="Help", by=TESTER, now=clock.now(), scope_id=desk.ana.scope_ids[0])
    yield wire
    if before is not None:
        registry.register(before)


def browser(viewer_id: int) -> Client:
    client = Client()
    user = User.objects.get(pk=viewer_id)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_note_is_said_a_question_waits_and_is_answered(desk: Desk, case_id: int) -> None:
    ana, ben = browser(desk.ana.user_id), browser(desk.ben.user_id)
    assert "Nothing was said here yet" in ana.get(f"/cases/{case_id}/room/").content.decode()

    done = ana.post(f"/cases/{case_id}/room/note/", {"note": "@ben where is it?", "mode": "note"}, headers=PART)

    assert done.status_code == 200
    assert "mc:case.thread" in done.headers["HX-Trigger"]
    assert 'id="composer"' in ben.get(f"/cases/{case_id}/room/composer/", headers=PART).content.decode()
    page = ben.get(f"/cases/{case_id}/room/").content.decode()
    assert "Waiting for an answer" in page
    assert "bubble-internal" in page
    assert "/cases/" in ben.get("/notices/").content.decode()
    ben.post(f"/cases/{case_id}/room/note/", {"note": "In Calais"})
    assert "Waiting for an answer" not in ana.get(f"/cases/{case_id}/room/thread/", headers=PART).content.decode()
    assert ana.post(f"/cases/{case_id}/room/note/", {"note": " "}, headers=PART).status_code == 422


def test_names_teams_and_skills_are_offered(desk: Desk, case_id: int) -> None:
    swarms.set_skills(desk.kim, ["Customs papers"], now=clock.now())
    ana = browser(desk.ana.user_id)

    assert "@back-office" in ana.get("/cases/people/?q=ba", headers=PART).content.decode()
    assert "#customs-papers" in ana.get("/cases/skills/?q=pap", headers=PART).content.decode()


def test_a_swarm_is_one_click(desk: Desk, case_id: int) -> None:
    swarms.set_skills(desk.kim, ["Customs"], now=clock.now())
    ana, kim = browser(desk.ana.user_id), browser(desk.kim.user_id)
    assert kim.get(f"/cases/{case_id}/").status_code == 404
    panel = ana.get(f"/cases/{case_id}/swarm/", headers=PART).content.decode()
    assert "can help with Customs" in panel

    started = ana.post(f"/cases/{case_id}/swarm/start/", {"people": [desk.kim.user_id]}, headers=PART)

    assert "Not needed" in started.content.decode()
    assert kim.get(f"/cases/{case_id}/").status_code == 200
    assert "gathered a swarm: Kim" in ana.get(f"/cases/{case_id}/room/").content.decode()
    left = kim.post(f"/cases/{case_id}/swarm/{desk.kim.user_id}/leave/", headers=PART)
    assert (left.status_code, left.headers["HX-Redirect"]) == (204, "/cases/")
    assert kim.get(f"/cases/{case_id}/").status_code == 404


def test_a_partner_is_invited_comes_in_writes_and_brings_a_document(desk: Desk, case_id: int) -> None:
    ana, paula = browser(desk.ana.user_id), Client()
    invited = ana.post(
        f"/cases/{case_id}/partners/invite/",
        {"email": "paula@carrier.example", "organisation": "Carrier", "subject": "Parcel 7"},
        headers=PART,
    )
    link = re.search(r"/rooms/invitation/[\w-]+/", invited.content.decode())
    assert link is not None
    assert "This link is for a partner" in ana.get(link[0]).content.decode()
    assert "Parcel 7" in paula.get(link[0]).content.decode()

    entered = paula.post(link[0], {"name": "Paula"})

    room = entered.headers["Location"]
    page = paula.get(room).content.decode()
    assert "Parcel 7" in page
    assert "Lost parcels" not in page
    proof = SimpleUploadedFile("proof.png", b"\x89PNG\r\n\x1a\n1", content_type="image/png")
    assert paula.post(f"{room}say/", {"text": "It is in Calais", "files": [proof], "client_id": "a"}).status_code == 302
    assert "A partner wrote" in ana.get("/notices/").content.decode()
    seen = ana.get(f"/cases/{case_id}/room/").content.decode()
    assert "It is in Calais" in seen
    assert "bubble-partner" in seen
    file = re.search(rf"/cases/{case_id}/documents/\d+/", seen)
    assert file is not None
    assert b"".join(ana.get(file[0])).startswith(b"\x89PNG")
    said = {"text": "Thank you", "room": re.search(r'name="room" value="(\d+)"', seen)[1], "mode": "reply"}  # type: ignore[index]
    assert ana.post(f"/cases/{case_id}/room/say/", said, headers=PART).status_code == 200
    assert "Thank you" in paula.get(room).content.decode()
    assert paula.post("/rooms/leave/").status_code == 200
    assert paula.get(room).status_code == 404
    assert paula.get(link[0]).status_code == 404


def test_a_new_link_for_a_partner_who_is_in_goes_to_them_by_mail(desk: Desk, case_id: int, mailbox: Wire) -> None:
    now = clock.now()
    made = partners.invite(desk.ana, case_id, email="p@c.example", subject="Parcel", now=now)
    partners.accept(made.token, name="Paula", organisation="Carrier", now=now)
    ana = browser(desk.ana.user_id)
    page = ana.get(f"/cases/{case_id}/room/").content.decode()
    form = re.search(r"<form[^>]*>((?:(?!</form>).)*)Send a new link", page, re.DOTALL)
    assert form is not None

    answer = ana.post(
        f"/cases/{case_id}/partners/invite/", dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1])), headers=PART
    )
    while deliver.send_due(now + timedelta(minutes=1)):
        pass

    assert "goes to them by mail" in answer.content.decode()
    assert [(sent.to, "/rooms/invitation/" in sent.text) for sent in mailbox.sent] == [(["p@c.example"], True)]


def test_documents_are_added_shared_and_removed(desk: Desk, case_id: int) -> None:
    ana, kim = browser(desk.ana.user_id), browser(desk.kim.user_id)
    room = partners.invite(desk.ana, case_id, email="p@c.example", subject="Parcel", now=clock.now()).room_id
    pdf = SimpleUploadedFile("Contract.pdf", b"%PDF-1.7", content_type="application/pdf")

    assert ana.post(f"/cases/{case_id}/documents/add/", {"files": [pdf], "item": "contract"}).status_code == 302

    page = ana.get(f"/cases/{case_id}/documents/").content.decode()
    document = re.search(rf"/cases/{case_id}/documents/(\d+)/", page)
    assert document is not None
    assert kim.get(document[0]).status_code == 404
    assert ana.get(document[0]).headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    ana.post(f"{document[0]}share/", {"room": room})
    assert "Stop sharing" in ana.get(f"/cases/{case_id}/documents/").content.decode()
    ana.post(f"{document[0]}remove/")
    assert ana.get(document[0]).status_code == 404
    bad = SimpleUploadedFile("run.exe", b"MZ")
    assert ana.post(f"/cases/{case_id}/documents/add/", {"files": [bad]}).status_code == 422


def test_an_export_says_who_was_in_it_and_holds_what_is_internal_only_when_asked(desk: Desk, case_id: int) -> None:
    ana = browser(desk.ana.user_id)
    swarms.start(desk.ana, case_id, [desk.kim.user_id], now=clock.now())
    made = partners.invite(desk.ana, case_id, email="p@c.example", subject="Parcel", now=clock.now())
    partners.accept(made.token, name="Paula", organisation="Carrier", now=clock.now())
    partners.say(desk.ana, case_id, made.room_id, text="Where is it?", client_key="1", now=clock.now())
    ana.post(f"/cases/{case_id}/room/note/", {"note": "NEEDLE between us"})
    assert "Paula" in ana.get(f"/cases/{case_id}/export/").content.decode()

    for internal in ("", "1"):
        answer = ana.post(f"/cases/{case_id}/export/", {"internal": internal})
        with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as packed:
            held = msgspec.json.decode(packed.read("case.json"))
            page = packed.read("index.html").decode()
        assert [(each["name"], each["how"]) for each in held["people"]] == [
            ("Ana", "colleague"),
            ("Kim", "swarm"),
            ("Paula", "partner"),
        ]
        assert "Where is it?" in page
        assert ("NEEDLE" in page) == ("NEEDLE" in msgspec.json.encode(held).decode()) == bool(internal)


def test_an_administrator_connects_a_store_and_is_told_that_it_does_not_answer(desk: Desk, case_id: int) -> None:
    User.objects.filter(pk=desk.lea.user_id).update(role="administrator")
    lea, ana = browser(desk.lea.user_id), browser(desk.ana.user_id)
    assert "No folder is connected yet" in lea.get("/settings/stores/").content.decode()
    assert ana.get("/settings/stores/").status_code == 403
    typed = {"name": "Contracts", "url": "http://127.0.0.1:9/dav", "user_name": "care", "password": "s3cret phrase"}

    kept = lea.post("/settings/stores/new/", typed, follow=True).content.decode()

    assert "cannot be reached" in kept
    assert "s3cret" not in kept
    assert lea.post("/settings/stores/new/", typed | {"url": "ftp://x"}).status_code == 422
    store = re.search(r"/settings/stores/(\d+)/", kept)
    assert store is not None
    answer = ana.get(f"/cases/{case_id}/documents/stores/{store[1]}/")
    assert (answer.status_code, "cannot be reached" in answer.content.decode()) == (502, True)


def test_what_one_can_help_with_is_kept_under_you(desk: Desk) -> None:
    kim = browser(desk.kim.user_id)

    kim.post("/settings/you/skills/", {"skills": "Customs papers\nFrench\n\n"})

    page = kim.get("/settings/you/").content.decode()
    assert "Customs papers\nFrench" in page
