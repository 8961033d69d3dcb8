"""Search over what was said."""

from datetime import UTC, datetime, timedelta

import pytest

from midchannel.middle.conversations.queries import searching
from midchannel.middle.conversations.queries.searching import excerpt, search_texts
from midchannel.platform.database.bulk import execute, fetch
from tests import company as companies

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> companies.Company:
    company = companies.make_company(now=NOW)
    for number, text in enumerate(companies.TEXTS):
        moment = NOW + timedelta(minutes=number)
        companies.say(company, company.chat, text, by=companies.PEOPLE[number % 8], at=moment)
        companies.hear(now=moment)
    return company


def found(company: companies.Company, text: str, *, is_unfinished: bool = False) -> list[str]:
    hits = search_texts(companies.viewer_of(company.agent), text, is_unfinished=is_unfinished).items
    return [f"{hit.before}[{hit.match}]{hit.after}"[:40] for hit in hits]


def test_all_words_must_stand_in_it_newest_first(company: companies.Company) -> None:
    assert len(found(company, "the")) > len(found(company, "the app")) == 2
    ids = [hit.message_id for hit in search_texts(companies.viewer_of(company.agent), "the").items]
    assert ids == sorted(ids, reverse=True)


def test_a_phrase_in_quotes_stands_together(company: companies.Company) -> None:
    assert found(company, '"apple pay"') == ["Do you support [Apple] Pay in Estonia?"]
    assert found(company, '"pay apple"') == []


def test_an_unfinished_word_finds_what_begins_like_it(company: companies.Company) -> None:
    assert found(company, "esto", is_unfinished=True) == ["Do you support Apple Pay in [Estonia]?"]
    assert found(company, "esto") == []


@pytest.mark.parametrize("text", ["", "x", "!", "& | !", "''", "' OR 1=1", "-", '"', "\\", "a:*b", "😀😀"])
def test_any_text_is_only_a_text(company: companies.Company, text: str) -> None:
    assert found(company, text) == []
    found(company, text, is_unfinished=True)


def test_what_was_answered_is_found_too(company: companies.Company) -> None:
    conversation_id, message_id = fetch("SELECT conversation_id, id FROM message ORDER BY id LIMIT 1")[0]
    execute(
        "INSERT INTO message (id, conversation_id, author_id, direction, audience, body) VALUES (%s, %s, %s, 2, 2, %s)",
        [message_id + 5, conversation_id, company.agent.pk, "We apologise for the zeppelin"],
    )

    (hit,) = search_texts(companies.viewer_of(company.agent), "zeppelin").items

    assert (hit.is_ours, hit.conversation_id, hit.match) == (True, conversation_id, "zeppelin")


def test_an_edited_message_is_found_by_its_new_words(company: companies.Company) -> None:
    activity_id = fetch("SELECT id FROM activity ORDER BY id LIMIT 1")[0][0]
    execute("UPDATE activity SET flags = flags | 16 WHERE id = %s", [activity_id])
    execute(
        "INSERT INTO activity_version (id, activity_id, at, deleted, text) VALUES (%s, %s, %s, false, 'A dirigible')",
        [activity_id + 9, activity_id, NOW],
    )

    assert found(company, "dirigible") == ["A [dirigible]"]


def test_another_teams_agent_finds_nothing(company: companies.Company) -> None:
    hits = search_texts(companies.viewer_of(company.outsider), "the")

    assert (hits.items, hits.next_cursor) == ([], None)


def test_pages_join_without_gap_or_repeat(company: companies.Company) -> None:
    viewer = companies.viewer_of(company.agent)
    whole = [hit.message_id for hit in search_texts(viewer, "the", limit=50).items]

    pages, cursor = [], None
    while True:
        page = search_texts(viewer, "the", cursor, limit=2)
        pages += [hit.message_id for hit in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert pages == whole


def test_a_frequent_word_is_found_slice_by_slice(company: companies.Company, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = companies.viewer_of(company.agent)
    whole = [hit.message_id for hit in search_texts(viewer, "the", limit=50).items]
    ids = [row[0] for row in fetch("SELECT id FROM activity ORDER BY id DESC")]
    monkeypatch.setattr(searching, "_cuts", lambda query, below, limit: [i for i in [*ids[::2], 0] if i < below])
    monkeypatch.setattr(searching, "SLICES", 3)

    pages, cursor, turns = [], None, 0
    while True:
        page = search_texts(viewer, "the", cursor, limit=3)
        pages += [hit.message_id for hit in page.items]
        cursor, turns = page.next_cursor, turns + 1
        if cursor is None or turns > 50:
            break

    assert pages == whole


def test_more_candidates_than_one_look_takes_are_all_found(company: companies.Company) -> None:
    seen = companies.viewer_of(company.agent)
    whole = [hit.message_id for hit in search_texts(seen, "the", limit=50).items]
    execute("UPDATE conversation SET scope_id = %s WHERE mod(id >> 20, 3) <> 0", [company.back_office.scope_id])
    mine = {
        row[0]
        for row in fetch(
            "SELECT m.id FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE c.scope_id = %s",
            [company.service.scope_id],
        )
    }

    pages, cursor = [], None
    while True:
        page = search_texts(seen, "the", cursor, limit=1)
        pages += [hit.message_id for hit in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert pages == [message_id for message_id in whole if message_id in mine]


@pytest.mark.parametrize(
    ("text", "words", "parts"),
    [
        ("one two three", ["two"], ("one ", "two", " three")),
        ("one", ["none"], ("", "", "one")),
        ("x" * 100 + " word", ["word"], ("…" + "x" * 59 + " ", "word", "")),
        ("a\n\nword", ["word"], ("a ", "word", "")),
    ],
)
def test_the_words_around_the_match_are_shown(text: str, words: list[str], parts: tuple[str, str, str]) -> None:
    assert excerpt(text, words) == parts
