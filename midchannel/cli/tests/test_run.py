"""`midchannel run`: one command, everything; whatever is killed comes back; Ctrl-C leaves nobody behind."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from midchannel.cli.tests import running
from midchannel.platform.database import embedded

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("run")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Running]:
    folder = tmp_path_factory.mktemp("run")
    for place in (folder, *folder.parents[:2]):
        place.chmod(0o755)
    started = running.Running(folder / "data")
    try:
        started.wait_until_up()
        yield started
    finally:
        started.stop()


def test_it_answers_at_the_address_it_prints(run: running.Running) -> None:
    assert f"Midchannel runs at http://localhost:{run.port}/ Nobody has an account yet" in run.output()
    assert run.is_healthy()


@pytest.mark.parametrize("words", ["midchannel.cli.web", "midchannel.cli.worker", "bin/postgres"])
def test_a_killed_child_is_started_again(run: running.Running, words: str) -> None:
    before = run.child(words)
    assert before is not None

    before.send_signal(signal.SIGKILL)

    def is_back() -> bool:
        now = run.child(words)
        return now is not None and now.pid != before.pid

    running.wait_until(is_back, what=f"{words} is back")
    running.wait_until(run.is_healthy, what="the web process answers")
    server = embedded.Server(run.data / "postgres")
    running.wait_until(server.is_answering, what="the database answers")


def test_a_second_one_on_the_same_folder_is_refused(run: running.Running) -> None:
    done = running.command("run", "--data", str(run.data), "--port", str(running.free_port()))

    assert done.returncode == 1
    assert "Another Midchannel works on this data folder" in done.stdout


def test_a_taken_port_is_told_before_anything_starts(run: running.Running, tmp_path: Path) -> None:
    done = running.command("run", "--data", str(tmp_path / "other"), "--port", str(run.port))

    assert done.returncode == 1
    assert f"Port {run.port} is taken" in done.stdout
    assert not (tmp_path / "other" / "postgres").exists()


def test_check_finds_the_set_up_right(run: running.Running) -> None:
    def is_right() -> bool:
        return running.command("check", "--data", str(run.data)).returncode == 0

    running.wait_until(is_right, what=running.command("check", "--data", str(run.data)).stdout)


def test_upgrade_refuses_while_it_runs(run: running.Running) -> None:
    done = running.command("upgrade", "--data", str(run.data))

    assert done.returncode == 1
    assert "Stop it" in done.stderr


def test_a_killed_supervisor_leaves_nobody_behind(tmp_path: Path) -> None:
    for place in (tmp_path, *tmp_path.parents[:2]):
        place.chmod(0o755)
    alone = running.Running(tmp_path / "alone")
    alone.wait_until_up()

    alone.process.kill()
    alone.process.wait()

    running.wait_until(lambda: alone.leftovers() == [], what="nobody is left")


def test_ctrl_c_stops_everything(tmp_path: Path) -> None:
    for place in (tmp_path, *tmp_path.parents[:2]):
        place.chmod(0o755)
    alone = running.Running(tmp_path / "alone")
    alone.wait_until_up()

    assert alone.stop() == 0

    running.wait_until(lambda: alone.leftovers() == [], what="nobody is left")
