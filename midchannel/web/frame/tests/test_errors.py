"""Pages for what went wrong: they need nothing that may itself be broken."""

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.web.frame import errors
from tests import company as companies


def test_a_lost_database_is_said_to_be_that_and_asks_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(user: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(accounts, "has_people", lambda: gone(None))

    response = Client(raise_request_exception=False).get("/inbox/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "The database does not answer" in response.content.decode()


def test_the_page_for_a_fault_asks_nobody_anything() -> None:
    request = RequestFactory().get("/x")
    request.COOKIES["theme"] = "dark"

    response = errors.failed(request)

    assert response.status_code == 500
    assert 'data-theme="dark"' in response.content.decode()


@pytest.mark.django_db
def test_a_name_that_is_not_known_as_ours_says_what_to_set() -> None:
    page = Client().get("/", headers={"Host": "desk.example.com"})

    assert page.status_code == 400
    assert "MIDCHANNEL_ALLOWED_HOSTS" in page.content.decode()


@pytest.mark.django_db
def test_a_form_through_a_proxy_that_is_not_known_says_what_to_set() -> None:
    origin = {"Origin": "https://desk.example.com"}

    page = Client(enforce_csrf_checks=True).post("/first-run/", headers=origin)

    assert page.status_code == 403
    assert "MIDCHANNEL_TRUSTED_ORIGINS" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/inbox/?view=%00", "/inbox/?q=a%00", "/customers/?q=a%00", "/search/?q=%00x", "/listen/?q=%00", "/cases/?q=a%00"],
)
def test_a_sign_that_no_text_can_hold_is_no_fault_of_ours(address: str) -> None:
    company = companies.make_company(now=clock.now())
    client = Client()
    client.force_login(company.administrator)

    assert client.get(address).status_code in {200, 302, 400}
