"""The style page's views."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from midchannel.platform import clock
from midchannel.web.components import records
from midchannel.web.design import sample, who
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
        "bubbles": sample.thread(now),
        "states": sample.states(),
        "marks": sample.marks(),
        "series": sample.series(),
        "one_series": sample.series()[:1],
        "form": SampleForm(initial={"name": "Help desk"}),
        "bad_form": SampleForm({}),
        "composer": sample.composer(),
        "public": sample.composer(
            audience="public",
            network="fediverse",
            where="A public reply to Ana's post on the fediverse, as @bank@bank.example.",
            seen_by="Anybody can read it.",
            limit=500,
            text="Hello Ana",
            can_attach=False,
        ),
        "note": sample.composer(mode="note"),
        "blocked": sample.composer(
            blocked="The mailbox help@bank.example has refused our password since 14:02. "
            "Your administrator has been told. You can still write a note."
        ),
        "held": sample.composer(text="Dear Ana, …", held=records.Held(messages=tuple(sample.thread(now)[4:5]))),
        "tabs": [
            records.Tab(label="Waiting longest", href="#", is_current=True, count=12),
            records.Tab(label="Mine", href="#", count=3),
            records.Tab(label="Resolved", href="#", count=12480),
        ],
        "tiles": [
            records.Tile(
                label="Open", value="128", note="12 more than yesterday", href="#", spark=(3, 5, 4, 8, 9, 7, 12)
            ),
            records.Tile(label="Overdue", value="4", note="oldest 2 h 10 min", href="#", is_loss=True),
            records.Tile(
                label="First answer, median", value="18", unit="min", note="15 to 22, 90th percentile 64 min", href="#"
            ),
            records.Tile(label="Received", value="12,480,122", note="= applied + duplicate + parked + waiting"),
        ],
        "notices": [
            records.Notice(
                id="1",
                href="#",
                face=sample.LEAD,
                words="Jie Lin asks you in the conversation with Ana Horvat",
                excerpt=sample.HOSTILE,
                at=now - timedelta(minutes=4),
                is_unread=True,
            ),
            records.Notice(
                id="2",
                href="#",
                face=sample.AGENT,
                words="Sam Okafor answered your question",
                excerpt="Yes. Refunds run tonight.",
                at=now - timedelta(hours=7),
            ),
        ],
        "entries": [
            records.Entry(
                at=now - timedelta(minutes=4),
                words="Wrote a public post",
                kind="theirs",
                network="fediverse",
                text="Still waiting",
                audience="public",
                href="#",
            ),
            records.Entry(
                at=now - timedelta(hours=3),
                words="Sam Okafor replied by e-mail",
                kind="ours",
                network="email",
                text="Dear Ana, you are right …",
            ),
            records.Entry(
                at=now - timedelta(hours=4), words="Note by Jie Lin", kind="internal", text="Refunds run tonight"
            ),
            records.Entry(at=now - timedelta(days=3), words="Called, 3 min 20 s", kind="theirs", network="telephone"),
            records.Entry(at=now - timedelta(days=12), words="First answer was late by 42 min", kind="loss"),
        ],
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
        "bubbles": sample.thread(now),
        "composer": sample.composer(),
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
