"""The inbox and the thread: what they show, to whom, and how much they ask the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from midchannel.middle.conversations import actions, queries
from midchannel.outside.channels import actions as channels
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError
from midchannel.usecases import arrive
from tests.desk import NOW, TESTER, Desk, after, make_desk, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


@contextmanager
def asking(most: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as asked:
        yield
    assert len(asked) <= most, [query["sql"][:200] for query in asked]


def test_a_row_has_all_that_the_list_shows(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1", "My card\n has   not come", subject="Card", private=True)

    (row,) = queries.list_conversations(desk.ana, view="open").items

    assert row.id == conversation_id
    assert (row.customer_name, row.handle_address, row.network) == ("Cara", "cara@example.com", "post")
    assert (row.subject, row.snippet) == ("Card", "My card has not come")
    assert (row.state, row.audience, row.channel_name) == ("open", "private", "Our post")
    assert (row.last_at, row.waiting_since, row.first_answer_due_at) == (NOW, NOW, after(hours=1))
    assert (row.is_unread, row.owner_id, row.owner_name, row.last_direction) == (True, None, "", "in")


def test_the_snippet_is_the_newest_version_and_empty_when_taken_back(desk: Desk) -> None:
    say(desk.square, "p1", "My crad has not come")
    say(desk.square, "p1", "My card has not come", at=after(minutes=1))
    assert queries.list_conversations(desk.ana, view="open").items[0].snippet == "My card has not come"

    gone = {"type": "Delete", "actor": "cara@example.com", "object": "p1"}
    channels.receive(desk.square, [msgspec.json.encode(gone)], now=after(minutes=2))
    arrive.apply_waiting(now=after(minutes=2))

    row = queries.list_conversations(desk.ana, view="open").items[0]
    assert row.snippet == ""
    (item,) = queries.list_messages(desk.ana, row.id).items
    assert (item.is_deleted, item.text) == (True, "")


def test_pages_follow_each_other_without_gap_or_repeat(desk: Desk) -> None:
    made = [say(desk.square, f"p{n}", who=f"w{n}", at=after(seconds=n)) for n in range(7)]

    for view, expected in (("open", made[::-1]), ("waiting_longest", made)):
        seen, cursor = [], None
        while True:
            page = queries.list_conversations(desk.ana, view=view, cursor=cursor, limit=3)
            seen += [row.id for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == expected, view


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WzFd" * 20, "W251bGxd", "WyJhIl0"])
def test_a_forged_cursor_is_refused(desk: Desk, cursor: str) -> None:
    for view in ("open", "waiting_longest"):
        with pytest.raises(InvalidError):
            queries.list_conversations(desk.ana, view=view, cursor=cursor)


def test_an_unknown_view_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidError):
        queries.list_conversations(desk.ana, view="everything")


def test_each_view_shows_its_own_and_is_counted_the_same(desk: Desk) -> None:
    names = ["mine", "free", "answered", "asleep", "done", "spam"]
    made = {name: say(desk.square, name, who=name, at=after(seconds=n)) for n, name in enumerate(names)}
    actions.claim(desk.ana, made["mine"], now=NOW)
    actions.snooze(desk.ana, made["asleep"], until=after(days=1), now=NOW)
    actions.resolve(desk.ana, made["done"], now=NOW)
    actions.mark_spam(desk.ana, made["spam"], now=NOW)

    shown = {view: {row.id for row in queries.list_conversations(desk.ana, view=view).items} for view in queries.VIEWS}

    assert shown == {
        "mine": {made["mine"]},
        "unassigned": {made["free"], made["answered"]},
        "open": {made["mine"], made["free"], made["answered"]},
        "waiting_longest": {made["mine"], made["free"], made["answered"]},
        "pressing": {made["mine"], made["free"], made["answered"]},
        "waiting": set(),
        "snoozed": {made["asleep"]},
        "resolved": {made["done"]},
        "spam": {made["spam"]},
    }
    assert queries.count_views(desk.ana) == {view: len(each) for view, each in shown.items()}
    assert set(queries.count_views(desk.kim).values()) == {0}


def test_what_a_colleague_has_is_not_offered_as_waiting_longest(desk: Desk) -> None:
    conversation_id = say(desk.square, "p1")
    actions.claim(desk.ben, conversation_id, now=NOW)

    assert queries.list_conversations(desk.ana, view="waiting_longest").items == []
    assert queries.list_conversations(desk.ana, view="open").items[0].owner_name == "Ben"


def test_counts_stop_at_a_hundred(desk: Desk) -> None:
    raws = [
        msgspec.json.encode({"type": "Create", "actor": f"w{n}", "object": {"id": f"p{n}", "content": "Hi"}})
        for n in range(120)
    ]
    channels.receive(desk.square, raws, now=NOW)
    arrive.apply_waiting(now=NOW)

    assert queries.count_views(desk.ana)["open"] == 100


def test_queue_and_channel_narrow_a_view(desk: Desk) -> None:
    square = say(desk.square, "p1")
    mail = say(desk.mail, "m1")

    assert [r.id for r in queries.list_conversations(desk.ana, view="open", channel_id=desk.mail).items] == [mail]
    both = queries.list_conversations(desk.ana, view="open", queue_id=desk.queue_id).items
    assert {row.id for row in both} == {square, mail}
    assert queries.list_conversations(desk.ana, view="open", queue_id=desk.other_queue_id).items == []


def test_other_teams_see_nothing_until_they_are_asked(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    assert queries.list_conversations(desk.kim, view="open").items == []

    accounts.grant(desk.kim.user_id, object_type="conversation", object_id=conversation_id, now=NOW, by=Actor("tests"))

    assert [row.id for row in queries.list_conversations(desk.kim, view="open").items] == [conversation_id]
    assert queries.count_views(desk.kim)["open"] == 1
    assert queries.get_conversation(desk.kim, conversation_id).is_guest
    assert not queries.get_conversation(desk.ana, conversation_id).is_guest


def test_what_belongs_to_no_team_yet_is_for_leads(desk: Desk) -> None:
    loose = channels.open_channel(network="collector", name="Loose", by=TESTER, now=NOW)
    conversation_id = say(loose, "c1")

    assert queries.list_conversations(desk.ana, view="open").items == []
    assert [row.id for row in queries.list_conversations(desk.lea, view="open").items] == [conversation_id]


def test_a_long_thread_is_read_through_a_window(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m0", "0", private=True)
    for number in range(1, 30):
        say(desk.mail, f"m{number}", str(number), behind="m0", private=True, at=after(seconds=number))

    newest = queries.list_messages(desk.ana, conversation_id, limit=10)
    older = queries.list_messages(desk.ana, conversation_id, before=newest.items[0].id, limit=10)
    newer = queries.list_messages(desk.ana, conversation_id, after=older.items[-1].id, limit=10)
    middle = queries.list_messages(desk.ana, conversation_id, around=older.items[0].id, limit=15)

    assert [item.text for item in newest.items] == [str(n) for n in range(20, 30)]
    assert (newest.has_older, newest.has_newer) == (True, False)
    assert [item.text for item in older.items] == [str(n) for n in range(10, 20)]
    assert (older.has_older, older.has_newer) == (True, True)
    assert newer.items == newest.items
    assert not newer.has_newer
    assert [item.text for item in middle.items] == [str(n) for n in range(15)]
    assert (middle.has_older, middle.has_newer) == (False, True)


def test_a_message_says_who_said_it_in_which_version_with_what_attached(desk: Desk) -> None:
    document = {
        "type": "Create",
        "actor": {"id": "cara@example.com", "name": "Cara Diaz"},
        "object": {
            "id": "m1",
            "type": "mc:Mail",
            "name": "Card",
            "content": "See the photo",
            "mc:html": "<p>See the <b>photo</b></p>",
            "attachment": [{"name": "p.png", "mediaType": "image/png", "mc:sha256": "b" * 64, "mc:size": 9}],
        },
        "mc:audience": "private",
    }
    channels.receive(desk.mail, [msgspec.json.encode(document)], now=NOW)
    arrive.apply_waiting(now=NOW)
    (row,) = queries.list_conversations(desk.ana, view="open").items

    (item,) = queries.list_messages(desk.ana, row.id).items

    assert (item.direction, item.author_name, item.author_address) == ("in", "Cara Diaz", "cara@example.com")
    assert (item.text, item.subject, item.kind, item.audience) == ("See the photo", "Card", "mail", "private")
    assert item.html == "<p>See the <b>photo</b></p>"
    assert (item.is_edited, item.is_deleted, item.is_unread) == (False, False, True)
    assert [(each.name, each.sha256, each.size_bytes) for each in item.attachments] == [("p.png", "b" * 64, 9)]
    assert item.customer_id == row.customer_id


def test_reading_asks_a_fixed_number_of_times_however_much_there_is(desk: Desk) -> None:
    for number in range(30):
        conversation_id = say(desk.square, f"p{number}", who=f"w{number}", at=after(seconds=number))
    for number in range(20):
        say(desk.square, f"r{number}", who=f"v{number}", behind="p29", at=after(minutes=number + 1))

    for view in queries.VIEWS:
        with asking(2):
            queries.list_conversations(desk.ana, view=view)
    with asking(1):
        queries.count_views(desk.ana)
    with asking(3):
        queries.get_conversation(desk.ana, conversation_id)
    with asking(4):
        queries.list_messages(desk.ana, conversation_id)
    with asking(6):
        queries.composer_state(desk.ana, conversation_id)
