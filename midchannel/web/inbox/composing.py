"""What is written: replies, notes, drafts, and what is offered while one types."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from midchannel.inside.service import queries as service
from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations import queries as conversation_queries
from midchannel.outside.channels.port import File
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.errors import InvalidError, MidchannelError, NotFoundError
from midchannel.platform.files import actions as files
from midchannel.usecases import ask, reply
from midchannel.usecases import resolve as resolving
from midchannel.usecases.reply import Held
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import answers, composers, views

MOST_FILES = 10
MOST_BYTES = 20_000_000
OFFERED = 8


@require_POST
@signed_in()
def send(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """A reply. Held with the new messages shown when the thread has moved on; the text is never lost."""
    text, now = request.POST.get("text", ""), clock.now()
    saw_message_id, saw_in_id = composers.read_last_seen(request.POST.get("last_seen", ""))
    try:
        result = reply.send(
            request.viewer,
            conversation_id,
            text=text,
            client_key=request.POST.get("client_id") or composers.new_key(),
            saw_message_id=saw_message_id,
            saw_in_id=saw_in_id,
            files=_kept(request, now),
            audience=request.POST.get("audience") or None,
            send_anyway=request.POST.get("anyway") == "1",
            now=now,
        )
        if isinstance(result, Held):
            return _composer(request, conversation_id, text=text, note=request.POST.get("note", ""), held=result)
        then_resolve = request.POST.get("then") == "resolve"
        if then_resolve:
            resolving.resolve(request.viewer, conversation_id, now=now)
    except NotFoundError as error:
        raise Http404 from error
    except MidchannelError as problem:
        key = request.POST.get("client_id", "")
        return _composer(request, conversation_id, text=text, error=problem.reason, client_key=key, status=422)
    if not answers.is_part(request):
        return answers.back(request, conversation_id)
    seconds = max(1, round((result.due_at - now).total_seconds()))
    undo = reverse("inbox-take-back", args=[result.message_id])
    words = _("Sent and resolved.") if then_resolve else _("On its way.")
    told: list[Any] = [answers.MINE, answers.toast(words, undo=undo, seconds=seconds)]
    if then_resolve:
        told.append(answers.NEXT)
    return answers.tell(_composer(request, conversation_id, text="", note=request.POST.get("note", "")), *told)


def _composer(request: SignedInRequest, conversation_id: int, *, status: int = 200, **kwargs: Any) -> HttpResponse:
    """The composer alone for htmx; else the whole page around it."""
    opened = views.open_conversation(request.viewer, conversation_id)
    if not answers.is_part(request):
        return views.show(request, opened, status=status, **kwargs)
    composer = composers.composer_of(request.viewer, opened.detail, opened.composing, **kwargs)
    response = render(request, "inbox/_composer.html", {"composer": composer}, status=status)
    return answers.tell(response, answers.MINE) if kwargs.get("held") else response


def _kept(request: SignedInRequest, now: datetime) -> Sequence[File]:
    uploads = request.FILES.getlist("files")
    if len(uploads) > MOST_FILES:
        raise InvalidError(_("At most %(count)d files go with one message.") % {"count": MOST_FILES}, "files")
    if sum(upload.size or 0 for upload in uploads) > MOST_BYTES:
        raise InvalidError(_("The files are larger than 20 MB together. Send a link instead."), "files")
    kept = []
    for upload in uploads:
        media_type = upload.content_type or "application/octet-stream"
        stored = files.keep(upload.read(), media_type=media_type, now=now)
        kept.append(
            File(
                name=upload.name or _("File"), media_type=media_type, sha256=stored.sha256, size_bytes=stored.size_bytes
            )
        )
    return kept


@require_POST
@signed_in()
def note(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """A word to colleagues, in the internal thread. Whoever is named behind an @ is asked."""
    text = request.POST.get("note", "").strip()
    try:
        asked = ask.ask(request.viewer, "conversation", conversation_id, text=text, now=clock.now())
    except NotFoundError as error:
        raise Http404 from error
    except MidchannelError as problem:
        typed = request.POST.get("text", "")
        return _composer(request, conversation_id, text=typed, note=text, mode="note", error=problem.reason, status=422)
    words = ""
    if asked.unknown:
        words = _("Nobody is called %(names)s.") % {"names": ", ".join(f"@{name}" for name in asked.unknown)}
    elif asked.question_ids:
        count = len(asked.question_ids)
        words = ngettext("%d colleague was asked.", "%d colleagues were asked.", count) % count
    elif asked.answered_ids:
        words = _("Answered.")
    if not answers.is_part(request):
        return answers.back(request, conversation_id, words)
    told: list[Any] = [answers.MINE] + ([answers.toast(words)] if words else [])
    return answers.tell(_composer(request, conversation_id, text=request.POST.get("text")), *told)


@require_POST
@signed_in()
def withdraw(request: SignedInRequest, conversation_id: int, question_id: int) -> HttpResponse:
    """Whoever asked needs no answer any more."""
    try:
        ask.withdraw(request.viewer, question_id, now=clock.now())
    except NotFoundError as error:
        raise Http404 from error
    except MidchannelError as problem:
        return _told(request, conversation_id, problem.reason, is_error=True)
    return _told(request, conversation_id, _("The question is closed."))


def _told(request: SignedInRequest, conversation_id: int, words: str, *, is_error: bool = False) -> HttpResponse:
    if not answers.is_part(request):
        return answers.back(request, conversation_id, words, is_error=is_error)
    told = answers.toast(words, kind="error" if is_error else "")
    return answers.tell(HttpResponse(status=204), answers.MINE, told)


@require_POST
@signed_in()
def draft(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """Keep what is typed and not sent, for this person alone."""
    saw_message_id, _count = composers.read_last_seen(request.POST.get("last_seen", ""))
    text = request.POST.get("text", "")
    try:
        conversations.save_draft(
            request.viewer, conversation_id, text=text, saw_message_id=saw_message_id, now=clock.now()
        )
    except NotFoundError as error:
        raise Http404 from error
    return HttpResponse(status=204)


@require_POST
@signed_in()
def take_back(request: SignedInRequest, message_id: int) -> HttpResponse:
    """Take a reply back before it went out: its text is in the composer again."""
    conversation_id = _origin(request, message_id)
    try:
        text = reply.take_back(request.viewer, message_id, now=clock.now())
    except MidchannelError as problem:
        return _told(request, conversation_id, problem.reason, is_error=True)
    if not answers.is_part(request):
        return answers.back(request, conversation_id, _("Taken back. Your text is in the composer."))
    opened = views.open_conversation(request.viewer, conversation_id)
    composer = composers.composer_of(request.viewer, opened.detail, opened.composing, text=text)
    response = render(request, "inbox/_taken_back.html", {"composer": composer, "conversation_id": conversation_id})
    response.headers["HX-Reswap"] = "none"
    return answers.tell(response, answers.MINE, answers.toast(_("Taken back. Your text is in the composer.")))


@require_POST
@signed_in()
def retry(request: SignedInRequest, message_id: int) -> HttpResponse:
    """Try to bring a message to its channel once more."""
    conversation_id = _origin(request, message_id)
    try:
        reply.retry(request.viewer, message_id, now=clock.now())
    except MidchannelError as problem:
        return _told(request, conversation_id, problem.reason, is_error=True)
    return _told(request, conversation_id, _("It is tried again."))


def _origin(request: SignedInRequest, message_id: int) -> int:
    try:
        return conversation_queries.get_message_origin(request.viewer, message_id)
    except NotFoundError as error:
        raise Http404 from error


@require_GET
@signed_in()
def canned(request: SignedInRequest) -> HttpResponseBase:
    """Canned replies behind `::`, filled in for the conversation at hand."""
    wanted, chosen = request.GET.get("q", "")[:60], request.GET.get("c", "")
    conversation_id = int(chosen) if chosen.isdecimal() and len(chosen) < 20 else 0
    try:
        replies = [
            {
                "title": found.title,
                "shortcut": found.shortcut,
                "text": reply.fill_canned(request.viewer, conversation_id, found.id) if conversation_id else found.body,
            }
            for found in service.list_canned(request.viewer, text=wanted, limit=OFFERED)
        ]
    except NotFoundError as error:
        raise Http404 from error
    return _offered(request, "inbox/_suggest_canned.html", {"replies": replies})


@require_GET
@signed_in()
def people(request: SignedInRequest) -> HttpResponseBase:
    """Colleagues behind `@`."""
    wanted = request.GET.get("q", "").lower()[:60]
    found = [
        {"name": person.name, "mention": person.mention, "face": records.Face(name=person.name, key=str(person.id))}
        for person in accounts.list_people(request.viewer)
        if person.is_active and person.id != request.viewer.user_id
        and (person.mention.startswith(wanted) or any(word.startswith(wanted) for word in person.name.lower().split()))
    ]  # fmt: skip
    return _offered(request, "inbox/_suggest_people.html", {"people": found[:OFFERED]})


def _offered(request: SignedInRequest, part: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, part if answers.is_part(request) else "inbox/suggest.html", context | {"part": part})
