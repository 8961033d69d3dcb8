"""Mails of every kind become records, and nothing a stranger sends raises."""

import time
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from midchannel.outside.networks.email import parser
from midchannel.outside.networks.email.tests.factories import payload


def test_an_outlook_answer_is_read_with_names_charsets_inline_image_and_attachment() -> None:
    mail = parser.parse(payload("outlook_reply"))

    assert mail.message_id == "<AM0PR01@firma.example>"
    assert mail.sender == parser.Person("bjoern@firma.example", "Björn Müller")
    assert mail.cc == [parser.Person("ana@firma.example", "Ana, Buchhaltung")]
    assert mail.subject == "AW: Rechnung für März"
    assert mail.sent_at == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    assert mail.references == ["<zero@firma.example>", "<first@shop.example>"]
    assert mail.text.startswith("Danke, das paßt so.")
    assert "cid:logo@firma" in mail.html
    assert [(part.name, part.inline_id) for part in mail.parts] == [
        ("logo.png", "logo@firma"),
        ("Rechnung März.pdf", ""),
    ]
    assert mail.parts[1].content == b"%PDF-1.4\n"


def test_a_broken_mail_still_gives_its_words() -> None:
    mail = parser.parse(payload("broken_mime"))

    assert mail.sender is not None
    assert "äöü" in mail.text
    assert mail.subject.endswith("and raw öäü")
    assert mail.sent_at is None
    assert [part.name for part in mail.parts] == ["etc_pass_wd"]


def test_empty_headers_refer_to_nothing() -> None:
    mail = parser.parse(payload("broken_mime"))

    assert mail.in_reply_to == []
    assert mail.references == []


def test_a_mail_without_an_id_gets_the_same_one_each_time() -> None:
    raw = payload("broken_mime")

    assert parser.parse(raw).message_id == parser.parse(raw).message_id
    assert parser.parse(raw).message_id != parser.parse(raw + b"more").message_id
    assert parser.parse(raw).message_id.endswith("@no-message-id.invalid>")


def test_utf8_that_claims_to_be_latin1_is_read_as_what_it_is() -> None:
    raw = b"From: a@x.example\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n" + "Grüße".encode()

    assert parser.parse(raw).text == "Grüße"


def test_latin1_that_claims_to_be_utf8_is_read_as_what_it_is() -> None:
    raw = b"From: a@x.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "Grüße".encode("latin-1")

    assert parser.parse(raw).text == "Grüße"


def test_nul_and_control_characters_are_dropped() -> None:
    raw = b"From: a@x.example\r\nSubject: a\x00b\r\n\r\nHel\x00lo\x07 there"

    mail = parser.parse(raw)

    assert mail.text == "Hello there"
    assert mail.subject == "ab"


def test_a_character_cut_by_two_encoded_words_is_put_together() -> None:
    raw = b"From: a@x.example\r\nSubject: =?utf-8?B?4oI=?=\r\n =?utf-8?B?rA==?= 5\r\n\r\n"

    assert parser.parse(raw).subject == "€ 5"


def test_a_mail_inside_a_mail_is_an_attachment() -> None:
    raw = (
        b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee below\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@x.example\r\nSubject: inner\r\n\r\ninner words\r\n--b--\r\n"
    )

    mail = parser.parse(raw)

    assert mail.text == "see below"
    assert [part.name for part in mail.parts] == ["message.eml"]
    assert b"inner words" in mail.parts[0].content


def test_ten_thousand_levels_of_nesting_are_named_and_not_followed() -> None:
    levels = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(10_000))

    mail = parser.parse(b"From: ana@x.example\r\nSubject: deep\r\n" + levels)

    assert mail.subject == "deep"
    assert mail.notes == ["This mail's parts are nested too deeply to be read; the original is kept."]


def test_nesting_just_within_the_limit_is_read() -> None:
    levels = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(150))

    mail = parser.parse(b"From: ana@x.example\r\n" + levels + b"Content-Type: text/plain\r\n\r\ndeep words")

    assert mail.text == "deep words"


def test_hostile_headers_take_no_time() -> None:
    hostile = [
        b"=?a?q?" * 50_000,
        b"(" * 100_000,
        b'"' * 100_000,
        b"<" * 100_000,
        b"a@" * 50_000,
        b"," * 100_000,
        b"On " * 50_000,
    ]
    started = time.process_time()

    for value in hostile:
        mail = parser.parse(
            b"".join(name + b": " + value + b"\r\n" for name in (b"From", b"To", b"Subject", b"References", b"Date"))
        )
        assert mail.message_id

    assert time.process_time() - started < 20


def test_an_attachments_name_cannot_leave_its_folder_or_turn_its_reading_direction() -> None:
    assert parser.file_name("../../etc/passwd") == "etc_passwd"
    assert parser.file_name("invoice\u202efdp.exe") == "invoice_fdp.exe"
    assert len(parser.file_name("a" * 500 + ".pdf")) <= 150


@given(st.binary(max_size=2_000))
def test_any_bytes_give_a_mail(raw: bytes) -> None:
    mail = parser.parse(raw)

    assert mail.message_id
    mail.text.encode()


HEADERS = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "Content-Type",
    "Content-Transfer-Encoding",
]
PIECES = [
    "multipart/mixed; boundary=b",
    "text/html; charset=utf-7",
    "message/delivery-status",
    "message/rfc822",
    "base64",
    "x-uuencode",
    "=?utf-8?q?=ff?=",
    "<>",
    "<a@b>",
    "ana@x.example",
    "--b",
    "--b--",
    "filename*0*=utf-8''%ff",
    ";",
    '"',
    "\x00",
    "\udcff",
    "quoted-printable",
    "multipart/report; report-type=delivery-status; boundary=b",
    "Content-Disposition: attachment; filename*=''%",
    "begin 644 x",
    "\r\n",
]


@given(
    st.lists(st.tuples(st.sampled_from(HEADERS), st.lists(st.sampled_from(PIECES), max_size=4))),
    st.lists(st.sampled_from(PIECES)),
)
def test_any_mixture_of_mail_like_pieces_gives_a_mail(headers: list[tuple[str, list[str]]], body: list[str]) -> None:
    lines = [f"{name}: {' '.join(pieces)}" for name, pieces in headers]
    raw = "\r\n".join([*lines, "", *body]).encode("utf-8", "surrogateescape")

    mail = parser.parse(raw)

    assert mail.message_id
    mail.html.encode()
