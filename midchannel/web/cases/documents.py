"""The documents of a case: kept here or in a store, downloaded by who sees the case, shared into a partner's room by somebody's word."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from midchannel.inside.partners import actions as partners
from midchannel.inside.partners import queries as partner_queries
from midchannel.middle.documents import actions, queries
from midchannel.middle.documents.queries import DocumentItem
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import MidchannelError, NotFoundError
from midchannel.web.cases import page, room
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in

MOST_FILES = 10


@require_safe
@signed_in()
def documents(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """The tab."""
    opened = page.open_case(request.viewer, case_id, most=0)
    return page.show(request, opened, "case_documents", "cases/_documents.html", _context(request.viewer, opened))


def _context(viewer: Viewer, opened: page.Opened, **more: Any) -> dict[str, Any]:
    items = queries.list_items(viewer, opened.id)
    titles = {each.id: each.title for each in items}
    rooms = [each for each in partner_queries.list_rooms(viewer, opened.id) if each.closed_at is None]
    return {
        "documents": [
            {
                "document": each,
                "href": reverse("case_document", args=[opened.id, each.id]),
                "item": titles.get(each.item, ""),
                "is_image": each.media_type in records.PICTURES,
                "rooms": [{"id": r.id, "name": r.name, "is_shared": each.id in r.document_ids} for r in rooms],
                "shared": [r.name for r in rooms if each.id in r.document_ids],
            }
            for each in queries.list_documents(viewer, opened.id)
        ],
        "file_items": items,
        "case_id": opened.id,
        "is_over": opened.page.detail.ended_at is not None,
        "stores": [
            {"id": each.id, "name": each.name, "href": reverse("case_store", args=[opened.id, each.id])}
            for each in queries.list_stores(viewer, only_on=True)
        ],
        **more,
    }


@require_POST
@signed_in()
def add(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """Keep the files that came with the form."""
    uploads = room.uploads_of(request)
    try:
        item, store_id = request.POST.get("item", ""), room.whole(request.POST.get("store", ""))
        for upload in uploads[:MOST_FILES]:
            if store_id:
                actions.put_into_store(request.viewer, case_id, store_id, upload, item=item, now=clock.now())
            else:
                actions.keep(request.viewer, case_id, upload, item=item, now=clock.now())
    except NotFoundError as error:
        raise Http404 from error
    except MidchannelError as problem:
        return show_again(request, case_id, problem.reason)
    if not uploads:
        return show_again(request, case_id, _("Choose a file first."))
    return redirect("case_documents", case_id)


def show_again(request: SignedInRequest, case_id: int, reason: str) -> HttpResponseBase:
    """The tab with what went wrong."""
    opened = page.open_case(request.viewer, case_id, most=0)
    context = _context(request.viewer, opened, error=reason)
    return page.show(request, opened, "case_documents", "cases/_documents.html", context, status=422)


@require_GET
@signed_in()
def download(request: SignedInRequest, case_id: int, document_id: int) -> HttpResponseBase:
    """One document, for who sees the case."""
    try:
        return sent(queries.get_document(request.viewer, case_id, document_id))
    except NotFoundError as error:
        raise Http404 from error


def sent(document: DocumentItem) -> HttpResponseBase:
    """A document as an answer: always saved, never shown as a page of ours; piece by piece. Raises DocumentNotFoundError."""
    media_type = document.media_type if document.media_type in records.PICTURES else "application/octet-stream"
    response = StreamingHttpResponse(queries.open_content(document), content_type=media_type)
    if document.size_bytes is not None and document.store_id is None:
        response.headers["Content-Length"] = str(document.size_bytes)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=document.name) or ""
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
@signed_in()
def store(request: SignedInRequest, case_id: int, store_id: int) -> HttpResponseBase:
    """What lies in a store, folder by folder, to be linked."""
    opened = page.open_case(request.viewer, case_id, most=0)
    path = request.GET.get("path", "")[:1000]
    found = next((each for each in queries.list_stores(request.viewer, only_on=True) if each.id == store_id), None)
    if found is None:
        raise Http404
    entries, error = [], ""
    try:
        entries = queries.list_entries(request.viewer, store_id, path)
    except MidchannelError as problem:
        error = problem.reason
    here = reverse("case_store", args=[case_id, store_id])
    context = {
        "store": found,
        "error": error,
        "case_id": case_id,
        "path": path,
        "up": f"{here}?{urlencode({'path': path.rpartition('/')[0]})}" if path else "",
        "entries": [{"entry": each, "href": f"{here}?{urlencode({'path': each.path})}"} for each in entries],
        "file_items": queries.list_items(request.viewer, case_id),
    }
    return page.show(request, opened, "case_documents", "cases/_store.html", context, status=502 if error else 200)


@require_POST
@signed_in()
def link(request: SignedInRequest, case_id: int, store_id: int) -> HttpResponseBase:
    """File a document that lies in a store."""
    size, path = request.POST.get("size", ""), request.POST.get("path", "")[:1000]
    try:
        actions.link(
            request.viewer,
            case_id,
            store_id=store_id,
            path=path,
            size_bytes=int(size) if size.isdecimal() and len(size) < 16 else None,
            item=request.POST.get("item", ""),
            now=clock.now(),
        )
    except NotFoundError as error:
        raise Http404 from error
    except MidchannelError as problem:
        return show_again(request, case_id, problem.reason)
    messages.success(request, _("Linked. It stays where it is."))
    return redirect("case_documents", case_id)


@require_POST
@signed_in()
def remove(request: SignedInRequest, case_id: int, document_id: int) -> HttpResponse:
    """Take a document out of the case file."""
    actions.remove(request.viewer, case_id, document_id, now=clock.now())
    messages.success(request, _("Removed from the case file."))
    return redirect("case_documents", case_id)


@require_POST
@signed_in()
def share(request: SignedInRequest, case_id: int, document_id: int) -> HttpResponse:
    """Let a room's partners read a document, or no longer."""
    room_id, now = room.whole(request.POST.get("room", "")), clock.now()
    if request.POST.get("stop"):
        partners.stop_sharing(request.viewer, case_id, room_id, document_id, now=now)
        messages.success(request, _("The partners may not read it any more."))
    else:
        partners.share(request.viewer, case_id, room_id, document_id, now=now)
        messages.success(request, _("The partners of the room may read it."))
    return redirect("case_documents", case_id)
