"""The stores, and what lies in them. Every colleague may look into a store: it is the company's own folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.documents.errors import DocumentNotFoundError, StoreNotFoundError, StoreSilentError
from midchannel.middle.documents.models import Store
from midchannel.platform import secrets
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.http import ServerError, webdav
from midchannel.platform.http.webdav import Entry, Folder


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store, without its password. `trouble` is what the last check said, empty when all was well."""

    id: int
    name: str
    url: str
    user_name: str
    is_on: bool
    checked_at: datetime | None
    trouble: str


def list_stores(viewer: Viewer, *, only_on: bool = False) -> list[StoreRow]:
    """All stores, by name."""
    found = Store.objects.order_by("name")
    if only_on:
        found = found.filter(is_on=True)
    return [StoreRow(s.pk, s.name, s.url, s.user_name, s.is_on, s.checked_at, s.trouble) for s in found]


def list_entries(viewer: Viewer, store_id: int, path: str = "") -> list[Entry]:
    """What is in a folder of a store. Raises StoreNotFoundError, StoreSilentError."""
    try:
        return webdav.list_entries(folder_of(store_id), path)
    except ServerError as error:
        raise StoreSilentError(error.reason) from error


def open_path(store_id: int, path: str) -> Iterator[bytes]:
    """The content of a file in a store, piece by piece. Raises StoreNotFoundError, StoreSilentError, DocumentNotFoundError."""
    try:
        return webdav.read(folder_of(store_id), path)
    except ServerError as error:
        if error.status == 404:
            raise DocumentNotFoundError from error
        raise StoreSilentError(error.reason) from error


def folder_of(store_id: int) -> Folder:
    """A store as WebDAV opens it. Raises StoreNotFoundError."""
    store = Store.objects.filter(pk=store_id, is_on=True).first()
    if store is None:
        raise StoreNotFoundError
    password = secrets.unseal(bytes(store.sealed), place=place_of(store)) if store.sealed else ""
    return Folder(store.url, store.user_name, password)


def place_of(store: Store) -> str:
    """What the password is bound to: this store at this address and no other."""
    return f"document_store.sealed:{store.pk}:{store.url}"
