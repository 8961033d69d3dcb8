"""People, invitations and teams; for administrators."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.platform import clock
from midchannel.platform.accounts import actions, queries
from midchannel.platform.accounts.queries import Person, TeamDetail
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections
from midchannel.web.settings.forms import ROLES, InviteForm, TeamForm

CHANGES = {"activate": actions.activate, "deactivate": actions.deactivate, "end-sessions": actions.end_sessions}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with what the list shows of them."""

    person: Person
    face: records.Face
    teams: tuple[str, ...]
    is_me: bool


@require_safe
@signed_in(role="administrator")
def people(request: SignedInRequest) -> HttpResponse:
    """Everybody, and who was invited."""
    viewer = request.viewer
    teams = queries.list_team_details(viewer)
    rows = [
        PersonRow(
            person,
            records.Face(name=person.name, key=person.email),
            tuple(team.name for team in teams if person.id in {m.id for m in team.members}),
            person.id == viewer.user_id,
        )
        for person in queries.list_people(viewer)
    ]
    context = {
        "active": [row for row in rows if row.person.is_active],
        "gone": [row for row in rows if not row.person.is_active],
        "invitations": queries.list_invitations(viewer, now=clock.now()),
        "roles": [(value, str(words).partition(":")[0]) for value, words in ROLES],
        "role_words": [str(words) for _value, words in ROLES],
    }
    return sections.page(request, "people", "people.html", context)


@require_POST
@signed_in(role="administrator")
def change_role(request: SignedInRequest, user_id: int) -> HttpResponseBase:
    """Make somebody an agent, a lead or an administrator."""
    actions.change_role(request.viewer, user_id, role=request.POST.get("role", ""), now=clock.now())
    messages.success(request, _("The role is changed."))
    return redirect("settings_people" if user_id != request.viewer.user_id else "settings_you")


@require_POST
@signed_in(role="administrator")
def change_person(request: SignedInRequest, user_id: int, change: str) -> HttpResponseBase:
    """Let somebody in or not, or sign them out everywhere."""
    CHANGES[change](request.viewer, user_id, now=clock.now())
    told = {
        "activate": _("They can sign in again."),
        "deactivate": _("They are signed out and cannot sign in any more. What they did stays."),
        "end-sessions": _("They are signed out everywhere."),
    }
    messages.success(request, told[change])
    return redirect("settings_people")


@never_cache
@require_POST
@signed_in(role="administrator")
def new_password(request: SignedInRequest, user_id: str) -> HttpResponse:
    """A link by which somebody who forgot their password chooses another; shown on this page and never again."""
    token = actions.offer_new_password(request.viewer, int(user_id), now=clock.now())
    found = next(person for person in queries.list_people(request.viewer) if person.id == int(user_id))
    link = request.build_absolute_uri(reverse("choose_password", args=[token]))
    return sections.page(request, "people", "password_link.html", {"person": found, "link": link})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="administrator")
def invite(request: SignedInRequest) -> HttpResponse:
    """Invite somebody; the link is shown on this page and never again."""
    form = InviteForm(request.POST or None, teams=queries.list_team_details(request.viewer))
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            token = actions.invite(request.viewer, now=clock.now(), **form.cleaned_data)
            link = request.build_absolute_uri(reverse("accept_invitation", args=[token]))
        except InvalidError as error:
            form.add_error(error.field or None, error.reason)
    context = {"form": form, "link": link, "email": form.data.get("email", "")}
    return sections.page(request, "people", "invite.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in(role="administrator")
def revoke_invitation(request: SignedInRequest, invitation_id: int) -> HttpResponseBase:
    """Take an invitation back."""
    actions.revoke_invitation(request.viewer, invitation_id, now=clock.now())
    messages.success(request, _("The invitation is taken back; its link works no longer."))
    return redirect("settings_people")


@require_safe
@signed_in(role="administrator")
def teams(request: SignedInRequest) -> HttpResponse:
    """All teams."""
    rows = [
        {"team": team, "faces": [records.Face(name=m.name, key=m.email) for m in team.members[:12]]}
        for team in queries.list_team_details(request.viewer)
    ]
    first = records.State(
        kind="first",
        title=_("No teams yet"),
        words=_("A team is people who work on the same things. It has queues, and its members see what waits in them."),
        icon="handshake",
        actions=(records.Action(label=_("Make a team"), href=reverse("settings_team_new"), icon="plus"),),
    )
    return sections.page(request, "teams", "teams.html", {"rows": rows, "first": first})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="administrator")
def team(request: SignedInRequest, team_id: int | None = None) -> HttpResponseBase:
    """Make or change a team."""
    viewer = request.viewer
    found = _team(request, team_id) if team_id is not None else None
    initial = {"name": found.name, "user_ids": [m.id for m in found.members]} if found else {}
    form = TeamForm(request.POST or None, initial=initial, people=queries.list_people(viewer))
    if request.method == "POST" and form.is_valid():
        try:
            if found:
                actions.change_team(viewer, found.id, now=clock.now(), **form.cleaned_data)
            else:
                actions.add_team(viewer, now=clock.now(), **form.cleaned_data)
        except InvalidError as error:
            form.add_error(error.field or None, error.reason)
        else:
            messages.success(request, _("The team is kept."))
            return redirect("settings_teams")
    context = {"form": form, "team": found}
    return sections.page(request, "teams", "team.html", context, status=422 if form.errors else 200)


def _team(request: SignedInRequest, team_id: int) -> TeamDetail:
    for team_ in queries.list_team_details(request.viewer):
        if team_.id == team_id:
            return team_
    raise NotFoundError
