"""Read: every channel with a reader is read, each in a lane of its own, so that a slow mailbox holds up no other.

What a reader fetched and the place it stands at are kept in one transaction: a crash between the two fetches again, and what was stored
already is a duplicate. A reader that fails turns its channel's health to failing, with the reason, and tries again, more and more rarely;
when it works again, so does the channel, by itself.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

import structlog
from django import db
from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels import registry
from midchannel.outside.channels.errors import ChannelNotFoundError
from midchannel.outside.channels.models import Health
from midchannel.outside.channels.port import Adapter, Batch, NetworkError, Settings
from midchannel.outside.channels.queries import reading
from midchannel.outside.channels.queries.reading import Readable
from midchannel.platform import clock
from midchannel.platform.database.bulk import fetch

# The first key of the advisory locks that let one process at a time read a channel.
READ_LOCK = 0x6D63_0002

POLL_SECONDS = 60.0
SHORTEST_POLL_SECONDS = 0.2
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 300.0
PERMANENT_PAUSE_SECONDS = 60.0
ABANDONED_SECONDS = 60.0
EVERY_SECONDS = 5.0

log = structlog.get_logger("read")


def read_channel(
    channel_id: int, *, should_stop: Callable[[], bool], told: Callable[[], None] = lambda: None
) -> Settings | None:
    """Read one channel until its reader has nothing more to do. `told` is called whenever its network answered.

    Returns the settings it was read with; None when another process is reading it. Raises NetworkError.
    """
    settings = channels.settings_of(channel_id)
    adapter = _adapter_of(channel_id)

    def store(batch: Batch) -> None:
        with transaction.atomic():
            if batch.documents:
                channels.receive(channel_id, batch.documents, now=clock.now())
            channels.keep_cursor(channel_id, batch.cursor)
        told()
        _heal(channel_id, adapter, settings)

    with _only_here(channel_id) as mine:
        if not mine:
            return None
        adapter.read(settings, store, should_stop=should_stop)
        _heal(channel_id, adapter, settings)
    return settings


def _adapter_of(channel_id: int) -> Adapter:
    adapter = registry.get_adapter(channel_queries.get_source(channel_id).network)
    if adapter is None:
        raise NetworkError(_("This channel is pushed to and has nothing to read."), permanent=True)
    return adapter


@contextlib.contextmanager
def _only_here(channel_id: int) -> Iterator[bool]:
    """A lock of the session: gone with the connection, so a lost process never keeps it."""
    mine = bool(fetch("SELECT pg_try_advisory_lock(%s, %s)", [READ_LOCK, channel_id])[0][0])
    try:
        yield mine
    finally:
        if mine:
            with contextlib.suppress(db.Error):
                fetch("SELECT pg_advisory_unlock(%s, %s)", [READ_LOCK, channel_id])


def _heal(channel_id: int, adapter: Adapter, settings: Settings) -> None:
    """A failing channel whose network answers is looked at whole (it may be the sending side that fails) and set right if it is."""
    if reading.get_health(channel_id) != Health.FAILING:
        return
    problems = adapter.check(settings)
    if problems:
        channels.set_health(channel_id, Health.FAILING, reason=problems[0], now=clock.now())
    else:
        channels.set_health(channel_id, Health.OK, now=clock.now())


class Lane:
    """The thread that reads one channel, again and again."""

    def __init__(self, readable: Readable, *, is_abandoned: Callable[[], bool]) -> None:
        self.readable = readable
        self._is_abandoned = is_abandoned
        self._stopping = threading.Event()
        self._answered = False
        self._failures = 0
        self.thread = threading.Thread(target=self._run, name=f"read channel {readable.id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def stop(self) -> None:
        """Ask it to end; it does at the next opportunity."""
        self._stopping.set()

    def join(self, timeout_seconds: float) -> None:
        """Wait for its end."""
        self.thread.join(timeout_seconds)

    @property
    def is_alive(self) -> bool:
        """Whether it still reads."""
        return self.thread.is_alive()

    def _should_stop(self) -> bool:
        return self._stopping.is_set() or self._is_abandoned()

    def _run(self) -> None:
        try:
            while not self._should_stop():
                self._stopping.wait(self._read_once())
        finally:
            db.connections.close_all()

    def _read_once(self) -> float:
        """Read once; returns how long to wait before the next time."""
        self._answered = False
        try:
            settings = read_channel(self.readable.id, should_stop=self._should_stop, told=self._tell)
        except ChannelNotFoundError:  # removed a moment ago
            self._stopping.set()
            return 0.0
        except NetworkError as error:
            return self._failed(error.reason, is_permanent=error.permanent)
        except (db.OperationalError, db.InterfaceError) as error:
            said = str(error).strip().partition("\n")[0]
            log.warning("database gone, waiting", channel=self.readable.id, said=said)
            db.connections.close_all()
            return self._pause_after_failure()
        except Exception as error:
            log.error("reading a channel failed", channel=self.readable.id, exc_info=error)
            return self._failed(
                _("Reading failed inside Midchannel (%(said)s). It is tried again; please report it.")
                % {"said": type(error).__name__},
                is_permanent=False,
            )
        self._failures = 0
        return _poll_seconds(self.readable, settings)

    def _tell(self) -> None:
        self._answered = True
        self._failures = 0

    def _failed(self, reason: str, *, is_permanent: bool) -> float:
        # A connection that had worked and broke is first tried again: servers restart, and that is nobody's concern.
        if not self._answered or is_permanent:
            log.warning("a channel cannot be read", channel=self.readable.id, reason=reason)
            with contextlib.suppress(db.Error):
                channels.set_health(self.readable.id, Health.FAILING, reason=reason, now=clock.now())
        pause = self._pause_after_failure()
        return max(pause, PERMANENT_PAUSE_SECONDS) if is_permanent else pause

    def _pause_after_failure(self) -> float:
        self._failures += 1
        return float(min(FIRST_PAUSE_SECONDS * 2 ** min(self._failures - 1, 10), LONGEST_PAUSE_SECONDS))


def _poll_seconds(readable: Readable, settings: Settings | None) -> float:
    adapter = registry.get_adapter(readable.network)
    usual = getattr(adapter, "poll_seconds", POLL_SECONDS)
    chosen = settings.config.get("poll_seconds") if settings else None
    try:
        return max(float(str(chosen)) if chosen else float(usual), SHORTEST_POLL_SECONDS)
    except ValueError:
        return POLL_SECONDS


class Lanes:
    """A lane for every channel that can be read: begun when a channel is opened or changed, ended when it is paused or closed.

    `work` is called every few seconds by the worker. Lanes that are no longer looked after (their worker stopped) end by themselves.
    """

    def __init__(self) -> None:
        self._lanes: dict[int, Lane] = {}
        self._looked_after_at = time.monotonic()

    def work(self) -> bool:
        """Make the lanes fit the channels. There is never more to do at once."""
        self._looked_after_at = time.monotonic()
        wanted = {readable.id: readable for readable in reading.list_readable() if _can_be_read(readable)}
        for channel_id, lane in list(self._lanes.items()):
            if not lane.is_alive:
                del self._lanes[channel_id]
            elif wanted.get(channel_id) != lane.readable:
                lane.stop()
        for channel_id, readable in wanted.items():
            if channel_id not in self._lanes:
                lane = Lane(readable, is_abandoned=self._is_abandoned)
                self._lanes[channel_id] = lane
                lane.start()
        return False

    def stop(self) -> None:
        """Ask every lane to end; safe in a signal handler."""
        for lane in list(self._lanes.values()):
            lane.stop()

    def join(self, timeout_seconds: float = 10.0) -> None:
        """Wait for the lanes to end."""
        for lane in list(self._lanes.values()):
            lane.join(timeout_seconds)

    def threads(self) -> list[threading.Thread]:
        """The thread of every lane."""
        return [lane.thread for lane in self._lanes.values()]

    def _is_abandoned(self) -> bool:
        return time.monotonic() - self._looked_after_at > ABANDONED_SECONDS


def _can_be_read(readable: Readable) -> bool:
    return readable.network in registry.list_networks() and registry.get_adapter(readable.network) is not None
