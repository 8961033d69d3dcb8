"""What is internal never leaves: every address of the program is asked as a partner and as a stranger, and every way out is tried."""

import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from midchannel.api import stream
from midchannel.inside.partners import actions as partners
from midchannel.inside.partners import queries as rooms
from midchannel.inside.partners.errors import InternalTextError
from midchannel.inside.partners.queries import Guest
from midchannel.inside.swarms import actions as swarms
from midchannel.inside.teamwork import queries as teamwork
from midchannel.middle.cases import actions as cases
from midchannel.middle.documents import actions as documents
from midchannel.middle.documents.actions import Upload
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.models import Membership, User
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import ask, export_case, reply
from tests.desk import NOW, make_desk

pytestmark = pytest.mark.django_db

MARK = "between-us-alone"
SECRET = f"{MARK}: the courier lost the whole van, and the insurance will not pay for any of it"
PLAN = f"""
plan: parcel
title: Parcel {MARK}
items:
  - task: look
    title: Look {MARK}
"""


class Inside:
    """A case full of what nobody outside may see, a room of one partner, and another that is not theirs."""

    def __init__(self) -> None:
        self.desk = make_desk()
        desk = self.desk
        cases.save_plan(desk.lea, PLAN, now=NOW)
        self.case_id = cases.open_case(
            desk.ana, plan="parcel", title=f"Case {MARK}", scope_id=desk.ana.scope_ids[0], now=NOW
        )
        ask.ask(desk.ana, "case", self.case_id, text=f"@ben {SECRET}", now=NOW)
        swarms.start(desk.ana, self.case_id, [desk.kim.user_id], reason=f"Help {MARK}", now=NOW)
        self.internal_file = documents.keep(desk.ana, self.case_id, Upload(f"{MARK}.txt", [SECRET.encode()]), now=NOW)
        self.guest, self.paula = self.let_in("paula@carrier.example", "Parcel 7")
        self.other, _client = self.let_in("otto@other.example", f"Other {MARK}")
        partners.say(desk.ana, self.case_id, self.other.room_id, text=f"To Otto {MARK}", client_key="1", now=NOW)
        partners.say(desk.ana, self.case_id, self.guest.room_id, text="Where is it?", client_key="1", now=NOW)

    def let_in(self, email: str, subject: str) -> tuple[Guest, Client]:
        """A partner who came in by their link, and their browser."""
        made = partners.invite(self.desk.ana, self.case_id, email=email, subject=subject, now=clock.now())
        client = Client()
        assert client.post(f"/rooms/invitation/{made.token}/", {"name": "Paula"}).status_code == 302
        held = client.session["partner"]
        return rooms.get_guest(held["id"], held["epoch"], made.room_id), client


@pytest.fixture
def inside() -> Inside:
    return Inside()


def addresses(inside: Inside) -> Iterator[str]:
    """Every address of the program, with the ids of what is inside where it wants ids."""
    for route in _routes(get_resolver().url_patterns, ""):
        if route.startswith(("rooms/", "static/")):
            continue
        for known in (inside.case_id, inside.internal_file, inside.other.room_id, 1):
            filled = re.sub(r"<(?:int|anyid):(?:case_id|object_id)>|<case_id>", str(inside.case_id), route)
            filled = re.sub(r"<(?:\w+:)?\w+>", str(known), re.sub(r"<(?:slug|str|path):\w+>", "open", filled))
            yield "/" + re.sub(r"\(\?P<\w+>\\d\{[\d,]+\}\)", str(known), filled)
            if "<" not in route:
                break


