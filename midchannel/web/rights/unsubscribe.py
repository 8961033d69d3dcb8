"""Saying no with one click: for whoever holds the link of a message, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from midchannel.platform import clock
from midchannel.usecases import speak_first
from midchannel.web.rights import words


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the link is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask (GET, so that a mail program which only looks at links changes nothing), and hear it (POST)."""
    purpose = speak_first.purpose_of(token)
    is_done = request.method == "POST"
    if is_done:
        speak_first.unsubscribe(token, now=clock.now())
    label, help_ = words.purpose(purpose)
    context = {"is_done": is_done, "label": label, "help": help_}
    return render(request, "rights/unsubscribe.html", context)
