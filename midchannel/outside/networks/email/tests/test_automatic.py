"""What a machine wrote is known as such, and a bounce is tied to the mail of ours that came back."""

import pytest

from midchannel.outside.networks.email import automatic, parser
from midchannel.outside.networks.email.tests.factories import MARKS, OWN_ID, payload
from midchannel.outside.networks.email.threads import Marks


def kind(*headers: str) -> str | None:
    return automatic.kind_of(parser.parse("\r\n".join(["From: ana@x.example", *headers, "", "words"]).encode()))


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (failure)",
        "Precedence: auto_reply",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "X-Autorespond: away",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "X-Auto-Response-Suppress: All",
        "Return-Path: <>",
    ],
)
def test_a_machines_answer_is_known_by_its_header(header: str) -> None:
    assert kind(header) == "auto-reply"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Precedence: list",
        "X-Auto-Response-Suppress: DR, NDR",
        "Return-Path: <ana@x.example>",
        "X-Other: 1",
    ],
)
def test_a_persons_mail_is_not_taken_for_a_machines(header: str) -> None:
    assert kind(header) is None


def test_a_delivery_report_names_our_mail_its_reason_and_that_it_is_for_good() -> None:
    mail = parser.parse(payload("bounce_postfix"))

    bounce = automatic.bounce_of(mail, MARKS)

    assert automatic.kind_of(mail) == "bounce"
    assert bounce == automatic.Bounce(
        OWN_ID, True, "The mail to gone@firma.example came back: 550 5.1.1 User unknown", "gone@firma.example"
    )


def test_a_bounce_without_a_report_is_tied_by_our_own_id_in_its_text() -> None:
    mail = parser.parse(payload("bounce_exim"))

    bounce = automatic.bounce_of(mail, MARKS)

    assert automatic.kind_of(mail) == "bounce"
    assert bounce is not None
    assert (bounce.message_id, bounce.recipient, bounce.permanent) == (OWN_ID, "gone@firma.example", True)


def test_a_temporary_failure_is_not_for_good() -> None:
    mail = parser.parse(payload("bounce_postfix").replace(b"Status: 5.1.1", b"Status: 4.2.2"))

    bounce = automatic.bounce_of(mail, MARKS)

    assert bounce is not None
    assert not bounce.permanent


def test_a_note_that_a_mail_is_only_delayed_is_no_failure() -> None:
    mail = parser.parse(payload("bounce_postfix").replace(b"Action: failed", b"Action: delayed"))

    assert automatic.bounce_of(mail, MARKS) is None


def test_a_forged_bounce_fails_nothing() -> None:
    mail = parser.parse(payload("bounce_postfix"))

    assert automatic.bounce_of(mail, Marks("another installation's secret")) is None


def test_an_out_of_office_answer_is_no_bounce() -> None:
    mail = parser.parse(payload("out_of_office"))

    assert automatic.kind_of(mail) == "auto-reply"
    assert automatic.bounce_of(mail, MARKS) is not None  # which is why `documents` asks for bounces only
