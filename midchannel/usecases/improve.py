"""Improve: what customers ask for becomes a change with an owner; when it is done, everybody who asked is told.

Open -> doing -> done. When it is done, a person approves the words, and each asker hears them once, on the channel where they asked.
"""

from datetime import datetime

from midchannel.platform.accounts.queries import Viewer


def begin(
    viewer: Viewer,
    title: str,
    *,
    now: datetime,
    change: str = "",
    owner_id: int | None = None,
    conversation_id: int | None = None,
) -> int:
    """Begin an improvement; returns its id. With a conversation, whoever asked there is the first asker. Without an owner it is the viewer's."""
    raise NotImplementedError


def tie(viewer: Viewer, conversation_id: int, improvement_id: int, now: datetime) -> None:
    """Say that a conversation asks for an improvement. Again is harmless."""
    raise NotImplementedError


def untie(viewer: Viewer, conversation_id: int, improvement_id: int, now: datetime) -> None:
    """Take that back. Whoever has been told stays in the ledger."""
    raise NotImplementedError


def tell(viewer: Viewer, improvement_id: int, text: str, now: datetime) -> int:
    """Approve the words for everybody who asked and has not been told; returns how many that is. The loop `tell_next` brings them."""
    raise NotImplementedError


def tell_next(*, now: datetime) -> bool:
    """Bring the approved words to the next asker: a loop of the worker's. True when there may be more."""
    raise NotImplementedError
