"""Dovecot as a peer: a real IMAP and LMTP server on loopback, run as an ordinary user from a folder of its own."""

import contextlib
import grp
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import time
from email.message import EmailMessage
from pathlib import Path

from imapclient import IMAPClient

BINARY = "/usr/sbin/dovecot"
PASSWORD = "secret"
START_SECONDS = 20

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
disable_plaintext_auth = no
{tls}
recipient_delimiter = +
mail_location = maildir:{folder}/mail/%n
mail_max_userip_connections = 100
lda_mailbox_autocreate = yes
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
"""


def missing() -> str:
    """Why there can be no Dovecot here; empty when there can."""
    if not Path(BINARY).exists():
        return "Dovecot is not installed (Debian: dovecot-imapd dovecot-lmtpd)"
    version = subprocess.run([BINARY, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3."):
        return f"this test is written for the settings of Dovecot 2.3, not {version.split()[0]}"
    return ""


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Dovecot:
    """One server. Every user exists, with the password `secret`; a mailbox is made when mail comes."""

    def __init__(self, folder: Path, *, certificate: Path | None = None) -> None:
        self.folder = folder
        self.imap_port, self.imaps_port, self.lmtp_port = free_port(), free_port(), free_port()
        self._as_nobody = os.getuid() == 0
        self._user = "nobody" if self._as_nobody else pwd.getpwuid(os.getuid()).pw_name
        self._group = grp.getgrgid(pwd.getpwnam(self._user).pw_gid).gr_name
        self._certificate = certificate
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, as nobody when we are root; returns when it greets."""
        for name in ("run", "state", "mail", "home"):
            (self.folder / name).mkdir(parents=True)
        tls = (
            f"ssl = yes\nssl_cert = <{self._certificate}\nssl_key = <{self._certificate}"
            if self._certificate
            else "ssl = no"
        )
        (self.folder / "dovecot.conf").write_text(
            CONFIG.format(
                folder=self.folder,
                user=self._user,
                group=self._group,
                password=PASSWORD,
                tls=tls,
                imap_port=self.imap_port,
                imaps_port=self.imaps_port if self._certificate else 0,
                lmtp_port=self.lmtp_port,
            )
        )
        if self._as_nobody:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, self._user, self._group)
        self._run()

    def _run(self) -> None:
        said = self.folder / "said"
        with said.open("wb") as out:
            self._process = subprocess.Popen(
                [BINARY, "-F", "-c", str(self.folder / "dovecot.conf")],
                user=self._user if self._as_nobody else None,
                group=self._group if self._as_nobody else None,
                extra_groups=[] if self._as_nobody else None,
                stdout=out,
                stderr=out,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.imap_port), 1) as probe:
                if probe.recv(4) == b"* OK":
                    return
            time.sleep(0.05)
        self.stop()
        raise AssertionError(f"Dovecot did not start: {said.read_text()}")

    def stop(self) -> None:
        """Stop it, by its own process."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Stop and start it: connections break."""
        self.stop()
        self._run()

    def deliver(self, message: EmailMessage | bytes, *, to: str, sender: str = "ana@firma.example") -> None:
        """Bring a mail into a mailbox, as a mail server would; with an empty `sender`, as it brings a bounce."""
        content = message if isinstance(message, bytes) else message.as_bytes()
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as client:
            client.sendmail(sender, [to], content)

    @contextlib.contextmanager
    def sign_in(self, user: str, folder: str = "INBOX"):  # type: ignore[no-untyped-def]
        """A mail program with somebody's mailbox open."""
        client = IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=20)
        try:
            client.login(user, PASSWORD)
            client.select_folder(folder)
            yield client
        finally:
            with contextlib.suppress(OSError, client.Error):
                client.logout()

    def mails_of(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Everything in a folder, oldest first."""
        with self.sign_in(user, folder) as client:
            rows = client.fetch(client.search("ALL"), ["BODY.PEEK[]"]) if client.search("ALL") else {}
            return [rows[uid][b"BODY[]"] for uid in sorted(rows)]

    def number_anew(self, user: str) -> None:
        """Make the server forget its numbers for a mailbox, as after a restore: a new UIDVALIDITY."""
        for name in (
            "dovecot-uidlist",
            "dovecot-uidvalidity",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
        ):
            (self.folder / "mail" / user / name).unlink(missing_ok=True)
        for path in (self.folder / "mail" / user).glob("dovecot-uidvalidity.*"):
            path.unlink()
        time.sleep(1.1)  # it is made of the clock's seconds