def _routes(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif not re.search(r"[\\^$?*|+]", re.sub(r"\(\?P<\w+>\\d\{[\d,]+\}\)", "", route)):
            yield route


def said(response: Any) -> str:
    """All that an answer says: headers, and the body whether streamed or not."""
    body = b"".join(response) if getattr(response, "streaming", False) else response.content
    return body.decode(errors="replace") + str(dict(response.headers))


def test_no_address_tells_a_partner_or_a_stranger_anything(inside: Inside) -> None:
    wanted = sorted(set(addresses(inside)))
    assert len(wanted) > 250
    wrong = []
    for who, client in (("partner", inside.paula), ("stranger", Client())):
        for address in wanted:
            for part in ({}, {"HX-Request": "true"}):
                answer = client.get(address, headers=part)
                words = said(answer)
                is_closed = answer.status_code in {204, 302, 301, 401, 403, 404, 405} or address in OPEN
                if MARK in words or not is_closed:
                    wrong.append((who, address, answer.status_code))
        if who == "partner":
            inside.paula.get(f"/rooms/{inside.guest.room_id}/")

    assert wrong == []


# What anybody may see: it says nothing about anybody.
OPEN = {"/signin/", "/signup/", "/health", "/signin/inactive/", "/api/v1/openapi.json", "/api/v1/docs", "/robots.txt"}


def test_no_address_lets_a_partner_write(inside: Inside) -> None:
    before = StoredEvent.objects.count()
    for address in sorted(set(addresses(inside))):
        answer = inside.paula.post(address)
        assert MARK not in said(answer)
        assert answer.status_code in {204, 302, 400, 401, 403, 404, 405, 415, 422} or address in OPEN, address

    assert StoredEvent.objects.count() == before


def test_a_partner_reads_their_room_and_neither_another_nor_its_documents(inside: Inside) -> None:
    paula, mine, other = inside.paula, inside.guest.room_id, inside.other.room_id
    page = paula.get(f"/rooms/{mine}/")
    live = paula.get(f"/rooms/{mine}/messages/", headers={"HX-Request": "true", "HX-Target": "div#room-thread"})

    assert "Where is it?" in said(page)
    assert "Where is it?" in said(live)
    assert MARK not in said(page) + said(live)
    assert str(inside.case_id) not in said(page) + said(live)
    assert "data-events" not in said(page)
    for address in (
        f"/rooms/{other}/",
        f"/rooms/{other}/messages/",
        f"/rooms/{mine}/documents/{inside.internal_file}/",
    ):
        answer = paula.get(address)
        assert (answer.status_code, MARK in said(answer)) == (404, False)
    assert paula.post(f"/rooms/{other}/say/", {"text": "x"}).status_code == 404


def test_no_viewer_can_be_made_of_a_partner_and_no_stream_opened(inside: Inside) -> None:
    cookie = f"sessionid={inside.paula.cookies['sessionid'].value}"

    assert stream.viewer_of(cookie) is None
    assert accounts.get_viewer(inside.guest.partner_id) is None
    assert not User.objects.filter(email__in=["paula@carrier.example", "otto@other.example"]).exists()
    assert not Membership.objects.filter(user_id=inside.guest.partner_id).exists()


def test_events_about_a_case_name_colleagues_alone_and_carry_no_words(inside: Inside) -> None:
    people = set(User.objects.values_list("pk", flat=True))
    told = StoredEvent.objects.filter(object_type__in=["room", "swarm", "post", "question", "document", "notice"])

    assert told.count() > 8
    for event in told:
        assert set(event.user_ids) <= people
        assert MARK not in str(event.body)


def test_nothing_internal_goes_out_by_copy_and_paste(inside: Inside) -> None:
    desk = inside.desk
    with pytest.raises(InternalTextError):
        partners.say(desk.kim, inside.case_id, inside.guest.room_id, text=SECRET, client_key="9", now=NOW)

    assert teamwork.is_internal_text(desk.kim, SECRET, object_type="case", object_id=inside.case_id)
    assert "internal" in (reply.why_internal(desk.ana, SECRET, case_ids=[inside.case_id]) or "")


def test_an_export_without_the_internal_part_holds_none_of_it(inside: Inside) -> None:
    packed = export_case.write(inside.desk.ana, inside.case_id, with_internal=False, now=NOW)
    with packed, zipfile.ZipFile(packed) as held:
        words = "".join(held.read(name).decode() for name in held.namelist()) + "".join(held.namelist())

    assert SECRET not in words
    assert f"Help {MARK}" not in words
    assert f"{MARK}.txt" not in words
    assert "Paula" in words
