"""A real server on the test's database, a real browser, and axe."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from midchannel.usecases import arrive, deliver
from tests import company as companies
from tests.company import Company

SIZES = {"desk": (1280, 800), "phone": (390, 844)}
VIEWS = [("desk", "light"), ("phone", "dark")]
"""What every page is looked at in: each size and each theme once; the themes are the same names with other colours."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PATIENCE_SECONDS = 60
expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong


@dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    url: str


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _database_url() -> str:
    settings = connection.settings_dict
    parts = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
    }
    return " ".join(f"{key}='{value}'" for key, value in parts.items() if value)


@pytest.fixture(scope="session")
def site(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web process as it runs in earnest, on the test's database. One for the session."""
    port = _free_port()
    environment = os.environ | {"DATABASE_URL": _database_url(), "MIDCHANNEL_SECRET": _secret()}
    log = tmp_path_factory.mktemp("site") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "midchannel.cli.web", "--port", str(port)],
            env=environment,
            cwd=Path(__file__).parents[2],
            stdout=out,
            stderr=out,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield Site(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        with django_db_blocker.unblock():
            _end_other_sessions()


def _end_other_sessions() -> None:
    """Nobody else may hold the test's database when it is dropped."""
    end = time.monotonic() + 10
    others = True
    with connection.cursor() as cursor:
        while others and time.monotonic() < end:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )
            others = bool(cursor.fetchall())
    connection.close()


def _secret() -> str:
    from django.conf import settings

    return str(settings.SECRET_KEY)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"the web process ended at once:\n{log.read_text()}")
        with suppress(OSError), urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
            return
        time.sleep(0.1)
    pytest.fail(f"the web process did not answer:\n{log.read_text()}")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright for a module: while it runs, its event loop must not make Django believe that we are asynchronous."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
    yield started
    started.close()


@pytest.fixture
def company(transactional_db: None) -> Company:
    """A small company nobody has talked to yet."""
    return companies.make_company(now=clock.now())


def session_of(user: User) -> str:
    """A signed-in session, as signing in would make it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


OpenAs = Callable[..., Page]


@pytest.fixture
def open_as(browser: Browser, site: Site) -> Iterator[OpenAs]:
    """`open_as(user, "/inbox/", size="phone", scheme="dark")`: a page of a browser of their own, signed in."""
    contexts: list[BrowserContext] = []

    def opened(user: User | None, path: str = "/", *, size: str = "desk", scheme: str = "light") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            has_touch=size == "phone",
            is_mobile=size == "phone",
            base_url=site.url,
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": site.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.complaints = _listen(page)  # type: ignore[attr-defined]
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def _listen(page: Page) -> list[str]:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(f"{message.text} {message.location}") if message.type == "error" else None,
    )
    return complaints


def check_accessible(page: Page) -> None:
    """Axe finds nothing serious, and the page did not complain (a broken script, a refused inline style)."""
    results = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    serious = [v for v in results.response["violations"] if v["impact"] in {"serious", "critical"}]
    told = [f"{v['id']}: {v['help']}\n    " + "\n    ".join(n["html"][:200] for n in v["nodes"][:4]) for v in serious]
    assert not told, "\n".join(told)
    assert not page.complaints, page.complaints  # type: ignore[attr-defined]


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, for people to look at, in the folder `MIDCHANNEL_PICTURES` names."""
    if folder := os.environ.get("MIDCHANNEL_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def work(*, later: timedelta = timedelta()) -> None:
    """What the worker's loops would do: what arrived is filed, what is due (by `later`) is sent."""
    now = clock.now() + later
    while arrive.apply_waiting(now=now):
        pass
    while deliver.send_due(now):
        pass
