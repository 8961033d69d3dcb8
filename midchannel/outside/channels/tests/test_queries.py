"""Reading what arrived, through the doors."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from midchannel.outside.channels import actions, queries
from midchannel.outside.channels.errors import ParkedNotFoundError
from midchannel.outside.channels.models import Channel
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.errors import NotFoundError
from midchannel.usecases import arrive

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LEAD = Viewer(1, "Lea", "lead", ())
AGENT = Viewer(2, "Ana", "agent", ())

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel() -> Channel:
    return Channel.objects.create(network="collector", name="Shop", created_at=NOW)


def post(number: int, text: str, **more: object) -> bytes:
    said = {"type": "Note", "id": f"https://n.example/{number}", "content": text, **more}
    return msgspec.json.encode({"type": "Create", "actor": "https://n.example/@ana", "object": said})


def bring(channel: Channel, *raws: bytes, now: datetime = NOW) -> None:
    actions.receive(channel.pk, raws, now=now)
    while arrive.apply_waiting(now=now):
        pass


def activity_ids() -> list[int]:
    return [row[0] for row in fetch("SELECT id FROM activity ORDER BY id")]


def test_an_activity_is_read_in_its_newest_version(channel: Channel) -> None:
    bring(channel, post(1, "<p>First &amp; only</p>"))
    bring(channel, post(1, "Changed my mind"), now=NOW + timedelta(minutes=5))
    (identifier,) = activity_ids()

    said = queries.get_activities([identifier])[identifier]

    assert (said.text, said.html, said.versions) == ("Changed my mind", "", 1)
    assert said.edited_at is not None
    assert said.deleted_at is None
    assert [v.text for v in queries.list_versions(identifier)] == ["First & only", "Changed my mind"]


def test_what_its_author_deleted_has_no_words_and_no_original(channel: Channel) -> None:
    bring(channel, post(1, "Oh no"))
    bring(channel, b'{"type":"Delete","object":"https://n.example/1"}', now=NOW + timedelta(minutes=5))
    (identifier,) = activity_ids()

    said = queries.get_activities([identifier])[identifier]

    assert said.text == ""
    assert said.deleted_at is not None
    with pytest.raises(NotFoundError):
        queries.get_original(identifier)


def test_html_and_files_are_told_apart_from_the_text(channel: Channel) -> None:
    file = {"type": "Document", "name": "bill.pdf", "mediaType": "application/pdf", "mc:sha256": "ab", "mc:size": 7}
    bring(channel, post(1, "<p>See <b>this</b></p>", attachment=[file]))
    (identifier,) = activity_ids()

    said = queries.get_activities([identifier])[identifier]

    assert said.html == "<p>See <b>this</b></p>"
    assert said.text == "See this"
    assert [(f.name, f.sha256, f.size_bytes) for f in said.files] == [("bill.pdf", "ab", 7)]


def test_many_activities_are_read_with_two_queries(channel: Channel, django_assert_num_queries: object) -> None:
    bring(channel, *[post(n, f"text {n}") for n in range(20)])
    bring(channel, post(3, "other"), now=NOW + timedelta(minutes=1))

    wanted = activity_ids()
    with django_assert_num_queries(2):  # type: ignore[operator]
        found = queries.get_activities(wanted)

    assert len(found) == 20


def test_the_original_is_the_document_as_it_arrived(channel: Channel) -> None:
    raws = [post(n, f"text {n}") for n in range(3)]
    bring(channel, *raws)

    assert [queries.get_original(identifier) for identifier in activity_ids()] == raws


def test_the_equation_holds_at_every_moment(channel: Channel) -> None:
    actions.receive(channel.pk, [post(1, "a"), post(1, "a"), b"{", post(2, "b")], now=NOW)
    before = queries.count_arrivals(LEAD)[0]
    while arrive.apply_waiting(now=NOW):
        pass
    after = queries.count_arrivals(LEAD)[0]

    assert (before.received, before.applied, before.duplicate, before.parked, before.waiting) == (4, 0, 1, 1, 2)
    assert before.oldest_waiting_at == NOW
    assert (after.received, after.applied, after.duplicate, after.parked, after.waiting) == (4, 2, 1, 1, 0)
    assert before.holds
    assert after.holds


def test_a_broken_equation_is_told(channel: Channel) -> None:
    bring(channel, post(1, "a"))
    fetch("UPDATE channel_count SET applied = applied - 1 RETURNING 1")

    count = queries.count_arrivals(LEAD)[0]

    assert not count.holds
    assert count.missing == 1


def test_parked_documents_are_listed_newest_first_by_key(channel: Channel) -> None:
    for raw in (b"{", b"{]", post(1, "")):
        actions.receive(channel.pk, [raw], now=NOW)

    first = queries.list_parked(LEAD, channel.pk, limit=2)
    rest = queries.list_parked(LEAD, channel.pk, first.next_cursor, limit=2)

    assert [row.code for row in first.items + rest.items] == ["empty", "not-json", "not-json"]
    assert rest.next_cursor is None
    assert queries.count_parked(LEAD) == [("not-json", 2), ("empty", 1)]
    assert queries.get_parked(LEAD, rest.items[0].id).raw == b"{"
    assert [row.code for row in queries.list_parked(LEAD, code="empty").items] == ["empty"]


def test_an_agent_sees_no_arrivals(channel: Channel) -> None:
    actions.receive(channel.pk, [b"{"], now=NOW)
    parked = queries.list_parked(LEAD).items[0]

    assert queries.count_arrivals(AGENT) == []
    assert queries.list_parked(AGENT).items == []
    assert queries.count_parked(AGENT) == []
    with pytest.raises(ParkedNotFoundError):
        queries.get_parked(AGENT, parked.id)


def test_a_channel_is_seen_by_its_team_and_by_leads() -> None:
    from midchannel.platform.accounts import actions as accounts

    team = accounts.create_team(name="Support", now=NOW)
    channel = Channel.objects.create(network="collector", name="Shop", created_at=NOW, scope=team.scope)

    inside = Viewer(2, "Ana", "agent", (team.scope_id,))

    assert [c.name for c in queries.list_channels(inside)] == ["Shop"]
    assert [c.name for c in queries.list_channels(LEAD)] == ["Shop"]
    assert queries.list_channels(AGENT) == []
    with pytest.raises(NotFoundError):
        queries.get_channel(AGENT, channel.pk)
