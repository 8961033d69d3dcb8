"""One needle in every place that keeps a text of somebody."""

from collections.abc import Mapping

import msgspec
from django.apps import apps
from django.db import connection

from midchannel.inside.assistance.models import Assistance
from midchannel.inside.improvements import actions as improvements
from midchannel.inside.improvements.models import Asker, Telling
from midchannel.inside.partners.models import Guest, Partner, PartnerRoom, RoomInvitation, RoomMessage, RoomShare
from midchannel.inside.service.models import CannedReply
from midchannel.inside.swarms.models import Swarm
from midchannel.inside.teamwork.models import NoticeRow
from midchannel.middle.consents import actions as consents
from midchannel.middle.consents import queries
from midchannel.middle.consents.actions import requesting
from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations.models import Conversation
from midchannel.middle.customers.models import (
    Customer,
    Difference,
    DifferenceItem,
    Identifier,
    LinkDecision,
    Membership,
    ReviewPair,
    Score,
    SourceRecord,
    SourceRecordVersion,
)
from midchannel.middle.documents.models import Document, Store
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Channel, Delivery, Handle, Parked, SendBudget
from midchannel.outside.channels.port import File
from midchannel.outside.listening.actions import searching, voices
from midchannel.outside.listening.models import Search, VoiceVersion
from midchannel.outside.silos.models import SiloRun
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.events.models import StoredEvent
from midchannel.platform.files import actions as files
from midchannel.platform.idempotency import actions as idempotency
from midchannel.platform.imports.models import Row, Run
from midchannel.usecases import arrive, ask, disclose, reply
from tests.desk import NOW, Desk, after, say
from tests.usecases.erasing import work


def hide(desk: Desk, needle: str) -> int:
    """The needle in every place; gives the customer."""
    address = f"nadel{needle}@example.com"
    kept = files.keep(f"a letter by {needle}".encode(), media_type=f"text/{needle}", now=NOW)
    source = files.keep(f"the mail as it came, {needle}".encode(), media_type="message/rfc822", now=NOW)
    conversation = _speak(desk, needle, address, kept.sha256, source.sha256)
    record = SourceRecord.objects.get(handle_id=Handle.objects.get(address=address).pk)
    _work(desk, conversation, needle, address, record.customer_id)
    _know(desk, record, needle)
    _around(desk, conversation, needle, address)
    _understood(conversation, needle)
    waiting = {
        "type": "Create",
        "actor": {"id": address},
        "object": {"id": "<late@x>", "type": "Note", "content": needle},
    }
    channels.receive(desk.mail, [msgspec.json.encode(waiting)], now=after(hours=1))
    channels.receive(desk.mail, [f'{{"type": "Create", "actor": "{address}", '.encode()], now=NOW)
    Parked.objects.update(reason=f"not readable: {address}")
    request = requesting.open_request(
        desk.lea, record.customer_id, kind="access", with_internal=True, now=after(hours=1)
    )
    work(after(hours=1))
    assert disclose.place(queries.get_request(desk.lea, request).file).exists()
    return int(record.customer_id)


def _speak(desk: Desk, needle: str, address: str, kept: str, source: str) -> int:
    document = {
        "type": "Create",
        "actor": {
            "id": address,
            "name": f"Nadel {needle}",
            "url": f"https://nadel.example/{needle}",
            "mc:identifiers": [{"type": "email", "value": address, "verified": True}],
        },
        "object": {
            "id": f"<{needle}@x>",
            "type": "Note",
            "name": f"About {needle}",
            "content": f"My word is {needle}",
            "mc:html": f"<p>{needle}</p>",
            "attachment": [{"name": f"{needle}.txt", "mediaType": "text/plain", "mc:sha256": kept, "mc:size": 9}],
        },
        "mc:audience": "private",
        "mc:source": {"mediaType": "message/rfc822", "mc:sha256": source, "x-note": needle},
    }
    _hear(desk.mail, document)
    changed = {**document, "type": "Update", "updated": after(minutes=2).isoformat()}
    changed["object"] = {**document["object"], "content": f"My last word is {needle}"}  # type: ignore[dict-item]
    _hear(desk.mail, changed)
    overheard = {
        "type": "Create",
        "actor": {"id": address},
        "object": {"id": "over", "type": "Note", "content": needle},
        "mc:addressed": False,
    }
    _hear(desk.mail, overheard)
    shared = say(desk.mail, "<s@x>", "Another's words", who="dora@example.com", private=True, copies=(address,))
    row = Conversation.objects.get(pk=shared)
    text = f"Dear both, as {address} says: My word is {needle}"
    reply.send(desk.ana, shared, text=text, client_key="s", saw_message_id=row.last_message_id, now=after(minutes=4))
    return int(Conversation.objects.get(subject__contains=needle).pk)


