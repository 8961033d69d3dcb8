"""What a mail becomes in the house's vocabulary."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from midchannel.outside.channels import documents as house
from midchannel.outside.channels.kinds import Flag, Kind
from midchannel.outside.channels.vocabulary import Attachment, Document, Object
from midchannel.outside.networks.email import parser
from midchannel.outside.networks.email.documents import document_of
from midchannel.outside.networks.email.parser import LeftOut
from midchannel.outside.networks.email.tests.factories import MARKS, OWN_ID, box, payload

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def encoded(raw: bytes, config: dict[str, Any] | None = None, **more: Any) -> bytes:
    return document_of(parser.parse(raw), box(**(config or {})), MARKS, arrived_at=NOW, **more)


def document(raw: bytes, config: dict[str, Any] | None = None, **more: Any) -> Document:
    return msgspec.json.decode(encoded(raw, config, **more), type=Document)


def said(read: Document) -> Object:
    assert isinstance(read.object, Object)
    return read.object


def mail(*headers: str, body: str = "words") -> bytes:
    lines = list(headers)
    if not any(line.lower().startswith("from:") for line in headers):
        lines.insert(0, "From: Ana <ana@firma.example>")
    return "\r\n".join([*lines, "Message-ID: <m1@firma.example>", "", body]).encode()


def test_a_mail_is_a_private_mail_from_its_sender_with_everybody_else_as_participants() -> None:
    envelope = house.read(encoded(payload("outlook_reply")), now=NOW)

    assert envelope.kind == Kind.MAIL
    assert envelope.flags & Flag.PRIVATE
    assert (envelope.external_id, envelope.address, envelope.name) == (
        "<AM0PR01@firma.example>",
        "bjoern@firma.example",
        "Björn Müller",
    )
    assert [other.id for other in envelope.participants] == ["ana@firma.example"]
    assert envelope.parents == ["<first@shop.example>", "<zero@firma.example>"]
    assert envelope.subject == "AW: Rechnung für März"


def test_the_new_text_stands_apart_from_the_quoted_one() -> None:
    read = document(payload("outlook_reply"))

    assert said(read).content == "Danke, das paßt so."
    assert read.data is not None
    assert read.data["quoted"].startswith("Von: Shop")


def test_an_image_is_inline_only_where_the_html_shows_it() -> None:
    files = [
        Attachment(name="logo.png", sha256="a", inline_id="logo@firma"),
        Attachment(name="other.png", sha256="b", inline_id="not-shown@firma"),
    ]

    shown = said(document(payload("outlook_reply"), files=files)).attachment

    assert isinstance(shown, list)
    assert [file.inline_id for file in shown] == ["logo@firma", None]


def test_a_contact_form_speaks_for_the_person_in_its_reply_to() -> None:
    envelope = house.read(encoded(payload("contact_form")), now=NOW)

    assert envelope.address == "carla@example.org"
    assert not envelope.flags & (Flag.OUTGOING | Flag.AUTOMATIC)


def test_a_noreply_sender_speaks_for_the_person_in_its_reply_to_and_others_are_answered_in_copy() -> None:
    form = document(
        mail("From: noreply@forms.example", "Reply-To: carla@example.org", "Auto-Submitted: auto-generated")
    )
    person = document(mail("From: Ana <ana@firma.example>", "Reply-To: team@firma.example"))

    assert getattr(form.actor, "id", "") == "carla@example.org"
    assert form.automatic is None
    assert getattr(person.actor, "id", "") == "ana@firma.example"
    assert [other.id for other in person.participants] == ["team@firma.example"]


def test_our_own_mail_is_outgoing_and_opens_nothing_by_itself() -> None:
    forged = document(mail("From: Shop <support@shop.example>"))
    answer = document(mail("From: Shop <support+x@shop.example>", "In-Reply-To: <q1@firma.example>"))
    echo = document(
        mail("From: someone@else.example", "References: <a@b>").replace(b"<m1@firma.example>", OWN_ID.encode())
    )

    assert (forged.direction, forged.addressed) == ("out", False)
    assert (answer.direction, answer.addressed) == ("out", True)
    assert echo.direction == "out"


def test_an_alias_is_one_of_our_own_addresses() -> None:
    read = document(mail("To: info@shop.example, bo@firma.example"), {"aliases": ["info@shop.example"]})

    assert [person.id for person in read.participants] == ["bo@firma.example"]


def test_a_bounce_carries_what_settles_the_delivery() -> None:
    read = document(payload("bounce_postfix"))

    assert read.automatic == "bounce"
    assert read.data is not None
    assert read.data["bounced"] == {
        "id": OWN_ID,
        "permanent": True,
        "reason": "The mail to gone@firma.example came back: 550 5.1.1 User unknown",
        "recipient": "gone@firma.example",
    }
    assert "bounced" not in (document(payload("out_of_office")).data or {})


def test_how_a_mail_was_threaded_can_be_counted() -> None:
    ways = [
        document(mail(f"In-Reply-To: {OWN_ID}")),
        document(mail("In-Reply-To: <other@x>")),
        document(mail(f"Delivered-To: {MARKS.plus_address('support@shop.example', '7')}")),
        document(mail("In-Reply-To: <>", "References:")),
    ]

    assert [(read.data or {})["threaded_by"] for read in ways] == ["own", "reference", "plus", "none"]
    assert ways[2].thread == ["mc:conversation:7"]
    assert ways[3].thread == []


def test_a_new_subject_under_old_references_is_marked_for_a_split() -> None:
    changed = document(mail(f"In-Reply-To: {OWN_ID}", "Subject: Something new"))
    answered = document(mail(f"In-Reply-To: {OWN_ID}", "Subject: Re: Something"))

    assert (changed.data or {}).get("subject_changed") is True
    assert "subject_changed" not in (answered.data or {})


def test_a_sender_counts_as_verified_only_by_the_word_of_our_own_server() -> None:
    ours = "Authentication-Results: mx.shop.example; spf=pass; dmarc=pass header.from=firma.example"
    theirs = "Authentication-Results: mx.evil.example; dmarc=pass"
    config = {"authserv_id": "mx.shop.example"}

    def verified(*headers: str, config: dict[str, Any]) -> bool:
        actor = document(mail(*headers), config).actor
        assert actor is not None
        assert not isinstance(actor, str)
        return actor.identifiers[0].verified

    assert verified(ours, config=config)
    assert not verified(theirs, ours, config=config)
    assert not verified(theirs, config=config)
    assert not verified(ours, config={})


def test_impossible_times_give_way_to_that_of_arrival() -> None:
    assert said(document(mail("Date: Thu, 1 Jan 1903 00:00:00 +0000"))).published == NOW
    assert said(document(mail("Date: Fri, 31 Dec 9999 23:59:59 -1200"))).published == NOW
    assert said(document(mail("Date: Fri, 20 Nov 2026 10:00:00"))).published == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_html_alone_gives_its_text_and_no_script() -> None:
    raw = mail("Content-Type: text/html", body="<p>Hello<br>there</p><script>alert(1)</script><style>p{}</style>")

    read = said(document(raw))

    assert read.content == "Hello\nthere"
    assert read.html is not None


def test_what_was_left_out_is_said_in_the_message() -> None:
    read = said(document(mail(), left_out=[LeftOut("film.mp4", "video/mp4", 40_000_000)]))

    assert read.content is not None
    assert read.content.startswith("words\n\n[The attachment film.mp4 (40 MB) is too large and was not taken over.")
    assert isinstance(read.attachment, list)
    assert [(file.name, file.sha256) for file in read.attachment] == [("film.mp4", None)]


def test_it_is_said_in_the_html_too() -> None:
    raw = mail("Content-Type: text/html", body="<p>words</p>")

    read = said(document(raw, left_out=[LeftOut("<b>.mp4", "video/mp4", 40_000_000)]))

    assert read.html is not None
    assert read.html.startswith("<p>words</p><p>[The attachment &lt;b&gt;.mp4 (40 MB)")


def test_a_megabyte_of_emoji_arrives_within_the_limits() -> None:
    raw = mail("Content-Type: text/html; charset=utf-8", body="<p>" + "😀" * 250_000 + "</p>")

    envelope = house.read(encoded(raw), now=NOW)

    assert envelope.text.startswith("😀")
    assert "too long" in envelope.text


def test_the_same_mail_read_again_is_the_same_document_but_for_its_source() -> None:
    first = house.read(encoded(payload("outlook_reply"), source={"mc:sha256": "one copy"}), now=NOW)
    again = house.read(
        encoded(b"Received: by another list\r\n" + payload("outlook_reply"), source={"mc:sha256": "two"}), now=NOW
    )

    assert (first.external_id, first.content) == (again.external_id, again.content)


@given(st.binary(max_size=1_000))
def test_any_bytes_are_stored_or_refused_with_a_reason(raw: bytes) -> None:
    try:
        assert house.read(encoded(b"From: ana@x.example\r\n" + raw), now=NOW).external_id
        house.read(encoded(raw), now=NOW)
    except house.CannotApplyError as error:
        assert error.code == "no-actor"  # noqa: PT017 - only this reason is left for a mail
