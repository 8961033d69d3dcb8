"""Who asks: a token that acts with one person's eyes, and only within its own rights."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from midchannel.api.problems import MOST_ERRORS, ProblemError
from midchannel.platform import clock
from midchannel.platform.accounts.actions import tokens
from midchannel.platform.accounts.queries import Viewer

MAX_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose eyes the token has, and what it may do."""

    viewer: Viewer
    rights: frozenset[str]


class Right(HttpBearer):
    """Asks for a token; with a name, for that right too."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller. Raises ProblemError when the token lacks the right; None when it is no token.

        Only then is said that something behind the question mark is unknown (see `urls.as_problem`).
        """
        token = token.strip()
        found = tokens.authenticate_token(token, now=clock.now()) if 0 < len(token) <= MAX_TOKEN else None
        if found is None:
            return None
        caller = Caller(*found)
        if self.name and self.name not in caller.rights:
            raise ProblemError(
                "missing-right",
                _("This needs a token with the right %(right)s. Make one in Settings, You.") % {"right": self.name},
                right=self.name,
            )
        unknown = getattr(request, "unknown_names", [])
        if unknown:
            reason = _("This is not known here.")
            mistakes = [{"where": f"query.{name[:50]}", "reason": reason} for name in unknown[:MOST_ERRORS]]
            raise ProblemError("invalid", _("Something behind the question mark is not known here."), errors=mistakes)
        return caller


def caller_of(request: HttpRequest) -> Caller:
    """Who asks, once `Right` has let them in."""
    caller: Any = request.auth  # type: ignore[attr-defined]
    assert isinstance(caller, Caller)  # noqa: S101 - every operation has a Right
    return caller


def viewer_of(request: HttpRequest) -> Viewer:
    """Whose eyes look."""
    return caller_of(request).viewer