def _understood(conversation: int, needle: str) -> None:
    """What their texts say, and what a person or a machine said about it: as if a label could be a name."""
    Assistance.objects.create(
        id=1, conversation_id=conversation, purpose="summary", language="en", asked_by_id=1, asked_by_name="Ana", asked_at=NOW,
        text=needle, detail=needle,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE signal SET language = %s, detail = jsonb_build_object('x', %s::text) WHERE id IN"
            " (SELECT id FROM message WHERE conversation_id = %s)",
            [needle, needle, conversation],
        )
        cursor.execute(
            "INSERT INTO signal_correction (activity_id, what, holds, shown, said, language, reader_id, is_sampled, by_user_id, at,"
            " is_last) SELECT id, 'topics', ARRAY[%s], ARRAY[%s], jsonb_build_object(%s::text, 1), %s, 1, false, 1, now(), true"
            " FROM message WHERE conversation_id = %s AND direction = 1",
            [needle, needle, needle, needle, conversation],
        )
        cursor.execute(
            "INSERT INTO signal_panel (activity_id, reader_id, language, negative, positive, sentiment, intents)"
            " SELECT id, 1, %s, 0, 0, 0, 0 FROM message WHERE conversation_id = %s AND direction = 1",
            [needle, conversation],
        )


def _hear(channel_id: int, document: Mapping[str, object]) -> None:
    channels.receive(channel_id, [msgspec.json.encode(document)], now=after(minutes=2))
    while arrive.apply_waiting(now=after(minutes=2)):
        pass


def _work(desk: Desk, conversation: int, needle: str, address: str, customer_id: int) -> None:
    row = Conversation.objects.get(pk=conversation)
    sent = files.keep(f"our letter to {needle}".encode(), media_type="text/plain", now=NOW)
    file = File(name=f"{needle}.pdf", media_type="text/plain", sha256=sent.sha256, size_bytes=9)
    reply.send(
        desk.ana,
        conversation,
        text=f"Dear {needle}",
        client_key="a",
        saw_message_id=row.last_message_id,
        files=[file],
        now=after(minutes=5),
    )
    Delivery.objects.update(reason=f"refused by {address}", external_id=f"sent-{needle}")
    conversations.save_draft(desk.ana, conversation, text=f"Still to say to {needle}", now=after(minutes=6))
    ask.ask(desk.ana, "conversation", conversation, text=f"@ben what about {needle}?", now=after(minutes=7))
    ask.ask(desk.ana, "customer", customer_id, text=f"@ben who is {needle}?", now=after(minutes=7))
    assert NoticeRow.objects.filter(text__contains=needle).exists()
    with idempotency.once(desk.ana.user_id, f"k-{needle}", request_hash=b"x", now=after(hours=3)) as turn:
        turn.answer = idempotency.Answer(201, f"/api/customers/{needle}", f'{{"name": "{needle}"}}')


def _know(desk: Desk, record: SourceRecord, needle: str) -> None:
    other = SourceRecord.objects.exclude(pk=record.pk).first()
    assert other is not None
    SourceRecord.objects.filter(pk=record.pk).update(
        source=f"crm {needle}", attributes={"city": needle}, lawful_basis=f"contract {needle}"
    )
    Identifier.objects.get_or_create(record=record, type="customer_number", value=needle, verified=True)
    SourceRecordVersion.objects.create(id=1, record=record, name=needle, attributes={"city": needle}, at=NOW)
    evidence = {"fields": [{"field": "city", "left": needle, "right": needle}]}
    LinkDecision.objects.create(
        id=2, record=other, other=record, customer_id=other.customer_id, verdict="cannot", evidence=evidence, at=NOW
    )
    left, right = sorted((record, other), key=lambda each: each.pk)
    ReviewPair.objects.create(
        id=3, left=left, right=right, weight=1, probability=0.5, evidence=evidence, priority=1, label=needle
    )
    Membership.objects.create(person=record, organisation=other, role=f"head of {needle}")
    difference = Difference.objects.create(id=4, made_at=NOW, engine="duckdb", model_version="1")
    DifferenceItem.objects.create(
        id=5,
        difference=difference,
        kind="join",
        before=[[record.pk], [other.pk]],
        after=[[record.pk, other.pk]],
        edges=[evidence],
        records=2,
        reason=needle,
    )
    Score.objects.create(
        subject="customer",
        subject_id=other.customer_id,
        name="influence",
        detail={"answers": [f"nadel{needle}@example.com"]},
        source="t",
        computed_at=NOW,
    )
    _open_case(record, needle)
    Customer.objects.create(id=77, name=f"Formerly {needle}", redirect_to_id=record.customer_id)
    consents.record_consent(
        Actor("form"),
        record.pk,
        purpose="marketing",
        state="granted",
        network=needle,
        how=f"form {needle}",
        proof={"words": needle},
        now=NOW,
    )


