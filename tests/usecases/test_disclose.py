"""Somebody gets what is held about them: a page to read, data for machines, their files."""

import json
import re
import zipfile
from datetime import datetime
from typing import Any

import msgspec
import pytest

from midchannel.inside.teamwork import actions as teamwork
from midchannel.middle.cases import actions as cases
from midchannel.middle.consents import actions as consents
from midchannel.middle.consents import queries
from midchannel.middle.consents.actions import requesting
from midchannel.middle.consents.errors import RequestNotFoundError
from midchannel.middle.conversations.models import Conversation
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers.models import SourceRecord
from midchannel.outside.channels import actions as channels
from midchannel.platform.audit.actions import Actor
from midchannel.platform.audit.models import Entry
from midchannel.platform.files import actions as files
from midchannel.usecases import arrive, case_plans, disclose, reply, rights
from tests.desk import NOW, Desk, after, make_desk, say
from tests.usecases.erasing import customer_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def work(now: datetime) -> None:
    while rights.work(now=now):
        pass


def disclosed(desk: Desk, customer_id: int, *, with_internal: bool = False) -> tuple[dict, str, list[str]]:  # type: ignore[type-arg]
    request = requesting.open_request(
        desk.lea, customer_id, kind="access", with_internal=with_internal, now=after(hours=1)
    )
    work(after(hours=1))
    name = requesting.note_fetched(desk.lea, request, now=after(hours=2))
    with zipfile.ZipFile(disclose.place(name)) as packed:
        data = json.loads(packed.read("data.json"))
        return data, packed.read("index.html").decode(), packed.namelist()


def say_much(desk: Desk) -> tuple[int, str]:
    """Cara says much, in two places, and we too; she sends a file, consents, and has a case. Returns who she is, and the file's hash."""
    kept = files.keep(b"a receipt", media_type="text/plain", now=NOW)
    document = {
        "type": "Create",
        "actor": {"id": "cara@example.com", "name": "Cara"},
        "object": {
            "id": "<1@x>",
            "type": "Note",
            "content": "My <b>card</b> has not come & I wait",
            "attachment": [{"name": "receipt.txt", "mediaType": "text/plain", "mc:sha256": kept.sha256, "mc:size": 9}],
        },
        "mc:audience": "private",
    }
    channels.receive(desk.mail, [msgspec.json.encode(document)], now=NOW)
    while arrive.apply_waiting(now=NOW):
        pass
    conversation = Conversation.objects.get()
    reply.send(
        desk.ana,
        conversation.pk,
        text="It is on its way",
        client_key="k",
        saw_message_id=conversation.last_message_id,
        now=after(minutes=5),
    )
    say(desk.square, "s1", "Also here", who="@cara")
    cara = customer_of("cara@example.com")
    customers.link_customers(desk.ana, customer_of("@cara"), into_id=cara, now=NOW)
    record = SourceRecord.objects.filter(customer_id=cara).order_by("id")[0]
    consents.record_consent(
        Actor("form"),
        record.pk,
        purpose="marketing",
        state="granted",
        how="form",
        proof={"words": "yes please"},
        now=NOW,
    )

    case_plans.seed(desk.lea, now=NOW)
    seen: dict[str, Any] = {"plan": "late_delivery", "title": "Her <i>card</i>", "conversation_ids": (conversation.pk,)}
    cases.open_case(desk.ana, **seen, values={"late_days": 9, "public": False}, now=NOW)
    return cara, kept.sha256


def test_everything_over_all_their_records_is_in_it(desk: Desk) -> None:
    cara, sha256 = say_much(desk)

    data, page, names = disclosed(desk, cara)

    assert {r["address"] for r in data["records"]} == {"cara@example.com", "@cara"}
    assert all(r["decisions"] for r in data["records"])
    assert data["activities"]["type"] == "OrderedCollection"
    assert {a["type"] for a in data["activities"]["orderedItems"]} == {"Create"}
    assert [m["by"] for c in data["conversations"] for m in c["messages"]] == ["you", "company", "you"]
    assert data["consents"][0]["proof"] == {"words": "yes please"}
    assert f"files/{sha256[:12]}-receipt.txt" in names
    assert [(each["plan"], each["known"]["late_days"]) for each in data["cases"]] == [("Late delivery", 9)]
    for words in (
        "It is on its way",
        "Also here",
        "Her &lt;i&gt;card",
        "late days",
        "yes please",
        "cara@example.com",
        "receipt.txt",
    ):
        assert words in page
    assert "<script" not in page.lower()
    assert "<b>card" not in page
    assert not re.search(r'(src|href)="(?!#|files/)', page)


def test_others_words_are_in_it_only_from_conversations_with_them(desk: Desk) -> None:
    say(desk.square, "d1", "Dora begins in public", who="@dora")
    say(desk.square, "c1", "Cara joins", who="@cara", behind="d1")
    say(desk.mail, "<1@x>", "Dora writes with a copy", who="dora@example.com", private=True, copies=("@copied",))
    say(desk.mail, "<2@x>", "Not for anybody else", who="dora@example.com", private=True)

    data, page, _ = disclosed(desk, customer_of("@cara"))

    assert "Cara joins" in page
    assert "Dora" not in json.dumps(data["conversations"])
    assert "Not for anybody" not in page


def test_what_colleagues_wrote_is_in_it_only_when_it_was_asked_for(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "Words", who="cara@example.com", private=True)
    cara = customer_of("cara@example.com")
    teamwork.write_post(desk.ana, object_type="customer", object_id=cara, text="A difficult one", now=NOW)

    without, page, _ = disclosed(desk, cara)
    assert without["internal"] is None
    assert "difficult" not in page
    assert "15(4)" in page

    with_it, page, _ = disclosed(desk, cara, with_internal=True)
    assert with_it["internal"][0]["text"] == "A difficult one"
    assert "Ana" not in json.dumps(with_it["internal"])


def test_it_expires_and_who_fetched_it_is_audited_without_content(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "Words", who="cara@example.com", private=True)
    disclosed(desk, customer_of("cara@example.com"))
    request = queries.list_requests(desk.lea).items[0]

    entries = Entry.objects.filter(object_type="rights_request").order_by("id")
    assert [entry.action for entry in entries] == ["rights.open", "rights.ready", "rights.fetch"]
    assert "cara" not in str([entry.details for entry in entries]).lower()

    work(after(days=20))
    with pytest.raises(RequestNotFoundError):
        requesting.note_fetched(desk.lea, request.id, now=after(days=20))
    assert not disclose.place(request.file).exists()


def test_a_month_is_a_month() -> None:
    assert requesting.a_month_after(datetime(2026, 1, 31, tzinfo=NOW.tzinfo).date()).isoformat() == "2026-02-28"
    assert requesting.a_month_after(datetime(2026, 12, 15, tzinfo=NOW.tzinfo).date()).isoformat() == "2027-01-15"
