"""What was kept long enough goes by the rules an administrator switched on; what is cited stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.db import connection

from midchannel.middle.consents.actions import keeping
from midchannel.middle.consents.actions.keeping import MayNotSetRetentionError
from midchannel.middle.consents.retention import KINDS
from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations.models import Conversation
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.actions.filing import unpack
from midchannel.outside.channels.models import Activity, Arrival, Parked, Seen
from midchannel.outside.listening.models import Mention
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError, NotAllowedError
from midchannel.usecases import arrive, improve, retain
from tests.desk import NOW, Desk, make_desk, say

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
def desk() -> Desk:
    return make_desk()


@pytest.fixture
def ada(desk: Desk) -> Viewer:
    person = accounts.create_person(email="ada@x.org", name="Ada", password=None, now=NOW, role="administrator")
    return account_queries.viewer_for(person)


def overhear(desk: Desk, external_id: str, *, at: datetime) -> None:
    document = {
        "type": "Create",
        "actor": {"id": "@somebody"},
        "object": {"id": external_id, "type": "Note", "content": f"said {external_id}", "published": at.isoformat()},
        "mc:addressed": False,
    }
    channels.receive(desk.square, [msgspec.json.encode(document)], now=at)
    while arrive.apply_waiting(now=at):
        pass


def switch_on(ada: Viewer, kind: str, days: int) -> None:
    keeping.set_rule(ada, kind, days=days, is_on=True, now=NOW)
    while retain.work(now=NOW):
        pass
    retain.work(now=NOW)


def test_what_was_overheard_goes_and_what_was_taken_up_stays(desk: Desk, ada: Viewer) -> None:
    overhear(desk, "old", at=LONG_AGO)
    overhear(desk, "taken-up", at=LONG_AGO)
    overhear(desk, "new", at=NOW)
    Mention.objects.filter(activity_id=Activity.objects.get(text="said taken-up").pk).update(state="taken")

    assert retain.count_due(ada, "overheard", days=90, now=NOW) == 1
    switch_on(ada, "overheard", 90)

    assert sorted(Activity.objects.values_list("text", flat=True)) == ["said new", "said taken-up"]
    assert b"said old" not in b"".join(
        raw for body in Arrival.objects.values_list("body", flat=True) for *_, raw in unpack(bytes(body))
    )
    assert Seen.objects.count() == 3
    overhear(desk, "old", at=NOW)
    assert not Activity.objects.filter(text="said old").exists()


def test_nothing_goes_while_a_rule_is_off(desk: Desk, ada: Viewer) -> None:
    overhear(desk, "old", at=LONG_AGO)
    keeping.set_rule(ada, "overheard", days=1, is_on=False, now=NOW)

    retain.work(now=NOW)

    assert Activity.objects.exists()


def test_a_month_of_which_nothing_is_left_is_dropped(desk: Desk, ada: Viewer) -> None:
    channels.ensure_partition(LONG_AGO.date())
    overhear(desk, "old", at=LONG_AGO)
    assert _has_partition(LONG_AGO)

    switch_on(ada, "overheard", 90)

    assert not _has_partition(LONG_AGO)


def _has_partition(moment: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"activity_{moment:%Y_%m}"])
        return bool(cursor.fetchone()[0])


def test_settled_conversations_go_and_those_an_improvement_cites_stay(desk: Desk, ada: Viewer) -> None:
    going = say(desk.mail, "<1@x>", "Long settled", who="cara@example.com", private=True, at=LONG_AGO)
    cited = say(desk.mail, "<2@x>", "Asks for something", who="dora@example.com", private=True, at=LONG_AGO)
    open_one = say(desk.mail, "<3@x>", "Never answered", who="emil@example.com", private=True, at=LONG_AGO)
    for conversation in (going, cited):
        conversations.resolve(desk.ana, conversation, now=LONG_AGO)
    improve.begin(desk.lea, "Better", conversation_id=cited, now=NOW)

    assert retain.count_due(ada, "conversations", days=365, now=NOW) == 1
    switch_on(ada, "conversations", 365)

    assert set(Conversation.objects.values_list("pk", flat=True)) == {cited, open_one}
    assert not Activity.objects.filter(text="Long settled").exists()


def test_parked_documents_go_and_the_channels_sum_stays_true(desk: Desk, ada: Viewer) -> None:
    channels.receive(desk.mail, [b"not json"], now=LONG_AGO)

    switch_on(ada, "parked", 90)

    assert not Parked.objects.exists()
    assert all(each.holds for each in channel_queries.count_arrivals(desk.lea))


def test_raw_documents_go_except_where_an_answer_still_needs_them(desk: Desk, ada: Viewer) -> None:
    say(desk.mail, "<1@x>", "Still open", who="cara@example.com", private=True, at=LONG_AGO)
    overhear(desk, "old", at=LONG_AGO)

    switch_on(ada, "raw", 365)

    assert Arrival.objects.get().channel_id == desk.mail
    assert Activity.objects.count() == 2


def test_old_backups_go(desk: Desk, ada: Viewer) -> None:
    folder = Path(settings.DATA) / "backups"
    folder.mkdir(exist_ok=True)
    backup = folder / "midchannel-test.tar"
    backup.write_bytes(b"x")
    later = datetime.fromtimestamp(backup.stat().st_mtime, tz=UTC) + timedelta(days=31)
    keeping.set_rule(ada, "backups", days=30, is_on=True, now=NOW)

    retain.work(now=later)

    assert not backup.exists()


def test_only_administrators_decide_and_only_what_makes_sense(desk: Desk, ada: Viewer) -> None:
    with pytest.raises(MayNotSetRetentionError):
        keeping.set_rule(desk.lea, "parked", days=30, is_on=True, now=NOW)
    with pytest.raises(NotAllowedError):
        retain.count_due(desk.lea, "parked", days=30, now=NOW)
    for kind, (_proposed, fewest) in KINDS.items():
        with pytest.raises(InvalidError):
            keeping.set_rule(ada, kind, days=fewest - 1, is_on=True, now=NOW)
