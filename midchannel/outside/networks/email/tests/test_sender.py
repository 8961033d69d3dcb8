"""Mails as they are built, and what is known when an SMTP server breaks off."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.outside.channels.port import File, NetworkError, OutcomeUnknownError, Outgoing
from midchannel.outside.networks.email import sender
from midchannel.outside.networks.email.tests.factories import MARKS, OWN_ID, box

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def outgoing(**more: Any) -> Outgoing:
    usual: dict[str, Any] = {"key": OWN_ID, "text": "Hello Ana", "to": ["ana@firma.example"], "subject": "Re: Lamp"}
    return Outgoing(**{**usual, **more})


def build(config: dict[str, Any] | None = None, content: bytes = b"", **more: Any) -> EmailMessage:
    built = sender.build(box(**(config or {})), MARKS, outgoing(**more), read=lambda _hash: content, now=NOW)
    message = message_from_bytes(sender.as_bytes(built), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_has_our_own_id_and_names_what_it_answers() -> None:
    message = build(in_reply_to="<q2@x.example>", references=["<q1@x.example>", "<q2@x.example>"])

    assert message["Message-ID"] == OWN_ID
    assert message["In-Reply-To"] == "<q2@x.example>"
    assert message["References"] == "<q1@x.example> <q2@x.example>"
    assert message["From"] == "Shop support <support@shop.example>"
    assert message["Auto-Submitted"] is None


def test_what_a_machine_sends_says_so() -> None:
    assert build(automatic=True)["Auto-Submitted"] == "auto-generated"


def test_a_very_long_message_id_is_not_folded_into_encoded_words() -> None:
    long_id = f"<{'a' * 200}@x.example>"

    content = sender.as_bytes(
        sender.build(box(), MARKS, outgoing(in_reply_to=long_id), read=lambda _hash: b"", now=NOW)
    )

    assert f"In-Reply-To: {long_id}\r\n".encode() in content
    assert f"References: {long_id}\r\n".encode() in content


def test_the_references_keep_the_first_and_the_last_that_fit_on_a_line() -> None:
    references = build(references=[f"<{n}.{'x' * 60}@x.example>" for n in range(100)])["References"].split()

    assert references[0].startswith("<0.")
    assert references[-1].startswith("<99.")
    assert len(" ".join(references)) <= 900


def test_an_id_we_made_up_for_a_mail_without_one_is_not_told_to_others() -> None:
    message = build(in_reply_to="<abc@no-message-id.invalid>", references=["<abc@no-message-id.invalid>"])

    assert message["In-Reply-To"] is None
    assert message["References"] is None


def test_no_line_breaks_get_into_the_headers() -> None:
    message = build(subject="Hi\r\nBcc: everybody@x.example")

    assert message["Subject"] == "Hi Bcc: everybody@x.example"
    assert message["Bcc"] is None


def test_an_answer_to_the_plus_address_is_asked_for_where_the_server_takes_it() -> None:
    assert build(conversation_id="7")["Reply-To"] is None
    assert (
        MARKS.conversation_of(build({"plus_address": True}, conversation_id="7")["Reply-To"].addresses[0].addr_spec)
        == "7"
    )


def test_an_attachment_keeps_its_name_and_type() -> None:
    file = File(name="Größe ☃.pdf", media_type="application/pdf", sha256="x", size_bytes=4)

    part = next(build(content=b"%PDF", files=[file]).iter_attachments())

    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "Größe ☃.pdf",
        "application/pdf",
        b"%PDF",
    )


def test_an_attachment_that_is_gone_stops_the_mail_with_words() -> None:
    def gone(_hash: str) -> bytes:
        raise FileNotFoundError

    file = File(name="a.pdf", media_type="application/pdf", sha256="x", size_bytes=4)
    with pytest.raises(NetworkError, match=r"a\.pdf is no longer kept") as raised:
        sender.build(box(), MARKS, outgoing(files=[file]), read=gone, now=NOW)
    assert raised.value.permanent


@pytest.mark.parametrize("address", ["", "no address", "a@b\r\nRCPT TO:<c@d>", "a@", "@b", "a@b@c..d\0"])
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(NetworkError) as raised:
        sender.build(box(), MARKS, outgoing(to=[address]), read=lambda _hash: b"", now=NOW)
    assert raised.value.permanent


@given(st.text(), st.text(max_size=200))
def test_any_words_can_be_sent_and_come_out_the_same(text: str, subject: str) -> None:
    message = build(text=text, subject=subject)

    def plain(words: str) -> str:
        return "".join(c for c in words if c.isalnum())

    assert plain(message.get_content()) == plain(text.encode("utf-8", "replace").decode())


GREETING = ["220 hello", "250 hello"]
ACCEPTED = [*GREETING, "250 sender", "250 recipient", "354 go on"]


@contextmanager
def scripted(answers: list[str]) -> Iterator[int]:
    """A server that gives these answers, one to each line (one to the whole mail after 354), and then breaks off."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as lines:
            for number, answer in enumerate(answers):
                if number:
                    line = lines.readline()
                    while answers[number - 1].startswith("354") and line not in (b".\r\n", b""):
                        line = lines.readline()
                connection.sendall(answer.encode() + b"\r\n")
            if answers[-1].startswith("354"):
                while lines.readline() not in (b".\r\n", b""):
                    pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        thread.join(10)
        listening.close()


def bring_out(answers: list[str]) -> None:
    with scripted(answers) as port:
        mailbox = box(smtp_port=port, smtp_user="x")
        content = sender.as_bytes(
            sender.build(mailbox, MARKS, outgoing(text=".\n.dots"), read=lambda _hash: b"", now=NOW)
        )
        sender.bring_out(mailbox, outgoing(), content)


def test_a_mail_is_sent_when_the_server_says_so() -> None:
    bring_out([*ACCEPTED, "250 taken", "221 bye"])


@pytest.mark.parametrize("broken_after", range(1, 5))
def test_before_the_end_of_data_a_broken_connection_may_be_tried_again(broken_after: int) -> None:
    with pytest.raises(NetworkError) as raised:
        bring_out(ACCEPTED[:broken_after])
    assert not raised.value.permanent
    assert raised.value.is_channel_wide


def test_after_the_end_of_data_a_broken_connection_leaves_the_outcome_unknown() -> None:
    with pytest.raises(OutcomeUnknownError):
        bring_out(ACCEPTED)


@pytest.mark.parametrize(
    ("answers", "permanent", "words"),
    [
        (
            [*GREETING, "250 ok", "550 5.1.1 no such user", "221 bye"],
            True,
            "ana@firma.example: 550 5.1.1 no such user",
        ),
        ([*GREETING, "250 ok", "451 later", "221 bye"], False, "refused the recipient"),
        ([*GREETING, "550 not you", "221 bye"], True, "refused the mail: 550 not you"),
        ([*ACCEPTED, "552 too big", "221 bye"], True, "too large"),
        ([*ACCEPTED, "452 disk full", "221 bye"], False, "refused the mail: 452 disk full"),
        ([*ACCEPTED, "554 spam", "221 bye"], True, "refused the mail: 554 spam"),
    ],
)
def test_a_refusal_tells_why_and_whether_for_good(answers: list[str], permanent: bool, words: str) -> None:
    with pytest.raises(NetworkError, match=words) as raised:
        bring_out(answers)
    assert raised.value.permanent is permanent
    assert not raised.value.is_channel_wide
