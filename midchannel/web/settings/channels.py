"""Channels: what is connected, whether it works, what it is for; opened, tried and closed by administrators."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.inside.service import queries as service
from midchannel.insight.outcomes import queries as outcomes
from midchannel.outside.channels import actions, queries, registry
from midchannel.outside.channels.port import Settings
from midchannel.outside.channels.queries import ChannelDetail, mailboxes
from midchannel.platform import clock
from midchannel.platform.errors import ConflictError, InvalidError, NotFoundError
from midchannel.usecases import demo, simulate
from midchannel.usecases.open_channel import Opened, open_channel
from midchannel.web.components import records
from midchannel.web.components.words import NETWORK_ICONS
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections
from midchannel.web.settings.channel_forms import FORMS, ChannelForm, GoalForm, MailboxForm, TrackingForm


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel one can open."""

    network: str
    name: str
    words: str

    @property
    def icon(self) -> str:
        """Its drawing."""
        return NETWORK_ICONS.get(self.network, "plug")


@dataclass(frozen=True, slots=True)
class Row:
    """A channel in the list."""

    channel: ChannelDetail
    icon: str
    state: str
    words: str


def kinds() -> dict[str, Kind]:
    """The kinds that can be opened here."""
    known = set(registry.list_networks())
    listed = (
        Kind("email", _("Mailbox"), _("Mail is read by IMAP and answered by SMTP.")),
        Kind("collector", _("Collector"), _("Your own programs send what happens as JSON, with a token.")),
        Kind(
            "tracking",
            _("Website and app"),
            _("What people do on your pages and in your apps, sent by Segment's own clients."),
        ),
        Kind("telephone", _("Telephone"), _("Records of calls, from your telephone system's export or by a token.")),
        Kind("simulator", _("Simulator"), _("A network in the box, with made-up people and real questions.")),
    )
    return {kind.network: kind for kind in listed if kind.network in known}


def _row(channel: ChannelDetail) -> Row:
    states = {
        "ok": ("good", _("Works")),
        "failing": ("loss", _("Does not work")),
        "paused": ("warm", _("Paused")),
        "closed": ("", _("Closed")),
    }
    dot, words = states.get(channel.health, ("loss", channel.health))
    return Row(channel, NETWORK_ICONS.get(channel.network, "plug"), dot, words)


@require_safe
@signed_in(role="lead")
def channels(request: SignedInRequest) -> HttpResponse:
    """Every channel."""
    found = queries.list_channels(request.viewer, with_closed=True)
    rows = [_row(channel) for channel in found if not registry.is_silo(channel.network)]
    first = records.State(
        kind="first",
        title=_("Nothing is connected yet"),
        words=_("A channel is one connection to a place where people talk: a mailbox, your own app, a network."),
        icon="cable",
        actions=(records.Action(label=_("Open a channel"), href=reverse("settings_channel_choose"), icon="plus"),),
    )
    has_demo = any(row.channel.is_demo for row in rows)
    return sections.page(request, "channels", "channels.html", {"rows": rows, "first": first, "has_demo": has_demo})


@require_safe
@signed_in(role="administrator")
def choose(request: SignedInRequest) -> HttpResponse:
    """Which kind to open."""
    return sections.page(request, "channels", "channel_choose.html", {"kinds": kinds().values()})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="administrator")
def new(request: SignedInRequest, network: str) -> HttpResponseBase:
    """Open a channel; a mailbox only when the connection works, or when asked to keep it all the same."""
    kind = kinds().get(network)
    if kind is None:
        raise Http404
    form = FORMS[network](request.POST or None, queues=service.list_queues(request.viewer))
    goal = GoalForm(request.POST or None, prefix="goal")
    context: dict[str, Any] = {"form": form, "goal": goal, "kind": kind}
    if request.method == "POST" and form.is_valid() & goal.is_valid():
        problems = _try(form) if request.POST.get("anyway") != "1" else []
        if problems:
            context |= {"tried": True, "problems": problems}
        else:
            opened = _open(request, network, form, goal)
            if opened is not None:
                return _opened(request, kind, form, opened)
    is_wrong = bool(form.errors or goal.errors or context.get("problems"))
    return sections.page(request, "channels", "channel_new.html", context, status=422 if is_wrong else 200)


