"""What is said with every answer."""

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.utils import timezone

from midchannel.web.frame import middleware


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(timezone.get_current_timezone_name())


def test_the_policy_allows_no_inline_code_and_nothing_from_elsewhere() -> None:
    response = middleware.SecurityPolicy(answer)(RequestFactory().get("/"))

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_view_may_be_stricter_and_a_stream_gets_the_policy_too() -> None:
    def download(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse([b"x"], headers={"Content-Security-Policy": "sandbox"})

    response = middleware.SecurityPolicy(download)(RequestFactory().get("/"))

    assert response.headers["Content-Security-Policy"] == "sandbox"


def test_caches_keep_a_page_and_its_parts_apart() -> None:
    assert "HX-Request" in middleware.SecurityPolicy(answer)(RequestFactory().get("/")).headers["Vary"]


@pytest.mark.parametrize(
    ("cookie", "zone"),
    [
        ("Asia/Kathmandu", "Asia/Kathmandu"),
        ("Asia%2FKathmandu", "Asia/Kathmandu"),
        ("../../etc/passwd", "UTC"),
        ("/etc/passwd", "UTC"),
        ("Nowhere/Land", "UTC"),
        ("x" * 500, "UTC"),
        ("", "UTC"),
    ],
)
def test_times_are_in_the_readers_zone_and_a_wrong_one_is_ignored(cookie: str, zone: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["tz"] = cookie

    assert middleware.ReaderZone(answer)(request).content.decode() == zone  # type: ignore[attr-defined]
    assert timezone.get_current_timezone_name() == "UTC"
