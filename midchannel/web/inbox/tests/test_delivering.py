"""What became of a reply, as the thread shows it; and files on their way in and out."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from midchannel.middle.conversations import queries as conversations
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import vocabulary
from midchannel.outside.networks.simulator.models import Trouble, World
from midchannel.platform import clock
from midchannel.platform.files import actions as files
from midchannel.usecases import deliver
from midchannel.web.inbox.tests.conftest import PART, client_of, first_conversation
from tests import company as companies
from tests.company import Company


def reply(company: Company, conversation_id: int, text: str, **more: object) -> int:
    """Send a reply by the form. Returns the status."""
    row = conversations.get_conversation(companies.viewer_of(company.agent), conversation_id).row
    form = {"text": text, "client_id": "k", "last_seen": f"{row.last_message_id}.{row.last_in_id}", **more}
    return client_of(company.agent).post(f"/inbox/c/{conversation_id}/reply/", form, headers=PART).status_code


def send_all() -> None:
    """The worker, a minute later."""
    while deliver.send_due(clock.now() + timedelta(minutes=1)):
        pass


def page_of(company: Company, conversation_id: int) -> str:
    """The conversation's page."""
    return client_of(company.agent).get(f"/inbox/c/{conversation_id}/").content.decode()


def test_a_reply_waits_then_is_received(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    reply(company, conversation_id, "It is on its way.")
    assert "Waiting to be sent" in page_of(company, conversation_id)

    send_all()
    assert "delivery-confirmed" in page_of(company, conversation_id)


def test_a_refused_reply_says_why_and_is_tried_again_by_a_click(company: Company) -> None:
    conversation_id = first_conversation(company.agent)
    World.objects.update(trouble=Trouble.REFUSE_FOR_GOOD)
    reply(company, conversation_id, "It is on its way.")
    send_all()

    page = page_of(company, conversation_id)
    assert "delivery-failed" in page
    assert "the author takes no answers" in page

    World.objects.update(trouble=Trouble.NONE)
    retry = page.split('hx-post="/inbox/m/')[1].split('"')[0]
    assert retry.endswith("/retry/")
    client_of(company.agent).post(f"/inbox/m/{retry}", headers=PART)
    send_all()
    assert "delivery-confirmed" in page_of(company, conversation_id)


def test_a_lost_receipt_is_shown_as_unknown_and_explained(company: Company) -> None:
    conversation_id = first_conversation(company.agent)
    World.objects.update(trouble=Trouble.LOSE_BOTH)
    reply(company, conversation_id, "It is on its way.")
    deliver.send_due(clock.now() + timedelta(minutes=1))

    page = page_of(company, conversation_id)

    assert "It is not known whether this was sent" in page


@pytest.fixture
def with_file(company: Company, now: datetime) -> tuple[Company, int]:
    """Ana has sent a picture."""
    kept = files.keep(b"<script>alert(1)</script>", media_type="text/html", now=now)
    document = vocabulary.Document(
        id="https://simulator.example/file#create",
        actor=vocabulary.Actor(id="ana.lima@simulator.example", name="Ana Lima"),
        object=vocabulary.Object(
            id="https://simulator.example/file",
            content="See this.",
            published=now,
            attachment=[
                vocabulary.Attachment(name="letter.html", media_type="text/html", sha256=kept.sha256, size_bytes=25)
            ],
        ),
        published=now,
        audience="private",
    )
    channels.receive(company.chat.pk, [vocabulary.encode(document)], now=now + timedelta(seconds=1))
    companies.hear(now=now + timedelta(seconds=1))
    return company, first_conversation(company.agent)


def test_a_strangers_file_can_only_be_saved(with_file: tuple[Company, int]) -> None:
    company, conversation_id = with_file
    href = page_of(company, conversation_id).split('class="attachment" href="')[1].split('"')[0]

    answer = client_of(company.agent).get(href)

    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_is_seen_by_those_who_see_its_conversation_alone(with_file: tuple[Company, int]) -> None:
    company, conversation_id = with_file
    href = page_of(company, conversation_id).split('class="attachment" href="')[1].split('"')[0]

    assert client_of(company.outsider).get(href).status_code == 404
    assert client_of(company.agent).get(href.replace("/0/", "/7/")).status_code == 404


def test_a_file_goes_out_with_a_reply(company: Company) -> None:
    conversation_id = first_conversation(company.agent)

    status = reply(company, conversation_id, "The form.", files=SimpleUploadedFile("form.txt", b"Name:", "text/plain"))

    assert status == 200
    assert "form.txt" in page_of(company, conversation_id)


def test_too_many_files_are_refused_and_the_text_is_kept(company: Company) -> None:
    conversation_id = first_conversation(company.agent)
    many = [SimpleUploadedFile(f"{number}.txt", b"x", "text/plain") for number in range(11)]

    assert reply(company, conversation_id, "The forms.", files=many) == 422


def test_whoever_asked_may_say_that_no_answer_is_needed(company: Company) -> None:
    conversation_id = first_conversation(company.agent)
    client = client_of(company.agent)
    client.post(f"/inbox/c/{conversation_id}/note/", {"note": "@kim-sato where is it?"}, headers=PART)
    page = page_of(company, conversation_id)
    href = page.split("/questions/")[1].split('"')[0]

    client.post(f"/inbox/c/{conversation_id}/questions/{href}", headers=PART)

    assert "You wait for an answer" not in page_of(company, conversation_id)
