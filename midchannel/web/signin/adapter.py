"""What differs from django-allauth's defaults."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody makes their own account: the first administrator is made on the first run, everybody else is invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""
