"""Requests: the list, one request, what an erasure would do, the ZIP and the certificate."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.middle.consents import queries
from midchannel.middle.consents.actions import requesting
from midchannel.middle.customers import queries as customers
from midchannel.platform import clock
from midchannel.usecases import certificate, disclose, foresee
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.rights import showing, words
from midchannel.web.settings import sections


@require_safe
@signed_in(role="lead")
def requests(request: SignedInRequest) -> HttpResponse:
    """Every request, newest first, with when it has to be answered."""
    page = queries.list_requests(request.viewer, request.GET.get("cursor"))
    today = clock.now().date()
    context: dict[str, Any] = {
        "rows": [showing.request_row(item, today=today) for item in page.items],
        "more": f"?cursor={page.next_cursor}" if page.next_cursor else "",
        "today": today,
    }
    if request.headers.get("HX-Request") and request.GET.get("cursor"):
        return render(request, "rights/_request_rows.html", context)
    context["first"] = records.State(
        kind="first",
        title=_("Nobody has asked yet"),
        words=_(
            "People may ask what is held about them, and to be erased; both have to be answered within a month."
            " Begin on the customer's page, under Consent and rights."
        ),
        icon="shield-check",
        actions=(records.Action(label=_("Customers"), href="/customers/"),),
    )
    return sections.page(request, "rights", "../rights/requests.html", context)


@require_safe
@signed_in(role="lead")
def one(request: SignedInRequest, request_id: int) -> HttpResponse:
    """One request; while it is in work the page follows it."""
    item = queries.get_request(request.viewer, request_id)
    now = clock.now()
    context: dict[str, Any] = {
        "row": showing.request_row(item, today=now.date()),
        "item": item,
        "now": now,
        "paper": showing.certificate(item.answer) if item.answer else None,
        "is_genuine": certificate.is_genuine(item.answer) if item.answer else False,
        "is_moving": item.state in {"working", "cleaning"} or (item.state == "waiting" and item.run_at <= now),
        "has_customer": item.state not in {"cleaning", "done"},
        "left": len(item.progress.get("tables", ())),
        "done": item.progress.get("done", 0),
        "total": item.progress.get("total", 0),
    }
    if request.headers.get("HX-Target") == "request-state":
        return render(request, "rights/_request.html", context)
    return sections.page(request, "rights", "../rights/request.html", context)


@require_POST
@signed_in(role="lead")
def export(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """Begin an export of everything held about somebody."""
    made = requesting.open_request(
        request.viewer,
        customer_id,
        kind="access",
        with_internal=request.POST.get("with_internal") == "yes",
        now=clock.now(),
    )
    return redirect("rights_request", made)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def erase(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """What would go and what would stay; then: erase."""
    found = customers.get_customer(request.viewer, customer_id)
    error = ""
    if request.method == "POST":
        if request.POST.get("sure") == "yes":
            made = requesting.open_request(
                request.viewer,
                customer_id,
                kind="erasure",
                at_once=request.POST.get("when") == "now",
                now=clock.now(),
            )
            messages.success(
                request, _("It is on its way. Here you see how far it is, and at the end the certificate.")
            )
            return redirect("rights_request", made)
        error = _("Say that you have read what goes.")
    context = {
        "customer": found,
        "face": records.Face(name=found.name, key=str(found.id)),
        "seen": foresee.foresee(request.viewer, customer_id),
        "backups": certificate.list_backups(now=clock.now()),
        "kept": [words.kept(name) for name in certificate.KEPT],
        "error": error,
    }
    return render(request, "rights/erase.html", context, status=422 if error else 200)


@require_POST
@signed_in(role="lead")
def change(request: SignedInRequest, request_id: int, change: str) -> HttpResponseBase:
    """Take a request back, or begin at once."""
    if change == "withdraw":
        requesting.withdraw(request.viewer, request_id, now=clock.now())
        messages.success(request, _("Taken back. Nothing was removed."))
    else:
        requesting.hasten(request.viewer, request_id, now=clock.now())
    return redirect("rights_request", request_id)


@require_safe
@signed_in(role="lead")
def download(request: SignedInRequest, request_id: int) -> HttpResponseBase:
    """The ZIP; who fetched it is kept."""
    name = requesting.note_fetched(request.viewer, request_id, now=clock.now())
    try:
        content = disclose.place(name).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@signed_in(role="lead")
def paper(request: SignedInRequest, request_id: int, form: str) -> HttpResponseBase:
    """The certificate to hand over: as JSON, or as one page to print."""
    item = queries.get_request(request.viewer, request_id)
    if item.answer is None:
        raise Http404
    name = f"certificate-{item.id}.{form}"
    if form == "json":
        response: HttpResponse = JsonResponse(item.answer, json_dumps_params={"indent": 2})
    else:
        response = render(request, "rights/paper.html", {"paper": showing.certificate(item.answer)})
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
