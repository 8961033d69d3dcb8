"""Which part of a page htmx asks for."""

from django.http import HttpRequest


def is_for(request: HttpRequest, element_id: str) -> bool:
    """Whether htmx wants what goes into this element: it names its target as `tag#id`. When it restores history it wants the page."""
    if request.headers.get("HX-History-Restore-Request"):
        return False
    return request.headers.get("HX-Target", "").rpartition("#")[2] == element_id