def _open(request: SignedInRequest, network: str, form: ChannelForm, goal: GoalForm) -> Opened | None:
    given = form.cleaned_data
    try:
        opened = open_channel(
            request.viewer,
            network=network,
            name=given["name"],
            purpose=given["purpose"],
            queue_id=given["queue_id"],
            goal=goal.goal(),
            address=form.own_address(),
            config=form.config(),
            secrets=form.secrets(),
            now=clock.now(),
        )
    except InvalidError as error:
        form.add_error(error.field if error.field in form.fields else None, error.reason)
    except ConflictError as error:
        form.add_error("name", error.reason)
    else:
        if given.get("per_minute") is not None:
            simulate.steer(request.viewer, opened.channel_id, per_minute=given["per_minute"], now=clock.now())
        return opened
    return None


def _opened(request: SignedInRequest, kind: Kind, form: ChannelForm, opened: Opened) -> HttpResponseBase:
    """A token is shown at once and never again; else on to the channel."""
    if opened.token:
        context = {
            "kind": kind,
            "is_tracking": kind.network == "tracking",
            "opened": opened,
            "name": form.cleaned_data["name"],
            **_example(request, opened.token),
        }
        return sections.page(request, "channels", "channel_token.html", context)
    messages.success(request, _("The channel is open."))
    return redirect("settings_channel", opened.channel_id)


def _example(request: SignedInRequest, token: str) -> dict[str, str]:
    return {"token": token, **_where_to_send(request)}


def _where_to_send(request: SignedInRequest) -> dict[str, str]:
    collect = request.build_absolute_uri("/collect/v1/activities")
    return {"collect": collect, "host": collect.removesuffix("/collect/v1/activities")}


def _try(form: ChannelForm, *, channel_id: int = 0, secrets: dict[str, str] | None = None) -> list[str]:
    """What is wrong with a mailbox's settings; nothing for other kinds."""
    if not isinstance(form, MailboxForm):
        return []
    return _check("email", form.as_settings(channel_id=channel_id, secrets=secrets))


def _check(network: str, settings: Settings) -> list[str]:
    adapter = registry.get_adapter(network)
    return adapter.check(settings) if adapter else []


@sensitive_post_parameters()
@require_POST
@signed_in(role="administrator")
def check(request: SignedInRequest) -> HttpResponse:
    """Try a mailbox's settings while they are being filled in: nothing is kept."""
    form = MailboxForm(request.POST, queues=service.list_queues(request.viewer))
    form.fields["purpose"].required = form.fields["name"].required = False
    if not form.is_valid():
        missing = [_label(form, name) for name in form.errors if name in form.fields]
        return render(request, "settings/_tried.html", {"missing": missing})
    return render(request, "settings/_tried.html", {"tried": True, "problems": _try(form)})


def _label(form: ChannelForm, name: str) -> str:
    protocol = name.partition("_")[0].upper()
    label = str(form.fields[name].label or name)
    return f"{protocol}: {label}" if protocol in {"IMAP", "SMTP"} else label


@require_POST
@signed_in(role="administrator")
def check_again(request: SignedInRequest, channel_id: int) -> HttpResponseBase:
    """Try a channel as it is kept."""
    channel = queries.get_channel(request.viewer, channel_id)
    problems = _check(channel.network, actions.settings_of(channel_id))
    if channel.health in {"ok", "failing"}:
        health, reason = ("failing", problems[0]) if problems else ("ok", "")
        actions.set_health(channel_id, health, reason=reason, now=clock.now())
    if request.headers.get("HX-Request"):
        return render(request, "settings/_tried.html", {"tried": True, "problems": problems})
    return redirect("settings_channel", channel_id)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def channel(request: SignedInRequest, channel_id: int) -> HttpResponseBase:
    """One channel: whether it works, its goal and baseline, and for administrators its settings."""
    viewer, now = request.viewer, clock.now()
    found = queries.get_channel(viewer, channel_id)
    if registry.is_silo(found.network):
        return redirect("silo", channel_id)
    form = _change_form(request, found) if viewer.is_administrator and found.closed_at is None else None
    if request.method == "POST":
        if form is None:
            raise NotFoundError
        if form.is_valid() and _keep(request, found, form):
            messages.success(request, _("Kept."))
            return redirect("settings_channel", channel_id)
    context = {
        "row": _row(found),
        "channel": found,
        "form": form,
        "goals": outcomes.list_goals_of(viewer, channel_id, now=now),
        "baseline": outcomes.get_baseline(viewer, channel_id),
        "tokens": queries.list_tokens(viewer, channel_id),
        "is_pushed": found.network in registry.PUSHED,
        "can_check": found.network == "email",
        "mailbox": mailboxes.get_mailbox_state(viewer, channel_id, now=now) if found.network == "email" else None,
        "pace": registry.get_box(found.network).get_pace(channel_id) if registry.has_box(found.network) else None,
        "is_tracking": found.network == "tracking",
        "dropped": queries.count_dropped(viewer, channel_id=channel_id),
        **_where_to_send(request),
    }
    status = 422 if form is not None and form.errors else 200
    return sections.page(request, "channels", "channel.html", context, status=status)


