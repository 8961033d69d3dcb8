"""What a mail belongs behind, and what strangers cannot claim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.outside.networks.email.tests.factories import MARKS, OWN_ID
from midchannel.outside.networks.email.threads import Marks, ThreadedBy, is_new_subject, subject_base, thread_of

PLUS = MARKS.plus_address("support@shop.example", "99")


def test_our_own_ids_come_first_then_every_reference_then_the_plus_address() -> None:
    thread = thread_of(
        MARKS,
        in_reply_to=["<last@x>"],
        references=["<first@x>", OWN_ID, "<last@x>"],
        recipients=["support@shop.example", PLUS],
    )

    assert thread.parents == [OWN_ID, "<last@x>", "<first@x>", "mc:conversation:99"]
    assert thread.threaded_by is ThreadedBy.OWN


def test_the_plus_address_alone_finds_the_conversation() -> None:
    thread = thread_of(MARKS, in_reply_to=[], references=[], recipients=[PLUS.upper()])

    assert thread.parents == ["mc:conversation:99"]
    assert thread.threaded_by is ThreadedBy.PLUS


def test_nothing_leads_nowhere() -> None:
    thread = thread_of(
        MARKS, in_reply_to=[], references=[], recipients=["support@shop.example", "support+news@shop.example", ""]
    )

    assert thread.parents == []
    assert thread.threaded_by is ThreadedBy.NONE


@pytest.mark.parametrize("other", ["98", "999", "1"])
def test_a_plus_address_does_not_open_another_conversation(other: str) -> None:
    assert MARKS.conversation_of(PLUS.replace("c99-", f"c{other}-")) is None


def test_marks_of_another_installation_count_for_nothing() -> None:
    stranger = Marks("another secret")

    assert not stranger.is_own_id(OWN_ID)
    assert stranger.conversation_of(PLUS) is None


@given(st.text(max_size=80))
def test_no_text_is_by_chance_one_of_ours(text: str) -> None:
    assert not MARKS.is_own_id(text)
    assert MARKS.conversation_of(text) is None
    assert MARKS.own_ids_in(text) == []


@pytest.mark.parametrize(
    "subject", ["Rechnung", "Re: Rechnung", "AW: RE[2]: rechnung", "Fwd: Re:  Rechnung ", "[Kunden] Re: Rechnung"]
)
def test_marks_of_answering_do_not_make_another_subject(subject: str) -> None:
    assert subject_base(subject) == "rechnung"


def test_an_old_thread_under_a_new_subject_is_marked() -> None:
    assert is_new_subject("Another question", "", has_parents=True)
    assert is_new_subject("Re: Another question", "Rechnung", has_parents=True)


def test_an_answer_and_a_first_mail_are_not_marked() -> None:
    assert not is_new_subject("Re: Rechnung", "", has_parents=True)
    assert not is_new_subject("Rechnung", "rechnung", has_parents=True)
    assert not is_new_subject("Another question", "", has_parents=False)
    assert not is_new_subject("", "", has_parents=True)
