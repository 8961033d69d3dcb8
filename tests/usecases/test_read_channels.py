"""Channels are read in lanes of their own: what comes is kept with the place it was read to, and trouble is said and gets over."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import registry
from midchannel.outside.channels.models import Arrival, Channel, Health, Seen
from midchannel.outside.channels.port import Batch, NetworkError, Outgoing, Receipt, Settings
from midchannel.outside.channels.vocabulary import Actor, Document, Object, encode
from midchannel.platform.audit.actions import Actor as Somebody
from midchannel.usecases import read_channels

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TESTER = Somebody("test")


class Noticeboard:
    """A network of this test: what is pinned to it is read, in order."""

    network = "noticeboard"
    can_send = False
    is_public = True
    poll_seconds = 0.2

    def __init__(self) -> None:
        self.pinned: list[str] = []
        self.trouble: Exception | None = None
        self.problems: list[str] = []
        self.reads = 0

    def read(self, settings: Settings, store: Callable[[Batch], None], *, should_stop: Callable[[], bool]) -> None:
        self.reads += 1
        if self.trouble:
            raise self.trouble
        start = int(str(settings.cursor.get("place", 0)))
        if self.pinned[start:]:
            store(Batch([note(text) for text in self.pinned[start:]], {"place": len(self.pinned)}))

    def send(self, settings: Settings, outgoing: Outgoing) -> Receipt:
        raise NotImplementedError

    def lookup(self, settings: Settings, outgoing: Outgoing) -> Receipt | None:
        raise NotImplementedError

    def check(self, settings: Settings) -> list[str]:
        return self.problems

    def new_key(self, settings: Settings, *, message_id: int) -> str:
        return str(message_id)


def note(text: str) -> bytes:
    return encode(Document(actor=Actor(id="ana@board.example"), object=Object(id=f"note:{text}", content=text)))


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Noticeboard:
    monkeypatch.setattr(registry, "_adapters", dict(registry._adapters))
    adapter = Noticeboard()
    registry.register(adapter)
    return adapter


def open_board(name: str = "Board") -> int:
    return channels.open_channel(network="noticeboard", name=name, by=TESTER, now=NOW)


def read(channel_id: int) -> None:
    read_channels.read_channel(channel_id, should_stop=lambda: False)


@pytest.mark.django_db
def test_what_came_and_the_place_it_was_read_to_are_kept_together(board: Noticeboard) -> None:
    channel_id = open_board()
    board.pinned = ["one", "two"]

    read(channel_id)
    read(channel_id)

    assert Channel.objects.get().cursor == {"place": 2}
    assert [arrival.size for arrival in Arrival.objects.all()] == [2]


@pytest.mark.django_db
def test_when_the_place_cannot_be_kept_nothing_was_received(
    board: Noticeboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel_id = open_board()
    board.pinned = ["one"]

    def crash(_channel_id: int, _cursor: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(channels, "keep_cursor", crash)
        with pytest.raises(KeyboardInterrupt):
            read(channel_id)
    assert Seen.objects.count() == 0
    read(channel_id)

    assert Seen.objects.count() == 1


@pytest.mark.django_db
def test_a_failing_channel_is_well_again_when_it_is_read_and_checks_well(board: Noticeboard) -> None:
    channel_id = open_board()
    channels.set_health(channel_id, Health.FAILING, reason="no answer", now=NOW)
    board.problems = ["The sending side is still broken."]

    read(channel_id)
    assert Channel.objects.get().health_reason == "The sending side is still broken."
    board.problems = []
    read(channel_id)

    assert (Channel.objects.get().health, Channel.objects.get().health_reason) == (Health.OK, "")


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def lanes() -> Iterator[read_channels.Lanes]:
    running = read_channels.Lanes()
    yield running
    running.stop()
    running.join()


@pytest.mark.django_db(transaction=True)
def test_a_lane_reads_on_and_on(board: Noticeboard, lanes: read_channels.Lanes) -> None:
    open_board()
    lanes.work()
    board.pinned.append("one")
    wait_until(lambda: Seen.objects.count() == 1)
    board.pinned.append("two")

    wait_until(lambda: Seen.objects.count() == 2)


@pytest.mark.django_db(transaction=True)
def test_trouble_is_said_and_gets_over(
    board: Noticeboard, lanes: read_channels.Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_channels, "FIRST_PAUSE_SECONDS", 0.05)
    channel_id = open_board()
    board.trouble = NetworkError("The board is locked away. Ask the caretaker.", is_channel_wide=True)
    lanes.work()
    wait_until(lambda: Channel.objects.get(pk=channel_id).health == Health.FAILING)
    assert Channel.objects.get(pk=channel_id).health_reason == "The board is locked away. Ask the caretaker."

    board.trouble = None

    wait_until(lambda: Channel.objects.get(pk=channel_id).health == Health.OK)


@pytest.mark.django_db(transaction=True)
def test_a_reader_with_a_defect_stops_no_other_and_is_named(board: Noticeboard, lanes: read_channels.Lanes) -> None:
    channel_id = open_board()
    board.trouble = ZeroDivisionError()

    lanes.work()

    wait_until(lambda: "ZeroDivisionError" in Channel.objects.get(pk=channel_id).health_reason)


@pytest.mark.django_db(transaction=True)
def test_a_paused_channel_is_not_read_and_a_resumed_one_is(board: Noticeboard, lanes: read_channels.Lanes) -> None:
    channel_id = open_board()
    channels.pause(channel_id, by=TESTER, now=NOW)
    lanes.work()
    assert board.reads == 0

    channels.resume(channel_id, by=TESTER, now=NOW)
    lanes.work()

    wait_until(lambda: board.reads > 0)


@pytest.mark.django_db(transaction=True)
def test_changed_settings_begin_a_new_lane(board: Noticeboard, lanes: read_channels.Lanes) -> None:
    channel_id = open_board()
    lanes.work()
    wait_until(lambda: board.reads > 0)
    first = lanes.threads()

    channels.change_settings(channel_id, config={"new": True}, by=TESTER, now=NOW)

    def is_another() -> bool:
        lanes.work()
        return bool(lanes.threads()) and lanes.threads() != first

    wait_until(is_another)


@pytest.mark.django_db(transaction=True)
def test_lanes_nobody_looks_after_end(
    board: Noticeboard, lanes: read_channels.Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_channels, "ABANDONED_SECONDS", 0.1)
    open_board()
    lanes.work()
    wait_until(lambda: board.reads > 0)

    wait_until(lambda: not any(thread.is_alive() for thread in lanes.threads()))
