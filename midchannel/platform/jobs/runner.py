"""Runs loops, a thread each, until told to stop. A lane that fails waits and goes on; it never stops another."""

import threading
import time
from collections.abc import Iterable

import psycopg
import structlog
from django import db
from psycopg import sql

from midchannel.platform.jobs.loop import Loop

WORKER = "midchannel worker"
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
LISTEN_SECONDS = 5.0

log = structlog.get_logger("jobs")


class Runner:
    """Every loop in a lane of its own, and one listener that wakes them."""

    def __init__(self, loops: Iterable[Loop], *, alias: str = db.DEFAULT_DB_ALIAS) -> None:
        self._loops = tuple(loops)
        names = [loop.name for loop in self._loops]
        if len(set(names)) != len(names):
            message = f"Two loops have the same name: {sorted(names)}"
            raise ValueError(message)
        self._alias = alias
        self._stopping = threading.Event()
        self._wakes = {loop.name: threading.Event() for loop in self._loops}

    def run(self) -> None:
        """Run until `stop`; returns when every lane has finished the portion it was at."""
        lanes = [threading.Thread(target=self._lane, args=(loop,), name=loop.name) for loop in self._loops]
        lanes.append(threading.Thread(target=self._listen, name="listener", daemon=True))
        for lane in lanes:
            lane.start()
        self._stopping.wait()
        for lane in lanes:
            lane.join()
        log.info("workers stopped", lanes=len(self._loops))

    def stop(self) -> None:
        """Ask every lane to finish; safe to call from a signal handler, and again."""
        self._stopping.set()
        for wake in self._wakes.values():
            wake.set()
        for loop in self._loops:
            if loop.on_stop:
                loop.on_stop()

    def _lane(self, loop: Loop) -> None:
        wake = self._wakes[loop.name]
        failures = 0
        while not self._stopping.is_set():
            wake.clear()
            try:
                more = loop.work()
            except Exception as error:  # noqa: BLE001 - the outermost loop of a worker
                failures += 1
                self._report(loop, error, failures)
                db.connections.close_all()
                self._stopping.wait(_pause_seconds(failures))
                continue
            if failures:
                log.info("loop goes on", loop=loop.name, after_failures=failures)
                failures = 0
            if not more:
                wake.wait(loop.every_seconds)
        db.connections.close_all()

    def _report(self, loop: Loop, error: Exception, failures: int) -> None:
        if isinstance(error, db.OperationalError | db.InterfaceError):
            said = str(error).strip().partition("\n")[0]
            log.warning("database gone, waiting", loop=loop.name, failures=failures, said=said)
        else:
            log.error("loop failed", loop=loop.name, failures=failures, exc_info=error)

    def _listen(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                with self._connect() as connection:
                    failures = 0
                    self._wake_all()
                    self._follow(connection)
            except (psycopg.Error, OSError) as error:
                failures += 1
                if failures == 1:
                    log.warning("listener lost the database", said=str(error).strip().partition("\n")[0])
                self._stopping.wait(_pause_seconds(failures))

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        parameters = db.connections[self._alias].get_connection_params()
        keep = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if key in parameters}
        connection = psycopg.connect(**keep, autocommit=True, application_name=WORKER, connect_timeout=10)
        for channel in {loop.wake_on for loop in self._loops if loop.wake_on}:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        return connection

    def _follow(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        schema = _schema_mark(connection)
        checked_at = time.monotonic()
        while not self._stopping.is_set():
            for notify in connection.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                for loop in self._loops:
                    if loop.wake_on == notify.channel:
                        self._wakes[loop.name].set()
            if time.monotonic() - checked_at > LISTEN_SECONDS:
                checked_at = time.monotonic()
                if _schema_mark(connection) != schema:
                    log.error("the schema has changed under this worker; it stops, to start anew")
                    self.stop()

    def _wake_all(self) -> None:
        for wake in self._wakes.values():
            wake.set()


def _pause_seconds(failures: int) -> float:
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE_SECONDS)


def _schema_mark(connection: "psycopg.Connection[tuple[object, ...]]") -> object:
    return connection.execute("SELECT count(*), max(id) FROM django_migrations").fetchone()
