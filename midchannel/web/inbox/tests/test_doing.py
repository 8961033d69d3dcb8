"""What an agent does with a conversation, through HTTP."""

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client

from midchannel.middle.conversations import queries as conversations
from midchannel.usecases import ask, reply
from midchannel.web.inbox.tests.conftest import PART, client_of, first_conversation
from tests import company as companies
from tests.company import Company


def post(client: Client, path: str, **data: str) -> tuple[int, str, dict[str, dict[str, str]]]:
    """Status, text and what the page is told."""
    answer = client.post(path, data, headers=PART)
    return answer.status_code, answer.content.decode(), json.loads(answer.headers.get("HX-Trigger", "{}"))


def row_of(company: Company, conversation_id: int) -> conversations.ConversationRow:
    """The conversation as its agent sees it."""
    return conversations.get_conversation(companies.viewer_of(company.agent), conversation_id).row


def seen(company: Company, conversation_id: int) -> str:
    """What a page of the conversation has in its composer."""
    row = row_of(company, conversation_id)
    return f"{row.last_message_id}.{row.last_in_id}"


def test_of_two_who_claim_one_wins_and_the_other_is_told_who(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    status, _, _ = post(client_of(company.colleague), f"/inbox/c/{conversation_id}/claim/")
    late, part, told = post(client_of(company.agent), f"/inbox/c/{conversation_id}/claim/")

    assert (status, late) == (200, 409)
    assert "Tom Adeyemi" in told["mc:toast"]["text"]
    assert "Tom" in part


def test_without_htmx_an_action_leads_back_to_the_conversation_and_says_what_happened(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    answer = client_of(company.agent).post(f"/inbox/c/{conversation_id}/claim/", follow=True)

    assert answer.redirect_chain[0][0].startswith(f"/inbox/c/{conversation_id}/")
    assert "It is yours." in answer.content.decode()


def test_resolving_can_be_undone(company: Company) -> None:
    client, conversation_id = client_of(company.agent), first_conversation(company.agent)

    _, _, told = post(client, f"/inbox/c/{conversation_id}/resolve/")
    assert row_of(company, conversation_id).state == "resolved"

    post(client, told["mc:toast"]["undo"])
    assert row_of(company, conversation_id).state == "open"


def test_resolve_and_next_tells_the_page_to_go_on(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    _, _, told = post(client_of(company.agent), f"/inbox/c/{conversation_id}/resolve/", then="next")

    assert "mc:inbox.next" in told


def test_a_snoozed_conversation_says_when_it_comes_back(company: Company, now: datetime) -> None:
    conversation_id = first_conversation(company.agent)

    until = (now + timedelta(hours=3)).isoformat()
    _, part, _ = post(client_of(company.agent), f"/inbox/c/{conversation_id}/snooze/", until=until)

    assert row_of(company, conversation_id).state == "snoozed"
    assert "Comes back" in part


@pytest.mark.parametrize("until", ["", "yesterday", "2020-01-01T00:00:00Z", "2999-01-01T00:00"])
def test_a_snooze_to_no_good_time_is_refused_in_words(company: Company, until: str) -> None:
    conversation_id = first_conversation(company.agent)

    status, _, told = post(client_of(company.agent), f"/inbox/c/{conversation_id}/snooze/", until=until)

    assert status == 409
    assert told["mc:toast"]["kind"] == "error"
    assert row_of(company, conversation_id).state == "open"


def test_what_is_handed_to_a_queue_of_others_is_gone_and_the_page_says_so(company: Company, now: datetime) -> None:
    from midchannel.inside.service.models import Queue

    other = Queue.objects.create(name="Back office", team=company.back_office, created_at=now)
    conversation_id = first_conversation(company.agent)

    _, part, _ = post(client_of(company.agent), f"/inbox/c/{conversation_id}/assign/", to=f"queue-{other.pk}")

    assert "Handed over" in part
    assert client_of(company.agent).get(f"/inbox/c/{conversation_id}/").status_code == 404
    assert client_of(company.outsider).get(f"/inbox/c/{conversation_id}/").status_code == 200


def test_it_is_handed_to_a_colleague(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    post(client_of(company.agent), f"/inbox/c/{conversation_id}/assign/", to=f"person-{company.colleague.pk}")

    assert row_of(company, conversation_id).owner_id == company.colleague.pk


def test_spam_and_block_keep_away_and_come_back(company: Company) -> None:
    client, conversation_id = client_of(company.agent), first_conversation(company.agent)

    _, _, told = post(client, f"/inbox/c/{conversation_id}/block/")
    assert row_of(company, conversation_id).is_blocked
    assert row_of(company, conversation_id).state == "spam"

    post(client, told["mc:toast"]["undo"])
    assert not row_of(company, conversation_id).is_blocked


def test_a_reply_is_on_its_way_and_can_be_taken_back_into_the_composer(company: Company) -> None:
    client, conversation_id = client_of(company.agent), first_conversation(company.agent)

    status, part, told = post(
        client,
        f"/inbox/c/{conversation_id}/reply/",
        text="On its way.",
        client_id="k1",
        last_seen=seen(company, conversation_id),
    )
    assert status == 200
    assert "On its way.</textarea>" not in part

    _, back, _ = post(client, told["mc:toast"]["undo"])
    assert "On its way.</textarea>" in back
    assert "On its way.</textarea>" in client.get(f"/inbox/c/{conversation_id}/").content.decode()


def test_the_same_form_sent_twice_is_one_message(company: Company) -> None:
    client, conversation_id = client_of(company.agent), first_conversation(company.agent)

    for _ in range(2):
        post(
            client,
            f"/inbox/c/{conversation_id}/reply/",
            text="Once.",
            client_id="k1",
            last_seen=seen(company, conversation_id),
        )

    window = conversations.list_messages(companies.viewer_of(company.agent), conversation_id)
    assert [m.text for m in window.items if m.direction == "out"] == ["Once."]


def test_a_stale_reply_is_held_with_what_is_new_and_the_text_stays(company: Company, now: datetime) -> None:
    client, conversation_id = client_of(company.agent), first_conversation(company.agent)
    before = seen(company, conversation_id)
    companies.say(company, company.chat, "Found it!", by="Ana Lima", at=now + timedelta(seconds=3))
    companies.hear(now=now + timedelta(seconds=3))

    status, part, _ = post(
        client, f"/inbox/c/{conversation_id}/reply/", text="Still looking.", client_id="k1", last_seen=before
    )

    assert status == 200
    assert "composer-held" in part
    assert "Found it!" in part
    assert "Still looking.</textarea>" in part
    assert "Send anyway" in part


def test_an_empty_reply_is_refused_and_the_note_beside_it_is_kept(company: Company) -> None:
    client, conversation_id = client_of(company.agent), first_conversation(company.agent)

    status, part, _ = post(
        client, f"/inbox/c/{conversation_id}/reply/", text=" ", client_id="k1", last_seen=seen(company, conversation_id)
    )

    assert status == 422
    assert "composer-held" in part


def test_a_draft_is_kept_on_the_server_for_its_author_alone(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    post(client_of(company.agent), f"/inbox/c/{conversation_id}/draft/", text="Half a sente", last_seen="1.")

    assert "Half a sente</textarea>" in client_of(company.agent).get(f"/inbox/c/{conversation_id}/").content.decode()
    assert "Half a sente" not in client_of(company.colleague).get(f"/inbox/c/{conversation_id}/").content.decode()


def test_a_question_to_a_colleague_of_another_team_opens_the_conversation_to_them(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    _, _, told = post(
        client_of(company.agent), f"/inbox/c/{conversation_id}/note/", note="@kim-sato where is this card?"
    )

    assert "1 colleague was asked." in told["mc:toast"]["text"]
    page = client_of(company.outsider).get(f"/inbox/c/{conversation_id}/").content.decode()
    assert "bubble-internal" in page
    assert "asks you:" in page
    notices = client_of(company.outsider).get("/notices/").content.decode()
    assert "Mia Berg asks you" in notices


def test_the_question_is_open_until_it_is_answered(company: Company) -> None:
    conversation_id = first_conversation(company.agent)
    post(client_of(company.agent), f"/inbox/c/{conversation_id}/note/", note="@kim-sato where is this card?")

    post(client_of(company.outsider), f"/inbox/c/{conversation_id}/note/", note="In Porto.")

    page = client_of(company.agent).get(f"/inbox/c/{conversation_id}/").content.decode()
    assert "In Porto." in page
    assert "You wait for an answer" not in page
    assert "Answered" in page


def test_an_unknown_mention_is_told(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    _, _, told = post(client_of(company.agent), f"/inbox/c/{conversation_id}/note/", note="@nobody-here look")

    assert "@nobody-here" in told["mc:toast"]["text"]


def test_canned_replies_are_offered_filled_in(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    part = client_of(company.agent).get(f"/inbox/canned/?c={conversation_id}&q=car", headers=PART).content.decode()

    assert "::card" in part
    assert 'data-insert="Hello Ana,' in part
    assert "::thanks" not in part


def test_colleagues_are_offered_by_any_part_of_their_name(company: Company) -> None:
    part = client_of(company.agent).get("/inbox/people/?q=sat", headers=PART).content.decode()

    assert 'data-insert="@kim-sato "' in part


def test_presence_shows_to_others_and_reads_what_was_seen(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    post(
        client_of(company.agent),
        f"/inbox/c/{conversation_id}/presence/",
        mode="typing",
        seen=seen(company, conversation_id),
    )

    page = client_of(company.colleague).get(f"/inbox/c/{conversation_id}/").content.decode()
    assert "Mia Berg is writing here right now." in page
    assert not row_of(company, conversation_id).is_unread


def test_a_guest_may_write_a_note_and_not_a_reply(company: Company, now: datetime) -> None:
    conversation_id = first_conversation(company.agent)
    ask.ask(companies.viewer_of(company.agent), "conversation", conversation_id, text="@kim-sato ?", now=now)

    page = client_of(company.outsider).get(f"/inbox/c/{conversation_id}/").content.decode()

    assert 'data-mode="note"' in page


def test_a_failed_message_is_tried_again_by_hand_only_when_it_failed(company: Company, now: datetime) -> None:
    conversation_id = first_conversation(company.agent)
    row = row_of(company, conversation_id)
    sent = reply.send(
        companies.viewer_of(company.agent),
        conversation_id,
        text="Hello",
        client_key="k",
        saw_message_id=row.last_message_id,
        saw_in_id=row.last_in_id,
        now=now,
    )
    assert isinstance(sent, reply.Sent)

    status, _, told = post(client_of(company.agent), f"/inbox/m/{sent.message_id}/retry/")

    assert status == 204
    assert told["mc:toast"]["kind"] == "error"
