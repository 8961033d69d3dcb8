"""Stores: which WebDAV folders documents may lie in, and putting one there."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.cases.queries import reading
from midchannel.middle.documents.actions import filing
from midchannel.middle.documents.actions.filing import Upload
from midchannel.middle.documents.errors import StoreNotFoundError, StoreSilentError
from midchannel.middle.documents.models import Store
from midchannel.middle.documents.queries import stores
from midchannel.platform import secrets
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import check_administrator
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import InvalidError
from midchannel.platform.http import ServerError, webdav

FOLDER = "cases"


@transaction.atomic
def save_store(
    viewer: Viewer, *, name: str, url: str, user_name: str = "", password: str = "", store_id: int | None = None, now: datetime
) -> int:  # fmt: skip
    """An administrator names a store, or says anew how to get into one. No password keeps the one it has, while the address is the same.

    Returns its id. Raises NotAdministratorError, InvalidError, StoreNotFoundError.
    """
    check_administrator(viewer)
    name, url = " ".join(name.split())[:100], url.strip().rstrip("/")
    if not name:
        raise InvalidError(_("A name is needed."), "name")
    if not url.startswith(("https://", "http://")) or "@" in url.partition("//")[2].partition("/")[0]:
        raise InvalidError(_("Give an address that begins with https:// and holds no password."), "url")
    others = Store.objects.exclude(pk=store_id) if store_id is not None else Store.objects.all()
    if others.filter(name=name).exists():
        raise InvalidError(_("There is a folder of this name already."), "name")
    store = Store.objects.select_for_update().filter(pk=store_id).first() if store_id is not None else Store(name=name)
    if store is None:
        raise StoreNotFoundError
    is_moved = store.url != url
    store.name, store.url, store.user_name = name, url, user_name.strip()
    store.changed_at, store.changed_by_name = now, viewer.name
    if is_moved:
        store.sealed = None
    store.save()
    if password:
        store.sealed = secrets.seal(password, place=stores.place_of(store))
        store.save(update_fields=["sealed"])
    audit.record(viewer.actor, "store.save", object_type="store", object_id=store.pk, now=now)
    return store.pk


def check_store(viewer: Viewer, store_id: int, *, now: datetime) -> str:
    """Look into a store and keep what it said: empty when all is well. Raises NotAdministratorError, StoreNotFoundError."""
    check_administrator(viewer)
    try:
        webdav.list_entries(stores.folder_of(store_id))
        trouble = ""
    except ServerError as error:
        trouble = error.reason
    Store.objects.filter(pk=store_id).update(checked_at=now, trouble=trouble)
    return trouble


@transaction.atomic
def turn_store(viewer: Viewer, store_id: int, *, is_on: bool, now: datetime) -> None:
    """Use a store no longer, or again. What is linked from it stays in the case files, and cannot be read meanwhile."""
    check_administrator(viewer)
    if not Store.objects.filter(pk=store_id).update(is_on=is_on, changed_at=now, changed_by_name=viewer.name):
        raise StoreNotFoundError
    audit.record(viewer.actor, "store.turn", object_type="store", object_id=store_id, now=now, is_on=is_on)


def put_into_store(
    viewer: Viewer, case_id: int, store_id: int, upload: Upload, *, item: str = "", now: datetime
) -> int:  # fmt: skip
    """Put a file into a store, in a folder of this case, and link it. Nothing there is written over. Returns the document.

    Raises CaseNotFoundError, StoreNotFoundError, StoreSilentError, DocumentRefusedError, InvalidError.
    """
    case = reading.find(viewer, case_id)
    filing.check_item(case, item)
    name, _media_type, content = filing.read(upload)
    place = f"{FOLDER}/{case.pk}/{name}"
    try:
        path = webdav.put(stores.folder_of(store_id), place, content, size_bytes=upload.size_bytes)
    except ServerError as error:
        raise StoreSilentError(error.reason) from error
    return filing.link(viewer, case_id, store_id=store_id, path=path, size_bytes=upload.size_bytes, item=item, now=now)
