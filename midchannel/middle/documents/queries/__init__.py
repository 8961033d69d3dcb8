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

__all__ = ["DocumentItem", "FileItem", "get_document", "list_documents", "list_items", "of_ids", "open_content"]
