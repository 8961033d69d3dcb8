"""Documents of a case in a real WebDAV store: WsgiDAV, listed, linked, put into, read back; and what a store may not do."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from wsgidav.wsgidav_app import WsgiDAVApp  # type: ignore[import-untyped]

from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries as case_queries
from midchannel.middle.documents import actions, queries
from midchannel.middle.documents.actions import Upload
from midchannel.middle.documents.errors import DocumentNotFoundError, StoreSilentError
from midchannel.middle.documents.models import Store
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError, NotAllowedError
from midchannel.platform.http import ServerError, webdav
from midchannel.platform.http.webdav import Folder
from tests.desk import NOW, Desk, make_desk

pytestmark = [pytest.mark.peer, pytest.mark.django_db]

PLAN = """
plan: parcel
title: Parcel
file: {contract: Contract}
items:
  - task: look
    title: Look
  - milestone: signed
    title: Signed
    after: file contract is created
"""
PASSWORD = "let me in, please"


class Quiet(WSGIRequestHandler):
    """Says nothing on the terminal."""

    def log_message(self, *args: Any) -> None:
        """Nothing."""


class Limited:
    """The body of a request and not a byte more: what servers in earnest give to an application."""

    def __init__(self, raw: Any, left: int) -> None:
        self.raw, self.left = raw, left

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most those that are left."""
        wanted = self.left if size < 0 else min(size, self.left)
        piece: bytes = self.raw.read(wanted) if wanted else b""
        self.left -= len(piece)
        return piece


class Server(ThreadingMixIn, WSGIServer):
    """A thread a request."""

    daemon_threads = True


@dataclass
class Dav:
    """A running server, and the folder it serves."""

    url: str
    folder: Path


@pytest.fixture
def dav(tmp_path: Path) -> Iterator[Dav]:
    folder = tmp_path / "store"
    (folder / "Contracts & more").mkdir(parents=True)
    (folder / "Contracts & more" / "Übersee 100%.pdf").write_bytes(b"%PDF-1.7 overseas")
    (folder / "notes.txt").write_text("notes")
    app = WsgiDAVApp(
        {
            "provider_mapping": {"/files": str(folder)},
            "simple_dc": {"user_mapping": {"*": {"care": {"password": PASSWORD}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )

    def limited(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input"] = Limited(environ["wsgi.input"], int(environ.get("CONTENT_LENGTH") or 0))
        return app(environ, start_response)

    server = make_server("127.0.0.1", 0, limited, server_class=Server, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Dav(f"http://127.0.0.1:{server.server_port}/files", folder)
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def desk() -> Desk:
    found = make_desk()
    cases.save_plan(found.lea, PLAN, now=NOW)
    return found


def administrator(desk: Desk) -> Viewer:
    return Viewer(desk.lea.user_id, "Lea", "administrator", desk.lea.scope_ids)


def connect(desk: Desk, dav: Dav, *, password: str = PASSWORD) -> int:
    return actions.save_store(
        administrator(desk), name="Contracts", url=dav.url, user_name="care", password=password, now=NOW
    )


def test_a_document_of_a_store_is_found_linked_moves_the_case_and_is_read_where_it_lies(desk: Desk, dav: Dav) -> None:
    store_id = connect(desk, dav)
    case_id = cases.open_case(desk.ana, plan="parcel", scope_id=desk.ana.scope_ids[0], now=NOW)
    assert actions.check_store(administrator(desk), store_id, now=NOW) == ""

    top = queries.list_entries(desk.ana, store_id)
    inner = queries.list_entries(desk.ana, store_id, "Contracts & more")

    assert [(each.name, each.is_folder, each.size_bytes) for each in top] == [
        ("Contracts & more", True, None),
        ("notes.txt", False, 5),
    ]
    assert [each.path for each in inner] == ["Contracts & more/Übersee 100%.pdf"]
    actions.link(
        desk.ana,
        case_id,
        store_id=store_id,
        path=inner[0].path,
        size_bytes=inner[0].size_bytes,
        item="contract",
        now=NOW,
    )
    (row,) = queries.list_documents(desk.ana, case_id)
    assert (row.name, row.store, row.sha256) == ("Übersee 100%.pdf", "Contracts", "")
    assert b"".join(queries.open_content(row)) == b"%PDF-1.7 overseas"
    assert "signed" in [each.item for each in case_queries.get_case(desk.ana, case_id).lists.done]
    (dav.folder / row.path).unlink()
    with pytest.raises(DocumentNotFoundError):
        queries.open_content(row)


def test_a_file_is_put_into_the_store_and_nothing_there_is_written_over(desk: Desk, dav: Dav) -> None:
    store_id = connect(desk, dav)
    case_id = cases.open_case(desk.ana, plan="parcel", scope_id=desk.ana.scope_ids[0], now=NOW)
    content = b"%PDF-" + b"x" * 600_000

    for _time in range(2):
        upload = Upload("Contract.pdf", [content[:100_000], content[100_000:]], len(content))
        actions.put_into_store(desk.ana, case_id, store_id, upload, now=NOW)

    lying = sorted(path.name for path in (dav.folder / "cases" / str(case_id)).iterdir())
    assert lying == ["Contract (2).pdf", "Contract.pdf"]
    (newest, *_older) = queries.list_documents(desk.ana, case_id)
    assert b"".join(queries.open_content(newest)) == content


def test_a_wrong_password_is_said_and_the_right_one_is_kept_sealed_to_its_address(desk: Desk, dav: Dav) -> None:
    store_id = connect(desk, dav, password="wrong")
    assert "name and password" in actions.check_store(administrator(desk), store_id, now=NOW)
    with pytest.raises(StoreSilentError):
        queries.list_entries(desk.ana, store_id)

    actions.save_store(
        administrator(desk),
        name="Contracts",
        url=dav.url,
        user_name="care",
        password=PASSWORD,
        store_id=store_id,
        now=NOW,
    )

    assert PASSWORD.encode() not in bytes(Store.objects.get().sealed or b"")
    assert queries.list_entries(desk.ana, store_id)
    actions.save_store(administrator(desk), name="Contracts", url="http://127.0.0.1:9/else", store_id=store_id, now=NOW)
    assert Store.objects.get().sealed is None
    with pytest.raises(NotAllowedError):
        actions.save_store(desk.ana, name="Mine", url=dav.url, now=NOW)
    with pytest.raises(InvalidError):
        actions.save_store(administrator(desk), name="Ftp", url="ftp://127.0.0.1/", now=NOW)


@pytest.mark.parametrize("path", ["../secret.txt", "a/../../b.txt", "a\\b.txt", "./x.txt"])
def test_no_path_leads_out_of_the_store(dav: Dav, path: str) -> None:
    with pytest.raises(ServerError):
        webdav.read(Folder(dav.url, "care", PASSWORD), path)


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "file:///etc/passwd", "http://user:pw@127.0.0.1/"])
def test_no_address_of_a_cloud_or_a_file_is_asked(url: str) -> None:
    with pytest.raises(ServerError):
        webdav.list_entries(Folder(url))


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"not xml",
        "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a><a/>".encode("utf-16"),
    ],
)
def test_what_is_no_answer_of_webdav_is_refused(body: bytes) -> None:
    with pytest.raises(ServerError):
        webdav._tree(body)
