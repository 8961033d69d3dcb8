"""Every component renders, escapes what strangers wrote, and obeys the security policy."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

import midchannel.web
from midchannel.web.components import records as r
from midchannel.web.components import words
from midchannel.web.design import sample, threads, views

NOW = datetime(2026, 11, 21, 22, 8, tzinfo=UTC)
WEB = Path(midchannel.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SPRITE = (WEB / "static/vendor/lucide/icons.svg").read_text()


def render(tag: str, **context: object) -> str:
    return Template("{% " + tag + " %}").render(Context(context))


def elements(markup: str) -> list[tuple[str, dict[str, str | None]]]:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(markup)
    return found


@pytest.fixture
def pages() -> list[str]:
    request = RequestFactory().get("/design/")
    return [view(request).content.decode() for view in (views.components, views.inbox, views.signin)]


def test_no_page_has_inline_script_or_style(pages: list[str]) -> None:
    for page in pages:
        for tag, attrs in elements(page):
            assert tag != "style"
            assert "style" not in attrs
            assert not [name for name in attrs if name.startswith(("on", "hx-on"))]
            assert tag != "script" or attrs.get("src")


def test_ids_are_unique_on_the_inbox(pages: list[str]) -> None:
    ids = [attrs["id"] for _tag, attrs in elements(pages[1]) if "id" in attrs]

    assert len(ids) == len(set(ids))


def test_every_button_link_and_picture_has_a_name(pages: list[str]) -> None:
    for page in pages:
        for tag, attrs in elements(page):
            if tag == "svg" and "icon" in (attrs.get("class") or ""):
                assert attrs.get("aria-hidden") or attrs.get("aria-label")


def test_what_strangers_wrote_is_escaped_in_rows_and_bubbles() -> None:
    shown = "".join(render("row item", item=row) for row in sample.rows(NOW)) + "".join(
        render("bubble item", item=b) for b in threads.thread(NOW)
    )

    assert "<script" not in shown
    assert "\u202e" not in shown
    assert "onerror" not in shown
    assert "tracker.example" not in shown


@pytest.mark.parametrize("audience", words.AUDIENCES)
def test_the_audience_is_said_by_a_word_and_not_by_colour_alone(audience: str) -> None:
    bubble = r.Bubble(id="1", author=sample.ANA, audience=audience, at=NOW, text="x")

    assert str(words.AUDIENCES[audience][0]) in render("bubble item", item=bubble)


@pytest.mark.parametrize("state", words.DELIVERIES)
def test_every_state_of_a_delivery_is_said_in_words(state: str) -> None:
    assert str(words.DELIVERIES[state][0]) in render("delivery item", item=r.Delivery(state=state))


def test_an_unknown_delivery_is_sent_again_only_knowingly() -> None:
    shown = render("delivery item", item=r.Delivery(state="unknown", retry="/x"))

    assert "Send again anyway" in shown
    assert 'hx-post="/x"' in shown


def test_a_blocked_channel_offers_a_note_and_no_reply() -> None:
    shown = render("composer item", item=threads.composer(blocked="The mailbox refuses our password."))

    assert "The mailbox refuses our password." in shown
    assert 'name="text"' not in shown
    assert 'name="note"' in shown


def test_a_held_reply_shows_what_is_new_and_keeps_what_was_written() -> None:
    held = r.Held(messages=(r.Bubble(id="9", author=sample.ANA, audience="private", at=NOW, text="<i>Stop</i>"),))

    shown = render("composer item", item=threads.composer(text="Dear Ana", held=held))

    assert "&lt;i&gt;Stop" in shown
    assert ">Dear Ana</textarea>" in shown


def test_a_late_clock_says_how_late_it_is_and_since_when() -> None:
    shown = render("clock item", item=r.Clock(name="First answer", due_at=datetime(2020, 1, 1, tzinfo=UTC)))

    assert "clock-late" in shown
    assert "d late" in shown


def test_an_age_has_the_exact_moment_behind_it() -> None:
    shown = render("age moment", moment=datetime.now(UTC) - timedelta(minutes=5))

    assert ">5m</time>" in shown
    assert 'title="' in shown


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_templates_name_only_icons_that_exist_and_have_no_inline_style(template: Path) -> None:
    text = template.read_text()

    for name in re.findall(r'{% icon "([\w-]+)"', text):
        assert f'id="{name}"' in SPRITE, name
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son\w+=|\shx-on|href=\"javascript:", text)
    assert "|safe" not in text
    assert "autoescape off" not in text


def test_icons_named_in_code_exist() -> None:
    named = {
        *words.NETWORK_ICONS.values(),
        *(i for _w, i in [*words.AUDIENCES.values(), *words.DELIVERIES.values(), *words.MOODS.values()]),
    }
    for path in WEB.rglob("*.py"):
        named |= set(re.findall(r'\bicon="([\w-]+)"', path.read_text()))

    assert [name for name in named if f'id="{name}"' not in SPRITE] == []


def test_every_error_page_says_what_to_do() -> None:
    for status in (400, 403, 404, 500, 503):
        response = views.error(RequestFactory().get("/x"), status)
        assert response.status_code == status
        assert "<h1>" in response.content.decode()


def test_an_error_for_a_part_of_a_page_is_a_part() -> None:
    response = views.error(RequestFactory().get("/x", headers={"HX-Request": "true"}), 404)

    assert "<html" not in response.content.decode()


def test_the_sign_in_form_ties_errors_to_fields() -> None:
    shown = views.signin(RequestFactory().get("/x")).content.decode()

    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_login_error"' in shown
    assert render_to_string("429.html")