def _change_form(request: SignedInRequest, found: ChannelDetail) -> ChannelForm:
    kind = {"email": MailboxForm, "tracking": TrackingForm}.get(found.network, ChannelForm)
    initial = {"name": found.name, "purpose": found.purpose, "queue_id": found.queue_id, "address": found.address}
    told = TrackingForm.filled_in(found.config) if kind is TrackingForm else found.config
    form = kind(request.POST or None, initial=initial | told, queues=service.list_queues(request.viewer))
    if isinstance(form, MailboxForm):
        form.fields["password"].required = False
        form.fields["password"].help_text = _("Leave it empty to keep the one you gave.")
    return form


def _keep(request: SignedInRequest, found: ChannelDetail, form: ChannelForm) -> bool:
    given = form.cleaned_data
    queue = service.get_queue(request.viewer, given["queue_id"])
    try:
        actions.change_settings(
            found.id,
            name=given["name"],
            purpose=given["purpose"],
            address=form.own_address() or None,
            queue_id=queue.id,
            scope_id=queue.scope_id,
            config=found.config | form.config() if isinstance(form, MailboxForm | TrackingForm) else None,
            secrets=form.secrets(),
            by=request.viewer.actor,
            now=clock.now(),
        )
    except (ConflictError, InvalidError) as error:
        form.add_error("name", error.reason)
        return False
    return True


@require_POST
@signed_in(role="administrator")
def change(request: SignedInRequest, channel_id: int, change: str) -> HttpResponseBase:
    """Pause, resume or close."""
    queries.get_channel(request.viewer, channel_id)
    do = {"pause": actions.pause, "resume": actions.resume, "close": actions.close}[change]
    do(channel_id, by=request.viewer.actor, now=clock.now())
    told = {
        "pause": _("Paused: nothing is sent or fetched. What is pushed to it is still taken."),
        "resume": _("It works again."),
        "close": _("Closed. What came through it stays."),
    }
    messages.success(request, told[change])
    return redirect("settings_channel", channel_id)


@never_cache
@require_POST
@signed_in(role="administrator")
def issue_token(request: SignedInRequest, channel_id: int) -> HttpResponse:
    """A further token, shown once."""
    found = queries.get_channel(request.viewer, channel_id)
    if found.network not in registry.PUSHED:
        raise NotFoundError
    issued = actions.issue_token(channel_id, by=request.viewer.actor, now=clock.now())
    is_tracking = found.network == "tracking"
    context = {"name": found.name, "channel": found, "is_tracking": is_tracking, **_example(request, issued.token)}
    return sections.page(request, "channels", "channel_token.html", context)


@require_POST
@signed_in(role="administrator")
def revoke_token(request: SignedInRequest, channel_id: int, token_id: int) -> HttpResponseBase:
    """A token is worthless from now on."""
    if token_id not in {token.id for token in queries.list_tokens(request.viewer, channel_id)}:
        raise NotFoundError
    actions.revoke_token(token_id, by=request.viewer.actor, now=clock.now())
    messages.success(request, _("The token works no longer."))
    return redirect("settings_channel", channel_id)


@require_POST
@signed_in(role="lead")
def pace(request: SignedInRequest, channel_id: int) -> HttpResponseBase:
    """How fast the simulator speaks, or whether it is silent."""
    rate = request.POST.get("per_minute", "")
    try:
        per_minute = float(rate) if rate else None
    except ValueError as error:
        raise InvalidError(_("Give the posts a minute as a number."), "per_minute") from error
    paused = {"on": False, "off": True}.get(request.POST.get("run", ""))
    simulate.steer(request.viewer, channel_id, per_minute=per_minute, is_paused=paused, now=clock.now())
    messages.success(request, _("Kept."))
    return redirect("settings_channel", channel_id)


@require_POST
@signed_in(role="administrator")
def remove_demo(request: SignedInRequest) -> HttpResponseBase:
    """Remove the demo company and everything about it."""
    demo.remove(request.viewer, now=clock.now())
    messages.success(request, _("The demo is removed, with everybody and everything in it."))
    return redirect("settings_channels")
