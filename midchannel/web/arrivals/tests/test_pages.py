"""Arrivals, through its pages."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from midchannel.outside.channels import actions, queries
from midchannel.platform.accounts.models import User
from midchannel.platform.audit.models import Entry
from midchannel.platform.database.bulk import execute
from midchannel.usecases import arrive
from tests import company as companies

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
GOOD = b'{"type":"Create","actor":"ana@x.example","object":{"type":"Note","id":"n-1","content":"Hello"}}'

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> companies.Company:
    return companies.make_company(now=NOW)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def parked_id(company: companies.Company) -> int:
    return queries.list_parked(companies.viewer_of(company.lead)).items[0].id


def test_the_equation_is_shown_and_holds(company: companies.Company) -> None:
    actions.receive(company.chat.pk, [GOOD, GOOD, b"{"], now=NOW)

    page = browser(company.lead).get("/arrivals/").content.decode()
    part = browser(company.lead).get("/arrivals/counts/", headers={"HX-Request": "true"}).content.decode()

    assert "It all adds up" in page
    assert "3 received are 0 applied, 1 duplicate, 1 parked and 1 waiting" in page
    assert "<html" not in part
    assert "1 waiting" in part


def test_a_broken_equation_is_alarmed(company: companies.Company) -> None:
    actions.receive(company.chat.pk, [GOOD], now=NOW)
    execute("UPDATE channel_count SET received = received + 2")

    page = browser(company.lead).get("/arrivals/").content.decode()

    assert 'role="alert"' in page
    assert "2 are missing." in page
    assert "It all adds up" not in page


def test_agents_have_no_arrivals(company: companies.Company) -> None:
    actions.receive(company.chat.pk, [b"{"], now=NOW)
    client, one = browser(company.agent), parked_id(company)

    for address in ("/arrivals/", "/arrivals/parked/", f"/arrivals/parked/{one}/", f"/arrivals/parked/{one}/raw/"):
        assert client.get(address).status_code == 403
    assert client.post(f"/arrivals/parked/{one}/replay/").status_code == 403
    assert client.post("/arrivals/parked/replay/").status_code == 403


def test_what_a_stranger_sent_is_shown_and_does_nothing(company: companies.Company) -> None:
    actions.receive(company.chat.pk, [b'{"type":"<script>alert(1)</script>\\u0000"'], now=NOW)
    client, one = browser(company.lead), parked_id(company)

    page = client.get(f"/arrivals/parked/{one}/").content.decode()
    saved = client.get(f"/arrivals/parked/{one}/raw/")

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert saved.content == b'{"type":"<script>alert(1)</script>\\u0000"'
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in saved.headers["Content-Security-Policy"]


def test_what_is_mended_is_replayed_and_counts(company: companies.Company) -> None:
    actions.receive(company.chat.pk, [b"{"], now=NOW)
    client, one = browser(company.lead), parked_id(company)
    still = client.post(f"/arrivals/parked/{one}/replay/", follow=True).content.decode()
    execute("UPDATE parked SET raw = %s", [GOOD])

    client.post(f"/arrivals/parked/{one}/replay/")
    while arrive.apply_waiting(now=NOW):
        pass

    (count,) = [c for c in queries.count_arrivals(companies.viewer_of(company.lead)) if c.name == "Chat"]
    assert "still cannot be applied" in still
    assert (count.received, count.applied, count.parked) == (1, 1, 0)
    assert count.holds
    assert list(Entry.objects.filter(action="parked.replay").values_list("details__outcome", flat=True)) == [
        "parked",
        "accepted",
    ]


def test_all_of_one_reason_are_replayed_together(company: companies.Company) -> None:
    actions.receive(company.chat.pk, [b"{", b"[", b"nope", b'{"type":"Create","actor":"a"}'], now=NOW)
    client = browser(company.lead)
    page = client.get("/arrivals/parked/?code=not-json").content.decode()

    told = client.post("/arrivals/parked/replay/", {"code": "not-json"}, follow=True).content.decode()

    assert "Replay all 3" in page or "Replay all 2" in page
    assert "parked" in told
    assert client.post("/arrivals/parked/999999999/replay/", headers={"HX-Request": "true"}).status_code == 404


def test_the_parked_are_read_on_by_key(company: companies.Company) -> None:
    for number in range(60):
        actions.receive(company.chat.pk, [b"{" + str(number).encode()], now=NOW)
    client = browser(company.lead)

    first = client.get(f"/arrivals/parked/?channel={company.chat.pk}").content.decode()
    cursor = first.partition("cursor=")[2].partition('"')[0]
    rest = client.get(f"/arrivals/parked/?cursor={cursor}", headers={"HX-Request": "true"}).content.decode()

    assert first.count("/replay/") == 51
    assert rest.count("/replay/") == 10
    assert "<html" not in rest


def test_nothing_parked_and_nothing_imported_have_their_pages(company: companies.Company) -> None:
    client = browser(company.lead)

    assert "Nothing is parked" in client.get("/arrivals/parked/").content.decode()
    assert "for this reason" in client.get("/arrivals/parked/?code=shape").content.decode()
    assert client.get("/arrivals/imports/").status_code == 403


def test_the_page_takes_the_same_queries_however_many_channels_there_are(
    company: companies.Company, django_assert_max_num_queries: object
) -> None:
    client = browser(company.lead)
    for number in range(20):
        companies.open_channel(f"Channel {number}", company.queue, is_public=True, now=NOW)

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get("/arrivals/")
