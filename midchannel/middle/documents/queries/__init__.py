"""Reading the case file: its documents, and one document's content."""

from midchannel.middle.documents.queries.documents import (
    DocumentItem,
    FileItem,
    get_document,
    list_documents,
    list_items,
    of_ids,
    open_content,
)
from midchannel.middle.documents.queries.stores import StoreRow, list_entries, list_stores

__all__ = [
    "DocumentItem",
    "FileItem",
    "StoreRow",
    "get_document",
    "list_documents",
    "list_entries",
    "list_items",
    "list_stores",
    "of_ids",
    "open_content",
]
