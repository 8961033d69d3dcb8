"""A case played without keeping anything: what was done travels with the form, and is played anew at every step."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from midchannel.engines.casework import commands, compiled, playing, yaml_reading
from midchannel.engines.casework.errors import InvalidPlanError
from midchannel.engines.casework.playing import Script
from midchannel.engines.casework.states import FileTransition
from midchannel.middle.cases.queries import drafts, versions
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.plans import played
from midchannel.web.plans.views import number_of

LARGEST = 60_000


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def try_version(request: SignedInRequest, name: str) -> HttpResponseBase:
    """Play a case of a version."""
    version, text = versions.get_version(request.viewer, name, number_of(request.GET.get("version")))
    words = _("version %s") % version.number
    return _answer(request, text, {"back": reverse("plan", args=[name]), "what": words, "plan_name": name})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def try_draft(request: SignedInRequest, draft_id: int) -> HttpResponseBase:
    """Play a case of a draft as it is kept now."""
    found = drafts.get_draft(request.viewer, draft_id)
    return _answer(request, found.text, {"back": reverse("plan_draft", args=[draft_id]), "what": _("your draft")})


def _answer(request: SignedInRequest, text: str, context: dict[str, Any]) -> HttpResponse:
    template = "plans/_play.html" if request.headers.get("HX-Request") else "plans/try.html"
    try:
        ready = compiled.compile_plan(yaml_reading.read(text))
    except InvalidPlanError as wrong:
        return render(request, "plans/try.html", context | {"problem": wrong.problems[0]})
    script, error = _script(request)
    play = playing.play(ready, script)
    if play.refused:
        kept = playing.cut(script, max(len(play.steps) - 1, 0))
        error = error or _("That is not possible now: %s") % play.refused
        script, play = kept, playing.play(ready, kept)
    status = 422 if error else 200
    return render(request, template, context | played.shown(ready, script, play) | {"error": error}, status=status)


def _script(request: HttpRequest) -> tuple[Script, str]:
    """What the form has, with what is asked for now; and what was wrong with it."""
    script, given = Script(clock.now().replace(microsecond=0)), request.POST.get("script", "")
    if request.method != "POST" or not given:
        return script, ""
    try:
        script = playing.read(given if len(given) <= LARGEST else "")
    except (ValueError, RecursionError):
        return script, _("What was played so far cannot be read. It begins anew.")
    if (cut := number_of(request.POST.get("cut"))) is not None:
        return playing.cut(script, cut), ""
    try:
        return _with(script, _entry(request)), ""
    except InvalidError as error:
        return script, error.reason


def _with(script: Script, entry: playing.Entry | None) -> Script:
    if entry is None:
        return script
    if len(script.entries) >= playing.MOST:
        raise InvalidError(_("That is enough for one play: %s steps. Go back some, or begin anew.") % playing.MOST)
    return playing.add(script, entry)


def _entry(request: HttpRequest) -> playing.Entry | None:
    post = request.POST
    what = post.get("do", "")
    if what == "set":
        name = post.get("value_name", "").strip()[:100]
        if not name:
            raise InvalidError(_("Which value? Give its name."))
        return commands.SetValues(values={name: value_of(post.get("value", "")[:1000])})
    if what == "wait":
        return playing.Wait(seconds=float(number_of(post.get("span")) or 0))
    if what == "own":
        return commands.AddTask(title=post.get("title", "").strip()[:200])
    if what == "file":
        return commands.FileEvent(item=post.get("file_item", "")[:200], event=_file_event(post.get("file_event", "")))
    if not what:
        return None
    try:
        entry: playing.Entry = msgspec.json.decode(what[:2000], type=playing.Entry)
    except (ValueError, RecursionError):
        raise InvalidError(_("That cannot be done.")) from None
    return entry


def _file_event(text: str) -> FileTransition:
    return FileTransition(text) if text in set(played.FILES) else FileTransition.UPDATE


def value_of(text: str) -> Any:
    """What somebody typed as a value: a number, yes or no, a list, or a text."""
    said = text.strip()
    plain = {"yes": True, "true": True, "no": False, "false": False, "": None, "nothing": None, "null": None}
    if said.lower() in plain:
        return plain[said.lower()]
    try:
        value = msgspec.json.decode(said)
    except (ValueError, RecursionError):
        return said
    is_plain = isinstance(value, int | float | str) or (isinstance(value, list) and len(value) < 100)
    return value if is_plain else said
