"""The style page's views."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from midchannel.platform import clock
from midchannel.web.components import records
from midchannel.web.design import sample, threads, who
from midchannel.web.frame import errors, rail


class SampleForm(forms.Form):
    """Every kind of field, with errors when posted empty."""

    name = forms.CharField(help_text="What the team calls it.")
    kind = forms.ChoiceField(choices=[("email", "E-mail"), ("collector", "Collector")])
    purpose = forms.CharField(widget=forms.Textarea, required=False)
    goal_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), required=False)
    is_public = forms.BooleanField(
        label="Anybody can read what is said there", required=False, help_text="Replies are marked public."
    )
    who = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("all", "The whole team"), ("some", "Some of it")], required=False
    )


def _frame() -> dict[str, object]:
    return {
        "rail": [p for p in rail.PLACES if p.key not in {"g k", "g o", "g s"}],
        "reader": sample.AGENT,
        "reader_email": "sam@bank.example",
        "has_notices": True,
        "has_search": False,
        "has_events": False,
        "unread_notices": 3,
    }


def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    now = clock.now()
    context = _frame() | {
        "rows": sample.rows(now),
        "bubbles": threads.thread(now),
        "states": sample.states(),
        "marks": sample.marks(),
        "series": sample.series(),
        "one_series": sample.series()[:1],
        "form": SampleForm(initial={"name": "Help desk"}),
        "bad_form": SampleForm({}),
        "composer": threads.composer(),
        "public": threads.composer(
            audience="public",
            network="fediverse",
            where="A public reply to Ana's post on the fediverse, as @bank@bank.example.",
            seen_by="Anybody can read it.",
            limit=500,
            text="Hello Ana",
            can_attach=False,
        ),
        "note": threads.composer(mode="note"),
        "blocked": threads.composer(
            blocked="The mailbox help@bank.example has refused our password since 14:02. "
            "Your administrator has been told. You can still write a note."
        ),
        "held": threads.composer(text="Dear Ana, …", held=records.Held(messages=tuple(threads.thread(now)[4:5]))),
        "tabs": sample.tabs(),
        "tiles": sample.tiles(),
        "notices": sample.notices(now),
        "entries": sample.entries(now),
        "moments": [
            now,
            now - timedelta(minutes=5),
            now - timedelta(hours=5),
            now - timedelta(days=2),
            now - timedelta(days=60),
            now - timedelta(days=600),
        ],
    }
    wanted = request.GET.get("composer", "public")
    context["shown"] = context[wanted] if wanted in {"public", "note", "blocked", "held"} else context["public"]
    return render(request, "design/components.html", context)


def inbox(request: HttpRequest) -> HttpResponse:
    """The inbox as a static sample."""
    now = clock.now()
    context = _frame() | {
        "here": "/inbox/",
        "rows": sample.rows(now),
        "bubbles": threads.thread(now),
        "composer": threads.composer(),
        "customer": sample.ANA,
        "tabs": [
            records.Tab(label="Waiting", href="#", is_current=True, count=12),
            records.Tab(label="Mine", href="#", count=3),
            records.Tab(label="Snoozed", href="#"),
            records.Tab(label="Resolved", href="#"),
        ],
        "clock": records.Clock(name="Resolution", due_at=now + timedelta(hours=5)),
        "entries": [
            records.Entry(
                at=now - timedelta(minutes=64), words="Public post", kind="theirs", network="fediverse", href="#"
            ),
            records.Entry(
                at=now - timedelta(days=3), words="Called, 3 min 20 s", kind="theirs", network="telephone", href="#"
            ),
            records.Entry(
                at=now - timedelta(days=30), words="Card has not arrived", kind="theirs", network="email", href="#"
            ),
        ],
    }
    return render(request, "design/inbox.html", context)


def signin(request: HttpRequest) -> HttpResponse:
    """The sign-in page with an error."""

    class Form(forms.Form):
        login = forms.EmailField(label="E-mail")
        password = forms.CharField(widget=forms.PasswordInput)
        remember = forms.BooleanField(label="Remember me", required=False)

    form = Form({"login": "sam@bank", "password": "x"})
    return render(request, "account/login.html", {"form": form})


def error(request: HttpRequest, status: int) -> HttpResponse:
    """One of the error pages."""
    pages = {400: errors.bad_request, 403: errors.denied, 404: errors.not_found, 503: errors.unavailable}
    return pages.get(status, errors.failed)(request)


def identity(request: HttpRequest) -> HttpResponse:
    """The review, and the path of decisions behind a customer."""
    return render(request, "design/who.html", _frame() | who.context(clock.now()))
