"""Improve: everybody who asked is told once, on the channel where they asked; the ledger is true whatever happens."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from midchannel.inside.improvements import queries
from midchannel.inside.improvements.actions import note_told
from midchannel.inside.improvements.errors import (
    NobodyToTellError,
    NotYetDoneError,
    NotYoursToTellError,
    OnlyPeopleApproveError,
    UnusableWordsError,
)
from midchannel.middle.conversations.errors import ConversationNotFoundError
from midchannel.outside.channels.models import Channel, Delivery, Handle, Health
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.models import Entry
from midchannel.platform.database.bulk import fetch
from midchannel.usecases import improve
from tests import company as companies

NOW = datetime(2026, 11, 18, 10, 20, tzinfo=UTC)
WORDS = "Hello {first_name}, cards now arrive within two days."
pytestmark = pytest.mark.django_db


class Scene:
    """A company where four people asked for the same thing, two of them publicly."""

    def __init__(self) -> None:
        self.company = companies.make_company(now=NOW - timedelta(days=1))
        for number, person in enumerate(companies.PEOPLE[:4]):
            channel = self.company.chat if number % 2 else self.company.public
            companies.say(self.company, channel, "My card takes weeks", by=person, at=NOW - timedelta(hours=4 - number))
        companies.hear(now=NOW)
        self.viewer = companies.viewer_of(self.company.agent)
        self.conversations = [row[0] for row in fetch("SELECT id FROM conversation ORDER BY id")]
        self.improvement = improve.begin(
            self.viewer, "Send cards faster", conversation_id=self.conversations[0], now=NOW
        )
        for conversation_id in self.conversations[1:]:
            improve.tie(self.viewer, conversation_id, self.improvement, NOW)

    def done(self) -> None:
        improve.move(self.viewer, self.improvement, "done", now=NOW)

    def tell_all(self, now: datetime = NOW) -> None:
        while improve.tell_next(now=now):
            pass

    def ledger(self, viewer: Viewer | None = None) -> queries.Ledger:
        return queries.get_ledger(viewer or self.viewer, self.improvement)

    def rows(self, viewer: Viewer | None = None) -> list[queries.LedgerRow]:
        return queries.list_ledger(viewer or self.viewer, improvement_id=self.improvement).items

    def send(self) -> None:
        Delivery.objects.update(state="sent", settled_at=NOW)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_everybody_who_asked_is_told_where_they_asked(scene: Scene) -> None:
    scene.done()

    assert improve.tell(scene.viewer, scene.improvement, WORDS, NOW) == 4
    scene.tell_all()

    told = {d.document["text"]: d.channel_id for d in Delivery.objects.all()}
    assert told == {
        "Hello Ana, cards now arrive within two days.": scene.company.public.pk,
        "Hello Bruno, cards now arrive within two days.": scene.company.chat.pk,
        "Hello Chiara, cards now arrive within two days.": scene.company.public.pk,
        "Hello Dmitri, cards now arrive within two days.": scene.company.chat.pk,
    }
    assert scene.ledger() == queries.Ledger(told=0, on_its_way=4, unknown=0, owed=0, hidden=0)
    scene.send()
    assert scene.ledger().told == 4


def test_somebody_who_asked_twice_is_told_once(scene: Scene) -> None:
    companies.say(scene.company, scene.company.public, "Still no card!", by="Ana Lima", at=NOW)
    companies.hear(now=NOW)
    again = fetch("SELECT max(id) FROM conversation")[0][0]
    improve.tie(scene.viewer, again, scene.improvement, NOW)
    scene.done()

    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()

    assert Delivery.objects.count() == 4
    assert scene.ledger().asked == 4
    assert len(queries.list_evidence(scene.viewer, scene.improvement).items) == 5
    assert {row.conversation_id for row in scene.rows() if row.name == "Ana Lima"} == {again}


def test_telling_again_tells_nobody_twice(scene: Scene) -> None:
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()

    with pytest.raises(NobodyToTellError):
        improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all(NOW + timedelta(days=1))

    assert Delivery.objects.count() == 4


def test_a_crash_between_the_message_and_the_ledger_leaves_neither(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    left = [0, 1, 0, 1, 0, 0]

    def die_sometimes(*args: object, **kwargs: object) -> None:
        if left and left.pop(0):
            raise KeyboardInterrupt
        note_told(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("midchannel.inside.improvements.actions.note_told", die_sometimes)
    crashes = 0
    while True:
        try:
            if not improve.tell_next(now=NOW):
                break
        except KeyboardInterrupt:
            crashes += 1
        said = fetch("SELECT count(*) FROM message WHERE direction = 2")[0][0]
        in_ledger = fetch("SELECT count(*) FROM improvement_asker WHERE message_id IS NOT NULL")[0][0]
        assert said == in_ledger == Delivery.objects.count()

    assert crashes == 2
    assert Delivery.objects.count() == 4


def test_who_cannot_be_told_stays_owed_with_the_reason_and_is_tried_again(scene: Scene) -> None:
    Channel.objects.filter(pk=scene.company.chat.pk).update(
        health=Health.FAILING, health_reason="The password is wrong."
    )
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()
    scene.send()

    assert scene.ledger() == queries.Ledger(told=2, on_its_way=0, unknown=0, owed=2, hidden=0)
    assert {row.cause for row in scene.rows() if row.standing == "owed"} == {"cannot"}
    assert all(row.reason for row in scene.rows() if row.standing == "owed")

    Channel.objects.update(health=Health.OK, health_reason="")
    scene.tell_all(NOW + timedelta(minutes=5))
    assert Delivery.objects.count() == 2
    scene.tell_all(NOW + timedelta(minutes=20))
    assert Delivery.objects.count() == 4
    assert scene.ledger().on_its_way == 2


def test_a_channel_set_up_wrongly_keeps_nobody_else_from_being_told(scene: Scene) -> None:
    Channel.objects.filter(pk=scene.company.chat.pk).update(network="email", address="")
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()

    assert Delivery.objects.count() == 2
    assert all("address" in row.reason for row in scene.rows() if row.standing == "owed")


def test_whoever_is_blocked_is_not_told(scene: Scene) -> None:
    Handle.objects.filter(name="Ana Lima").update(blocked_at=NOW)
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()

    assert Delivery.objects.count() == 3
    assert [row.name for row in scene.rows() if row.standing == "owed"] == ["Ana Lima"]


def test_a_delivery_that_fails_is_owed_and_one_in_doubt_is_unknown(scene: Scene) -> None:
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()
    first, second, *others = Delivery.objects.order_by("id")
    Delivery.objects.filter(pk=first.pk).update(state="failed", reason="No such mailbox.")
    Delivery.objects.filter(pk=second.pk).update(state="unknown")
    Delivery.objects.filter(pk__in=[o.pk for o in others]).update(state="confirmed")

    assert scene.ledger() == queries.Ledger(told=2, on_its_way=0, unknown=1, owed=1, hidden=0)
    assert [row.reason for row in scene.rows() if row.standing == "owed"] == ["No such mailbox."]


def test_nobody_is_told_before_it_is_done(scene: Scene) -> None:
    with pytest.raises(NotYetDoneError):
        improve.tell(scene.viewer, scene.improvement, WORDS, NOW)

    assert {row.cause for row in scene.rows()} == {"not_done"}
    scene.done()
    assert {row.cause for row in scene.rows()} == {"not_approved"}


def test_only_a_person_approves_and_only_the_owner_or_a_lead(scene: Scene) -> None:
    scene.done()

    with pytest.raises(OnlyPeopleApproveError):
        improve.tell(replace(scene.viewer, is_machine=True), scene.improvement, WORDS, NOW)
    with pytest.raises(NotYoursToTellError):
        improve.tell(companies.viewer_of(scene.company.colleague), scene.improvement, WORDS, NOW)
    assert improve.tell(companies.viewer_of(scene.company.lead), scene.improvement, WORDS, NOW) == 4


@pytest.mark.parametrize("text", ["", "   ", "Hello {surname}", "x" * 6000])
def test_words_that_cannot_be_sent_are_refused(scene: Scene, text: str) -> None:
    scene.done()

    with pytest.raises(UnusableWordsError):
        improve.tell(scene.viewer, scene.improvement, text, NOW)


def test_somebody_who_asks_later_is_owed_until_words_are_approved_again(scene: Scene) -> None:
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()
    companies.say(scene.company, scene.company.public, "Cards?", by="Emeka Obi", at=NOW)
    companies.hear(now=NOW)
    improve.tie(scene.viewer, fetch("SELECT max(id) FROM conversation")[0][0], scene.improvement, NOW)

    assert scene.ledger().owed == 1
    assert improve.tell(scene.viewer, scene.improvement, WORDS, NOW) == 1
    scene.tell_all()
    assert Delivery.objects.count() == 5


def test_another_team_sees_how_many_asked_and_not_who(scene: Scene) -> None:
    outsider = companies.viewer_of(scene.company.outsider)

    assert scene.rows(outsider) == []
    assert queries.list_evidence(outsider, scene.improvement).items == []
    assert queries.list_evidence_by_channel(outsider, scene.improvement) == []
    assert scene.ledger(outsider).hidden == scene.ledger(outsider).asked == 4
    assert queries.get_closure(outsider) == queries.Closure(0, 0)
    with pytest.raises(ConversationNotFoundError):
        improve.tie(outsider, scene.conversations[0], scene.improvement, NOW)


def test_untying_takes_the_asker_out_unless_told(scene: Scene) -> None:
    improve.untie(scene.viewer, scene.conversations[0], scene.improvement, NOW)
    assert scene.ledger().asked == 3
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()

    improve.untie(scene.viewer, scene.conversations[1], scene.improvement, NOW)

    assert scene.ledger().asked == 3


def test_loop_closure_counts_what_is_done(scene: Scene) -> None:
    improve.begin(scene.viewer, "Something else", conversation_id=scene.conversations[0], now=NOW)
    assert queries.get_closure(scene.viewer) == queries.Closure(told=0, asked=0)
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()
    scene.send()

    assert queries.get_closure(scene.viewer) == queries.Closure(told=4, asked=4)


def test_telling_does_not_move_the_conversation(scene: Scene) -> None:
    before = fetch("SELECT id, state, owner_id, first_answered_at, waiting_since FROM conversation ORDER BY id")
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()

    assert fetch("SELECT id, state, owner_id, first_answered_at, waiting_since FROM conversation ORDER BY id") == before


def test_every_step_is_in_the_audit_trail(scene: Scene) -> None:
    scene.done()
    improve.tell(scene.viewer, scene.improvement, WORDS, NOW)
    scene.tell_all()
    improve.untie(scene.viewer, scene.conversations[1], scene.improvement, NOW)

    written = set(Entry.objects.filter(object_type="improvement").values_list("action", flat=True))
    assert {f"improvement.{step}" for step in ("begin", "tie", "untie", "move", "approve", "tell")} <= written
