"""What a message of a thread says: shown beside it, and said otherwise with one key."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from midchannel.middle.conversations import queries as conversations
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import answers, composers, threads, views
from midchannel.web.understanding import saying


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def says(request: SignedInRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """The small form for a message; and what was said in it. Without a script it is a page of its own."""
    viewer = request.viewer
    opened = views.open_conversation(viewer, conversation_id)
    try:
        if request.method == "POST":
            _signal, words = saying.keep(viewer, message_id, request.POST, now=clock.now())
            return _kept(request, opened, message_id, words)
        form = saying.form_of(saying.get(viewer, message_id))
    except NotFoundError as error:
        raise Http404 from error
    except InvalidError as problem:
        if not answers.is_part(request):
            return answers.back(request, conversation_id, problem.reason, is_error=True)
        return answers.tell(HttpResponse(status=422), answers.toast(problem.reason, kind="error"))
    context = {
        "say": form,
        "say_href": reverse("inbox-says", args=[conversation_id, message_id]),
        "say_target": f"#message-{message_id}",
        "back_href": reverse("inbox-conversation", args=[conversation_id]),
    }
    return render(request, "understanding/_say.html" if answers.is_part(request) else "understanding/say.html", context)


def _kept(request: SignedInRequest, opened: views.Opened, message_id: int, words: str) -> HttpResponse:
    if not answers.is_part(request):
        return answers.back(request, opened.detail.id, words)
    window = conversations.list_messages(request.viewer, opened.detail.id, around=message_id, limit=3)
    seen_by = composers.audiences(opened.composing)
    entries = threads.entries_of(
        request.viewer, opened.detail, window, [], seen_by=seen_by, can_translate=opened.can_translate
    )
    bubble = next((entry.bubble for entry in entries if entry.key == str(message_id)), None)
    if bubble is None:
        raise Http404
    response = render(request, "inbox/_item.html", {"item": {"bubble": bubble}})
    return answers.tell(response, answers.toast(words), answers.CHANGED)
