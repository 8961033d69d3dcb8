"""A document comes into a case file, or goes. What the plan calls it moves the case: created, replaced, deleted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.engines.casework.commands import FileEvent
from midchannel.engines.casework.states import FileTransition
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases.models import Case
from midchannel.middle.cases.queries import reading
from midchannel.middle.documents import rules
from midchannel.middle.documents.errors import DocumentNotFoundError, DocumentRefusedError, StoreNotFoundError
from midchannel.middle.documents.events import DocumentAdded, DocumentRemoved
from midchannel.middle.documents.models import Document, Store
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events
from midchannel.platform.files import actions as files


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in: its name, and its content piece by piece."""

    name: str
    chunks: Iterable[bytes]
    size_bytes: int = 0


def keep(viewer: Viewer, case_id: int, upload: Upload, *, item: str = "", now: datetime) -> int:
    """Keep a document here, in a case the viewer sees. Returns its id.

    Raises CaseNotFoundError, DocumentRefusedError for a kind or size that is not taken, InvalidError for an item the plan does not know.
    """
    case = reading.find(viewer, case_id)
    check_item(case, item)
    return _keep(case, upload, item=item, by=viewer.actor, partner_id=None, now=now)


def keep_from_partner(case_id: int, upload: Upload, *, partner_id: int, name: str, now: datetime) -> int:
    """Keep a document that a partner brought; the caller has proven their room. Returns its id. Raises as `keep`."""
    case = Case.objects.filter(pk=case_id, ended_at=None).first()
    if case is None:
        raise DocumentNotFoundError
    return _keep(case, upload, item="", by=Actor(name), partner_id=partner_id, now=now)


def _keep(case: Case, upload: Upload, *, item: str, by: Actor, partner_id: int | None, now: datetime) -> int:
    name, media_type, content = read(upload)
    try:
        stored = files.keep_stream(content, media_type=media_type, most_bytes=rules.MAX_BYTES, now=now)
    except files.TooLargeError as error:
        words = _("“%(name)s” is larger than 100 MB. Put it into a shared folder, and link it.") % {"name": name}
        raise DocumentRefusedError(words, "files") from error
    with transaction.atomic():
        return _file(
            Document(
                id=ids.take(1, now=now)[0], case_id=case.pk, item=item, name=name, media_type=media_type, size_bytes=stored.size_bytes,
                sha256=stored.sha256, added_at=now, added_by_id=by.user_id, added_by_name=by.name, partner_id=partner_id,
            ),
            case, by=by, now=now,
        )  # fmt: skip


def read(upload: Upload) -> tuple[str, str, Iterator[bytes]]:
    """The name, media type and content of a file that comes in. Raises DocumentRefusedError for a kind that is not taken."""
    name, pieces = rules.safe_name(upload.name), iter(upload.chunks)
    first = next(pieces, b"")
    return name, rules.check_beginning(name, first), chain([first], pieces)


@transaction.atomic
def link(
    viewer: Viewer, case_id: int, *, store_id: int, path: str, size_bytes: int | None, item: str = "", now: datetime
) -> int:
    """File a document that lies in a store, where it stays. Returns its id. Raises CaseNotFoundError, StoreNotFoundError, InvalidError."""
    case = reading.find(viewer, case_id)
    check_item(case, item)
    if not Store.objects.filter(pk=store_id, is_on=True).exists():
        raise StoreNotFoundError
    name = rules.safe_name(path)
    kind = rules.kind_of(name)
    document = Document(
        id=ids.take(1, now=now)[0], case_id=case.pk, item=item, name=name, media_type=kind.media_type, size_bytes=size_bytes,
        store_id=store_id, path=path, added_at=now, added_by_id=viewer.user_id, added_by_name=viewer.name,
    )  # fmt: skip
    return _file(document, case, by=viewer.actor, now=now)


@transaction.atomic
def remove(viewer: Viewer, case_id: int, document_id: int, *, now: datetime) -> None:
    """Take a document out of the case file; in a store it stays where it is. Raises CaseNotFoundError, DocumentNotFoundError."""
    case = reading.find(viewer, case_id)
    found = Document.objects.filter(pk=document_id, case_id=case.pk, removed_at=None).select_for_update().first()
    if found is None:
        raise DocumentNotFoundError
    found.removed_at, found.removed_by_name = now, viewer.name
    found.save(update_fields=["removed_at", "removed_by_name"])
    audit.record(viewer.actor, "document.remove", object_type="case", object_id=case.pk, now=now, document=found.pk)
    events.emit(
        DocumentRemoved(object_id=found.pk, about_id=str(case.pk), item=found.item, **reading.who_may_know(case)),
        now=now,
    )
    _move(case, found, FileTransition.DELETE, by=viewer.actor, now=now)


def check_item(case: Case, item: str) -> None:
    """Raise InvalidError unless the plan of the case knows this item of the case file (or none is named)."""
    if item and item not in {each.id for each in reading.ready_of(case)[0].plan.file}:
        raise InvalidError(_("The plan of this case knows no such document."), "item")


def _file(document: Document, case: Case, *, by: Actor, now: datetime) -> int:
    older = Document.objects.filter(
        case_id=case.pk, item=document.item, name=document.name, removed_at=None, partner_id=document.partner_id
    )
    is_newer = bool(older.update(removed_at=now, removed_by_name=by.name, is_replaced=True))
    document.save(force_insert=True)
    audit.record(by, "document.add", object_type="case", object_id=case.pk, now=now, document=document.pk)
    told = DocumentAdded(
        object_id=document.pk,
        about_id=str(case.pk),
        item=document.item,
        is_newer=is_newer,
        **reading.who_may_know(case),
    )
    events.emit(told, now=now)
    _move(case, document, FileTransition.REPLACE if is_newer else FileTransition.CREATE, by=by, now=now)
    return document.pk


def _move(case: Case, document: Document, event: FileTransition, *, by: Actor, now: datetime) -> None:
    if document.item and case.ended_at is None:
        key = f"document:{document.pk}:{event}"
        cases.apply_signal(case.pk, FileEvent(item=document.item, event=event), key=key, by=by, now=now)
