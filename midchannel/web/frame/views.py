"""Parts of the frame that refresh themselves."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def bell(request: HttpRequest) -> HttpResponse:
    """The bell with its number, after a notice came or was read."""
    return render(request, "frame/_bell.html")
