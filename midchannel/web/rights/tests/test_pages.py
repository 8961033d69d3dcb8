"""The pages of consent, requests and retention."""

from datetime import timedelta

import pytest
from django.test import Client

from midchannel.middle.consents import actions as consents
from midchannel.middle.consents import queries
from midchannel.middle.consents.actions import requesting
from midchannel.middle.conversations.models import Conversation
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers.models import SourceRecord
from midchannel.outside.channels.models import Handle
from midchannel.platform import clock
from midchannel.platform.audit.actions import Actor
from midchannel.usecases import improve, measure
from tests import company as companies
from tests.company import Company
from tests.usecases.erasing import work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    now = clock.now()
    company = companies.make_company(now=now)
    companies.say(company, company.chat, "Where is my <b>card</b>?", by="Ana Lima", at=now)
    companies.say(company, company.chat, "And mine?", by="Bruno Keller", at=now)
    companies.hear(now=now)
    return company


def customer(name: str) -> int:
    return SourceRecord.objects.get(name=name).customer_id


def page(user: object, path: str, **headers: str) -> str:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    response = client.get(path, headers=headers)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def post(user: object, path: str, **fields: str) -> int:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client.post(path, fields).status_code


def test_the_tab_says_what_holds_and_why(company: Company) -> None:
    ana = customer("Ana Lima")

    html = page(company.agent, f"/customers/{ana}/rights/")

    assert "Nobody has said yes." in html
    assert "this needs no yes" in html
    assert "Erase" not in html


def test_somebody_writes_down_what_they_said_with_proof(company: Company) -> None:
    ana = SourceRecord.objects.get(name="Ana Lima")

    done = post(
        company.agent,
        f"/customers/{ana.customer_id}/rights/say/",
        purpose="marketing",
        state="granted",
        record=str(ana.pk),
        how="said",
        network="",
        proof="<i>yes</i> on the phone",
    )

    html = page(company.agent, f"/customers/{ana.customer_id}/rights/")
    assert done == 302
    assert queries.may(None, ana.customer_id, purpose="marketing")
    assert "&lt;i&gt;yes" in html or "<i>yes" not in html
    assert "by word of mouth" in html


def test_after_a_link_the_page_asks_to_confirm(company: Company) -> None:
    ana, bruno = (SourceRecord.objects.get(name=name) for name in ("Ana Lima", "Bruno Keller"))
    for record, state in ((ana, "granted"), (bruno, "withdrawn")):
        consents.record_consent(Actor("form"), record.pk, purpose="marketing", state=state, how="form", now=clock.now())
    customers.link_customers(
        companies.viewer_of(company.lead), bruno.customer_id, into_id=ana.customer_id, now=clock.now()
    )

    assert "Confirm yes" in page(company.agent, f"/customers/{ana.customer_id}/rights/")
    post(company.agent, f"/customers/{ana.customer_id}/rights/confirm/", purpose="marketing", state="granted")

    html = page(company.agent, f"/customers/{ana.customer_id}/rights/")
    assert "A colleague confirmed this" in html
    assert "Confirm yes" not in html