def _open_case(record: SourceRecord, needle: str) -> None:
    if not apps.is_installed("midchannel.middle.cases"):
        return
    case = apps.get_model("cases", "Case").objects.create(
        id=6,
        handle_id=record.handle_id,
        plan_version_id=1,
        title=f"Refund for {needle}",
        snapshot=needle.encode(),
        before_snapshot=needle.encode(),
        revision=1,
        opened_at=NOW,
        changed_at=NOW,
    )
    apps.get_model("cases", "CaseEvent").objects.create(
        case_id=case.pk, seq=1, body={"said": needle}, at=NOW, by_name="Ana"
    )
    apps.get_model("cases", "CaseTrace").objects.create(
        case_id=case.pk, revision=1, plan="late_delivery", version_id=1, state="active", opened_at=NOW, changed_at=NOW,
        choices=[["", f"+call {needle}"]],
    )  # fmt: skip
    _gather_around(case.pk, needle)


def _gather_around(case_id: int, needle: str) -> None:
    """A swarm, a partner's room and documents of a case, with the needle wherever a word is."""
    Swarm.objects.create(
        id=1, case_id=case_id, reason=f"About {needle}", started_at=NOW, started_by_id=1, started_by_name="Ana"
    )
    store = Store.objects.create(name="Contracts", url="https://dav.example", changed_at=NOW, changed_by_name="Lea")
    Document.objects.create(
        id=1, case_id=case_id, name=f"{needle}.pdf", media_type="application/pdf", store=store, path=f"{needle}.pdf",
        added_at=NOW, added_by_name="Ana",
    )  # fmt: skip
    partner = Partner.objects.create(id=1, email=needle, name=needle, organisation=needle, created_at=NOW)
    room = PartnerRoom.objects.create(
        id=1,
        case_id=case_id,
        name=needle,
        subject=f"About {needle}",
        opened_at=NOW,
        opened_by_id=1,
        opened_by_name="Ana",
    )
    Guest.objects.create(room=room, partner=partner, since=NOW)
    RoomInvitation.objects.create(
        room=room, email=needle, name=needle, organisation=needle, token_hash=b"1", invited_by_id=1, invited_by_name="Ana",
        created_at=NOW, expires_at=NOW,
    )  # fmt: skip
    RoomMessage.objects.create(id=1, room=room, author_name=needle, text=f"Look: {needle}", at=NOW, client_key="1")
    RoomShare.objects.create(room=room, document_id=1, shared_at=NOW, shared_by_name=needle)


def _around(desk: Desk, conversation: int, needle: str, address: str) -> None:
    improvement = improvements.begin(desk.lea, f"What {address} asks", change=f"as {address} said", now=NOW)
    telling = Telling.objects.create(
        improvement_id=improvement,
        text=f"Thanks to {address}",
        approved_by_id=1,
        approved_by_name="Lea",
        approved_at=NOW,
    )
    Asker.objects.create(
        improvement_id=improvement,
        handle_id=Handle.objects.get(address=address).pk,
        conversation_id=conversation,
        channel_id=desk.mail,
        asked_at=NOW,
        telling=telling,
        message_id=1,
        reason=f"{address} is not there",
    )
    CannedReply.objects.create(shortcut="x", title=f"For {address}", body=f"Write to {address}", updated_at=NOW)
    SendBudget.objects.create(channel_id=desk.mail, address=address, hour=NOW, count=1)
    audit.record(Actor("x"), "x", object_type="x", object_id=1, now=NOW, said=f"to {address}")
    StoredEvent.objects.create(at=NOW, kind="x.done", object_type="x", object_id=1, body={"to": address})
    run = Run.objects.create(
        name=f"{address}.mbox",
        fingerprint="x",
        format="mbox",
        options={"path": f"{address}.mbox"},
        target_type="channel",
        target_id=desk.mail,
        by_name="Lea",
        started_at=NOW,
    )
    made = searching.make(desk.lea, f"About {address}", f'"{address}"', now=NOW)
    Search.objects.filter(pk=made).update(text=f'"{address}" {address}')
    named = voices.make(desk.lea, f"Beside {address}", [voices.Name("One"), voices.Name(f"{address}")], now=NOW)
    VoiceVersion.objects.filter(voice_set_id=named).update(reason=f"{address} asked")
    SiloRun.objects.create(run_id=run.pk, channel_id=desk.mail, reason=f"{address} twice")
    Channel.objects.filter(pk=desk.wall).update(health_reason=f"{address} does not exist")
    Row.objects.create(run_id=run.pk, number=1, outcome=4, item_key=f"<{address}>", reason=f"row of {address}")
