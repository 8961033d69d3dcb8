"""The list behind the bell."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from midchannel.inside.teamwork import actions as teamwork
from midchannel.inside.teamwork import queries as teamwork_queries
from midchannel.inside.teamwork.queries import Notice, OpenQuestion
from midchannel.platform import clock
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in

PLACES = {
    "conversation": "/inbox/c/{}/",
    "customer": "/customers/{}/",
    "improvement": "/improvements/{}/",
    "alert": "/listen/alerts/{}/",
    "case": "/cases/{}/room/",
}
MOST = 50


def address_of(object_type: str, object_id: int) -> str:
    """Where an object is read."""
    return PLACES.get(object_type, "/").format(object_id)


@require_GET
@signed_in()
def notices(request: SignedInRequest) -> HttpResponse:
    """Notices, and the questions that wait for an answer, of the reader and by the reader."""
    questions = teamwork_queries.list_open_questions(request.viewer)
    found = teamwork_queries.list_notices(request.viewer, limit=MOST)
    context = {
        "notices": [notice_of(notice) for notice in found],
        "to_me": [question_of(question) for question in questions if question.is_mine],
        "by_me": [question_of(question) for question in questions if not question.is_mine],
        "nothing": None if found or questions else _nothing(),
        "is_cut": len(found) >= MOST,
    }
    is_part = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    return render(request, "notices/_notices.html" if is_part else "notices/notices.html", context)


def _nothing() -> records.State:
    words = _("When a colleague asks you something, answers you, or hands you a conversation, you find it here.")
    action = records.Action(label=_("To the inbox"), href=reverse("inbox"), icon="inbox")
    return records.State(kind="first", title=_("Nothing waits for you"), words=words, icon="bell", actions=(action,))


def notice_of(notice: Notice) -> records.Notice:
    """A notice in words."""
    words = {
        "asked": _("%(name)s asks you"),
        "answered": _("%(name)s answered you"),
        "assigned": _("%(name)s handed a conversation to you"),
        "alert": _("More is said than usual"),
        "gathered": _("%(name)s brought you to a case"),
        "partner": _("A partner wrote about a case"),
    }.get(notice.kind, "%(name)s") % {"name": notice.by_name}
    if notice.count > 1:
        words = ngettext("%(words)s (and %(count)d more)", "%(words)s (and %(count)d more)", notice.count - 1) % {
            "words": words,
            "count": notice.count - 1,
        }
    return records.Notice(
        id=str(notice.id),
        href=reverse("notice", args=[notice.id]),
        face=records.Face(name=notice.by_name),
        words=words,
        at=notice.at,
        excerpt=notice.text,
        is_unread=True,
    )


def question_of(question: OpenQuestion) -> records.Notice:
    """An open question in words."""
    if question.is_mine:
        words, face = _("%(name)s asks you") % {"name": question.asker_name}, question.asker_name
    else:
        words, face = _("You asked %(name)s") % {"name": question.asked_name}, question.asked_name
    return records.Notice(
        id=f"question-{question.id}",
        href=address_of(question.object_type, question.object_id),
        face=records.Face(name=face),
        words=words,
        at=question.at,
        excerpt=question.text,
    )


@require_GET
@signed_in()
def follow(request: SignedInRequest, notice_id: int) -> HttpResponse:
    """To what a notice is about; following it is reading it."""
    found = [n for n in teamwork_queries.list_notices(request.viewer, limit=MOST) if n.id == notice_id]
    if not found:
        return redirect("notices")
    teamwork.dismiss_notice(request.viewer, notice_id, now=clock.now())
    return redirect(address_of(found[0].object_type, found[0].object_id))


@require_POST
@signed_in()
def read_all(request: SignedInRequest) -> HttpResponse:
    """All that are shown are read; the questions among them stay open."""
    for notice in teamwork_queries.list_notices(request.viewer, limit=MOST):
        teamwork.dismiss_notice(request.viewer, notice.id, now=clock.now())
    return redirect("notices")