def test_a_lead_exports_and_the_zip_is_theirs_alone(company: Company) -> None:
    ana = customer("Ana Lima")
    assert post(company.agent, f"/customers/{ana}/rights/export/") == 403
    assert post(company.lead, f"/customers/{ana}/rights/export/") == 302
    request = queries.list_requests(companies.viewer_of(company.lead)).items[0]
    work(clock.now())

    assert "Download the ZIP" in page(company.lead, f"/rights/{request.id}/")
    client = Client()
    client.force_login(company.lead)
    response = client.get(f"/rights/{request.id}/download/")
    assert b"".join(response.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment")
    client.force_login(company.agent)
    assert client.get(f"/rights/{request.id}/download/").status_code == 403


def test_erasing_shows_what_goes_and_asks_first(company: Company) -> None:
    ana = customer("Ana Lima")

    html = page(company.lead, f"/customers/{ana}/rights/erase/")
    assert "still open" in html
    assert post(company.lead, f"/customers/{ana}/rights/erase/", when="now") == 422
    assert post(company.lead, f"/customers/{ana}/rights/erase/", when="now", sure="yes") == 302

    request = queries.list_requests(companies.viewer_of(company.lead)).items[0]
    work(clock.now())
    html = page(company.lead, f"/rights/{request.id}/")
    assert "signed by this installation" in html
    assert "Ana Lima" not in html
    for form in ("html", "json"):
        assert "Ana" not in page(company.lead, f"/rights/{request.id}/certificate.{form}")
    assert "Done" in page(company.lead, "/rights/")
    assert not SourceRecord.objects.filter(name="Ana Lima").exists()


def test_a_waiting_erasure_is_taken_back(company: Company) -> None:
    ana = customer("Ana Lima")
    post(company.lead, f"/customers/{ana}/rights/erase/", when="tomorrow", sure="yes")
    request = queries.list_requests(companies.viewer_of(company.lead)).items[0]
    assert "Until then it can be taken back" in page(company.lead, f"/rights/{request.id}/")

    assert post(company.lead, f"/rights/{request.id}/withdraw/") == 302

    assert "It was taken back" in page(company.lead, f"/rights/{request.id}/")
    assert page(company.lead, f"/customers/{ana}/rights/").count("Taken back") == 1


def test_retention_shows_what_would_go_before_it_is_switched_on(company: Company) -> None:
    html = page(company.administrator, "/rights/retention/", HX_Request="true")
    assert html.count("Kept for good") == 7
    line = page(company.administrator, "/rights/retention/?kind=overheard&days=30", **{"HX-Request": "true"})
    assert line.strip() == "Nothing would go at 30 days."

    assert post(company.administrator, "/rights/retention/overheard/", days="30", change="on") == 302
    assert "Switch off" in page(company.administrator, "/rights/retention/")
    assert post(company.lead, "/rights/retention/overheard/", days="30", change="on") == 403


def test_nobody_has_asked_yet(company: Company) -> None:
    assert "Nobody has asked yet" in page(company.lead, "/rights/")


def test_a_request_that_is_late_says_by_how_much(company: Company) -> None:
    then = clock.now() - timedelta(days=45)
    requesting.open_request(companies.viewer_of(company.lead), customer("Ana Lima"), kind="access", now=then)

    assert "days late · due" in page(company.administrator, "/rights/")


def test_what_is_left_of_a_shared_conversation_and_of_an_improvement_can_be_looked_at(company: Company) -> None:
    now = clock.now()
    begun = companies.say(company, company.public, "Please add dark mode", by="Greta Lindqvist", at=now)
    companies.say(company, company.public, "Yes, please", by="Hugo Marchand", at=now, reply_to=begun)
    companies.hear(now=now)
    lead = companies.viewer_of(company.lead)
    shared = Conversation.objects.get(channel_id=company.public.pk)
    own = Conversation.objects.get(handle_id=Handle.objects.get(name="Ana Lima").pk)
    improvement = improve.begin(lead, "Dark mode", conversation_id=shared.pk, now=now)
    improve.tie(lead, own.pk, improvement, now)
    for name in ("Greta Lindqvist", "Ana Lima"):
        requesting.open_request(lead, customer(name), kind="erasure", at_once=True, now=now)
    work(clock.now())
    measure.project_facts(now=clock.now())

    thread = page(company.agent, f"/inbox/c/{shared.pk}/")
    assert "Yes, please" in thread
    assert "Please add dark mode" not in thread
    for address in (
        "/inbox/",
        "/customers/",
        f"/improvements/{improvement}/",
        "/measures/",
        "/measures/rows/?measure=messages",
    ):
        client = Client()
        client.force_login(company.lead)
        response = client.get(address)
        assert response.status_code in {200, 404}, address
        assert "Greta" not in response.content.decode()
        assert "Ana Lima" not in response.content.decode()
