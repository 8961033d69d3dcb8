"""You: one's name, password, sessions and API tokens."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.inside.swarms import actions as swarm_actions
from midchannel.inside.swarms import queries as swarms
from midchannel.platform import clock
from midchannel.platform.accounts import actions, queries
from midchannel.platform.errors import InvalidError
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections
from midchannel.web.settings.forms import RIGHT_NAMES, NameForm, TokenForm

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_safe
@signed_in()
def home(request: SignedInRequest) -> HttpResponseBase:
    """The first section."""
    return redirect("settings_you")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def you(request: SignedInRequest) -> HttpResponseBase:
    """Oneself."""
    form = NameForm(request.POST or None, initial={"name": request.viewer.name})
    if request.method == "POST" and form.is_valid():
        actions.change_name(request.viewer, name=form.cleaned_data["name"], now=clock.now())
        messages.success(request, _("Your name is changed."))
        return redirect("settings_you")
    me = queries.list_people(request.viewer, ids=[request.viewer.user_id])[0]
    teams = [t.name for t in queries.list_team_details(request.viewer) if me.id in {m.id for m in t.members}]
    skills = swarms.list_skills(request.viewer)
    context = {"form": form, "me": me, "teams": teams, "skills": "\n".join(skills), **_tokens(request)}
    return sections.page(request, "you", "you.html", context, status=422 if form.errors else 200)


def _tokens(request: SignedInRequest) -> dict[str, object]:
    first = records.State(
        kind="first",
        title=_("No tokens"),
        words=_("A token lets a program of yours use the REST API with your eyes. Its address is /api/v1/docs."),
        icon="key-round",
    )
    rows = [
        {
            "token": row,
            "rights": [RIGHT_NAMES.get(right, right) for right in row.rights],
            "is_mine": row.owner == request.viewer.name,
        }
        for row in queries.list_api_tokens(request.viewer)
    ]
    return {"tokens": rows, "no_tokens": first}


@require_POST
@signed_in()
def skills(request: SignedInRequest) -> HttpResponseBase:
    """What one can help with, a line each."""
    try:
        swarm_actions.set_skills(request.viewer, request.POST.get("skills", "").splitlines(), now=clock.now())
        messages.success(request, _("Kept. Colleagues find you by it."))
    except InvalidError as error:
        messages.error(request, error.reason)
    return redirect("settings_you")


@require_POST
@signed_in()
def sign_out_everywhere(request: SignedInRequest) -> HttpResponseBase:
    """End all of one's sessions but this one."""
    actions.end_sessions(request.viewer, request.viewer.user_id, now=clock.now())
    user = queries.User.objects.get(pk=request.viewer.user_id)
    login(request, user, backend=BACKEND)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("settings_you")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def new_token(request: SignedInRequest) -> HttpResponse:
    """Make a token; it is shown on this page and never again."""
    form = TokenForm(request.POST or None)
    issued = None
    if request.method == "POST" and form.is_valid():
        try:
            issued = actions.issue_api_token(request.viewer, now=clock.now(), **form.cleaned_data)
        except InvalidError as error:
            form.add_error(error.field or None, error.reason)
    context = {"form": form, "issued": issued}
    return sections.page(request, "you", "token.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in()
def revoke_token(request: SignedInRequest, token_id: int) -> HttpResponseBase:
    """End a token."""
    actions.revoke_api_token(request.viewer, token_id, now=clock.now())
    messages.success(request, _("The token works no longer."))
    return redirect("settings_you")
