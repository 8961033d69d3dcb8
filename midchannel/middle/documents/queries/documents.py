"""Documents of a case, for who sees the case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.cases.queries import reading
from midchannel.middle.documents.errors import DocumentNotFoundError
from midchannel.middle.documents.models import Document
from midchannel.middle.documents.queries import stores
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.files import queries as files


@dataclass(frozen=True, slots=True)
class FileItem:
    """What the plan of a case calls something in its file."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class DocumentItem:
    """A document. `store` is the name of the store it lies in, or empty; `partner_id` who of outside brought it."""

    id: int
    case_id: int
    item: str
    name: str
    media_type: str
    size_bytes: int | None
    sha256: str
    store_id: int | None
    store: str
    path: str
    added_at: datetime
    added_by: str
    partner_id: int | None
    removed_at: datetime | None = None
    is_replaced: bool = False


def list_documents(viewer: Viewer, case_id: int, *, with_removed: bool = False) -> list[DocumentItem]:
    """The documents of a case, the newest first. Raises CaseNotFoundError."""
    case = reading.find(viewer, case_id)
    found = Document.objects.filter(case_id=case.pk)
    if not with_removed:
        found = found.filter(removed_at=None)
    return [_item(each) for each in found.select_related("store").order_by("-added_at", "-id")[:500]]


def list_items(viewer: Viewer, case_id: int) -> list[FileItem]:
    """What the plan of a case knows of documents and other things in its file. Raises CaseNotFoundError."""
    ready, _state = reading.ready_of(reading.find(viewer, case_id))
    return [FileItem(each.id, each.name or each.id) for each in ready.plan.file]


def get_document(viewer: Viewer, case_id: int, document_id: int) -> DocumentItem:
    """A document of a case, a replaced one too. Raises CaseNotFoundError, DocumentNotFoundError."""
    case = reading.find(viewer, case_id)
    found = Document.objects.filter(pk=document_id, case_id=case.pk).select_related("store").first()
    if found is None or (found.removed_at is not None and not found.is_replaced):
        raise DocumentNotFoundError
    return _item(found)


def of_ids(document_ids: Sequence[int]) -> dict[int, DocumentItem]:
    """Documents that are still there, by id. For a caller who has proven that they were shared with whoever looks."""
    found = Document.objects.filter(pk__in=list(document_ids), removed_at=None).select_related("store")
    return {each.pk: _item(each) for each in found}


def open_content(document: DocumentItem) -> Iterator[bytes]:
    """The content of a document, kept here or in its store, piece by piece.

    Raises DocumentNotFoundError when it is gone, StoreSilentError.
    """
    if document.store_id is not None:
        return stores.open_path(document.store_id, document.path)
    try:
        return files.read_stream(document.sha256)
    except FileNotFoundError as error:
        raise DocumentNotFoundError from error


def _item(row: Document) -> DocumentItem:
    return DocumentItem(
        row.pk, row.case_id, row.item, row.name, row.media_type, row.size_bytes, row.sha256, row.store_id,
        row.store.name if row.store else "", row.path, row.added_at, row.added_by_name, row.partner_id, row.removed_at, row.is_replaced,
    )  # fmt: skip
