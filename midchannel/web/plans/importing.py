"""Plans brought in from files, and taken out: YAML, and CMMN XML, which may come from anywhere and is treated so."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from midchannel.engines.casework import xml_reading, xml_writing, yaml_nodes, yaml_reading, yaml_writing
from midchannel.engines.casework.errors import CaseworkError, InvalidPlanError
from midchannel.middle.cases.actions import drafting
from midchannel.middle.cases.queries import drafts, versions
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.plans.views import number_of

LARGEST = 2_000_000
MOST_TOLD = 20


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def bring(request: SignedInRequest) -> HttpResponseBase:
    """A file becomes a draft. What cannot be read is told with the place and the reason, and nothing is kept."""
    if request.method != "POST":
        return render(request, "plans/import.html", {})
    text, problems = _read(request.FILES.get("file"))
    if problems:
        context = {"problems": problems[:MOST_TOLD], "left": max(len(problems) - MOST_TOLD, 0)}
        return render(request, "plans/import.html", context, status=422)
    draft_id = drafting.begin_draft(request.viewer, text=text, now=clock.now())
    messages.success(request, _("It is a draft now. Nothing follows it until you save it."))
    return redirect("plan_draft", draft_id)


def _read(given: object) -> tuple[str, list[str]]:
    """The text, or everything that is wrong with it."""
    if not isinstance(given, UploadedFile) or not given.size:
        return "", [_("Choose a file.")]
    if given.size > LARGEST:
        return "", [_("The file is larger than two megabytes.")]
    try:
        return text_of(given.read()), []
    except InvalidPlanError as wrong:
        return "", [str(each) for each in wrong.problems]
    except CaseworkError as wrong:
        return "", [str(wrong)]
    except (UnicodeDecodeError, InvalidError):
        return "", [_("This is neither a plan as text (YAML) nor a CMMN file.")]


def text_of(data: bytes) -> str:
    """A plan's text from a file: YAML as it is, even when it is not right yet; CMMN as YAML. Raises CaseworkError, UnicodeDecodeError."""
    start = data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if start.startswith(b"<"):
        return yaml_writing.write(xml_reading.read(data).plan)
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\0", "")
    if len(text) > yaml_nodes.LARGEST:
        raise InvalidError(_("The text is longer than a million characters."))
    return text


@require_safe
@signed_in()
def export(request: SignedInRequest, name: str) -> HttpResponse:
    """A version as a file, `?as=yaml` or `?as=cmmn`."""
    version, text = versions.get_version(request.viewer, name, number_of(request.GET.get("version")))
    return _file(text, f"{name}-{version.number}", is_cmmn=request.GET.get("as") == "cmmn")


@require_safe
@signed_in(role="lead")
def export_draft(request: SignedInRequest, draft_id: int) -> HttpResponse:
    """A draft as a file; as CMMN only when it is a plan already."""
    found = drafts.get_draft(request.viewer, draft_id)
    is_cmmn = request.GET.get("as") == "cmmn"
    try:
        return _file(found.text, found.plan or "plan", is_cmmn=is_cmmn)
    except InvalidPlanError as wrong:
        raise InvalidError(_("It cannot be written as CMMN yet: %s") % wrong.problems[0]) from wrong


def _file(text: str, name: str, *, is_cmmn: bool) -> HttpResponse:
    body = xml_writing.write(yaml_reading.read(text)) if is_cmmn else text
    kind, ending = ("application/xml", "cmmn") if is_cmmn else ("application/yaml", "yaml")
    safe = "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else "_" for each in name)
    answer = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{safe}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
