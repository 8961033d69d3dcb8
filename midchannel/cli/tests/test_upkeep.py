"""Backup, restore, upgrade, check: as commands, on a data folder of their own."""

import tarfile
from hashlib import sha256
from pathlib import Path

import pytest
from django.contrib.auth import hashers

from midchannel.cli import supervisor
from midchannel.cli.tests import running
from midchannel.platform.database import embedded

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("upkeep")]

KEPT = b"an attachment"
DIGEST = sha256(KEPT).hexdigest()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a schema, a row, a kept file and a secret; nothing runs on it."""
    folder = tmp_path_factory.mktemp("upkeep")
    for place in (folder, *folder.parents[:2]):
        place.chmod(0o755)
    data = folder / "data"
    done = running.command("upgrade", "--data", str(data))
    assert done.returncode == 0, done.stderr
    kept = data / "files" / DIGEST[:2] / DIGEST
    kept.parent.mkdir(parents=True)
    kept.write_bytes(KEPT)
    execute(
        data,
        "INSERT INTO stored_file (sha256, size_bytes, media_type, created_at)"
        f" VALUES ('{DIGEST}', {len(KEPT)}, 'text/plain', now())",
    )
    return data


def execute(data: Path, sql: str) -> str:
    with embedded.running(embedded.Server(data / "postgres")) as server:
        return server.query(sql, role=embedded.APPLICATION).strip()


def test_a_backup_restored_into_an_empty_place_has_everything(installed: Path, tmp_path: Path) -> None:
    archive, fresh = tmp_path / "kept.tar", tmp_path / "fresh"
    tables = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'i', 'S') AND relnamespace = 'public'::regnamespace"

    backed_up = running.command("backup", str(archive), "--data", str(installed))
    restored = running.command("restore", str(archive), "--data", str(fresh))

    assert backed_up.returncode == 0, backed_up.stderr
    assert restored.returncode == 0, restored.stderr
    assert archive.stat().st_mode & 0o077 == 0
    assert execute(fresh, "SELECT sha256 FROM stored_file") == DIGEST
    assert execute(fresh, tables) == execute(installed, tables)
    assert (fresh / "files" / DIGEST[:2] / DIGEST).read_bytes() == KEPT
    assert (fresh / "secret").read_text() == (installed / "secret").read_text()
    assert running.command("check", "--data", str(fresh)).returncode == 0


def test_the_application_s_role_makes_next_month_s_partition_and_changes_no_table(installed: Path) -> None:
    made = execute(installed, "SELECT ensure_activity_partition('2031-05-01')")

    assert made
    with pytest.raises(embedded.ServerError, match="must be owner"):
        execute(installed, "DROP TABLE stored_file")


def test_restore_leaves_a_place_that_is_not_empty_alone(installed: Path, tmp_path: Path) -> None:
    archive = tmp_path / "kept.tar"
    running.command("backup", str(archive), "--data", str(installed))

    done = running.command("restore", str(archive), "--data", str(installed))

    assert done.returncode == 1
    assert "is not empty; nothing was changed" in done.stderr


def test_restore_refuses_what_is_no_backup(tmp_path: Path) -> None:
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as tar:
        tar.add(__file__, "../escape")

    done = running.command("restore", str(other), "--data", str(tmp_path / "fresh"))

    assert done.returncode == 1
    assert "is not a backup of Midchannel" in done.stderr
    assert not (tmp_path / "fresh").exists()


def test_restore_says_when_there_is_no_such_file(tmp_path: Path) -> None:
    done = running.command("restore", str(tmp_path / "typo.tar"), "--data", str(tmp_path / "fresh"))

    assert done.returncode == 1
    assert done.stderr == f"{tmp_path / 'typo.tar'} cannot be read: No such file or directory.\n"


def test_help_calls_the_command_by_its_name() -> None:
    assert "Usage: midchannel backup" in running.command("backup", "--help").stdout


def test_a_backup_does_not_overwrite(installed: Path, tmp_path: Path) -> None:
    archive = tmp_path / "kept.tar"
    archive.write_text("precious")

    done = running.command("backup", str(archive), "--data", str(installed))

    assert done.returncode == 1
    assert archive.read_text() == "precious"


def test_an_older_schema_is_refused_until_upgrade_has_backed_up_and_changed_it(installed: Path, tmp_path: Path) -> None:
    with embedded.running(embedded.Server(installed / "postgres")):
        back = running.command("migrate", "audit", "zero", MIDCHANNEL_DATA=str(installed))
        worker = running.command(module="midchannel.cli.worker", MIDCHANNEL_DATA=str(installed))
    assert back.returncode == 0, back.stderr

    refused = running.command("run", "--data", str(installed), "--port", str(running.free_port()))
    checked = running.command("check", "--data", str(installed))
    upgraded = running.command("upgrade", "--data", str(installed))
    again = running.command("upgrade", "--data", str(installed))

    assert worker.returncode == supervisor.NEEDS_A_PERSON
    assert "older than this program" in worker.stdout
    assert refused.returncode == 1
    assert "run `midchannel upgrade`" in refused.stderr
    assert "older" in checked.stdout
    assert upgraded.returncode == 0, upgraded.stderr
    assert "Backed up to" in upgraded.stdout
    assert len(list((installed / "backups").glob("before-*.tar"))) == 1
    assert "nothing was changed" in again.stdout
    assert execute(installed, "SELECT sha256 FROM stored_file") == DIGEST


def test_check_names_the_remedy_for_an_open_secret(installed: Path) -> None:
    (installed / "secret").chmod(0o644)

    done = running.command("check", "--data", str(installed))

    (installed / "secret").chmod(0o600)
    assert done.returncode == 1
    assert f"chmod 600 {installed / 'secret'}" in done.stdout


def test_channel_add_prints_the_id_and_the_token_once(installed: Path) -> None:
    done = running.command("channel", "add", "collector", "--name", "Website", "--data", str(installed))
    again = running.command("channel", "add", "collector", "--name", "Website", "--data", str(installed))
    unknown = running.command("channel", "add", "pigeon", "--name", "Post", "--data", str(installed))

    lines = dict(line.split(": ") for line in done.stdout.splitlines())
    assert done.returncode == 0, done.stderr
    assert execute(installed, f"SELECT name FROM channel WHERE id = {lines['id']}") == "Website"
    assert len(lines["token"]) > 30
    assert again.returncode == 1
    assert again.stdout == ""
    assert "There is no network 'pigeon'" in unknown.stderr


def test_who_forgot_their_password_is_let_in_again_from_the_terminal(installed: Path) -> None:
    execute(
        installed,
        "INSERT INTO account_user (email, name, mention, role, is_active, is_demo, timezone, language, created_at, session_epoch, password)"
        " VALUES ('ada@example.org', 'Ada Falk', 'ada', 'administrator', true, false, 'UTC', 'en', now(), 3, '!forgotten')",
    )
    good, kept = "a sentence about the sea", "SELECT password || session_epoch FROM account_user"

    weak = running.command("password", "ada@example.org", "--data", str(installed), typed="short\nshort\n")
    nobody = running.command("password", "eve@example.org", "--data", str(installed), typed=f"{good}\n{good}\n")
    before = execute(installed, kept)
    done = running.command("password", "Ada@example.org", "--data", str(installed), typed=f"{good}\n{good}\n")

    assert (weak.returncode, nobody.returncode, before) == (1, 1, "!forgotten3")
    assert "Nobody has the address eve@example.org." in nobody.stderr
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Ada Falk signs in with ada@example.org and the new password."
    assert hashers.check_password(good, execute(installed, "SELECT password FROM account_user"))
    assert execute(installed, "SELECT session_epoch FROM account_user") == "4"


def test_a_mailbox_opened_on_the_terminal_says_what_is_missing(installed: Path) -> None:
    done = running.command("channel", "add", "email", "--name", "Care", "--data", str(installed))
    assert done.returncode == 0, done.stderr
    assert "give it its servers in Settings, Channels" in done.stderr


def test_a_mistyped_folder_is_not_taken_for_a_new_installation(tmp_path: Path) -> None:
    nowhere = tmp_path / "typo"
    done = running.command("channel", "add", "collector", "--name", "Website", "--data", str(nowhere))
    assert done.returncode == 1
    assert done.stderr.startswith(f"{nowhere}: Midchannel has never run there, and nothing was made.")
    assert "--data" in done.stderr
    assert not nowhere.exists()
