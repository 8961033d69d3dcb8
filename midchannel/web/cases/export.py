"""A case as files: what was said with the customer and with partners, who was in it, and the internal part if one asks for it."""

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from midchannel.platform import clock
from midchannel.usecases import export_case
from midchannel.web.cases import page
from midchannel.web.frame.access import SignedInRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def export(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """What goes into it, then the ZIP."""
    opened = page.open_case(request.viewer, case_id, most=0)
    if request.method != "POST":
        context = {"case_id": case_id, "people": export_case.people(request.viewer, case_id)}
        return page.show(request, opened, "case_room", "cases/_export.html", context)
    with_internal = request.POST.get("internal") == "1"
    packed = export_case.write(request.viewer, case_id, with_internal=with_internal, now=clock.now())
    name = _("case-%(id)s%(kind)s.zip") % {"id": case_id, "kind": "-internal" if with_internal else ""}
    response = FileResponse(packed, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response
