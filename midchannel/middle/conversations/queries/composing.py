"""What a reply here would do, in words, before anything is typed."""

from dataclasses import dataclass

from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """One audience a reply may have. `where` and `seen_by` are whole sentences."""

    value: str
    where: str
    seen_by: str


@dataclass(frozen=True, slots=True)
class ComposerState:
    """Whether one can reply, and where it would be published and by whom seen. `reason` says why not, with the remedy."""

    can_send: bool
    reason: str
    network: str
    channel_name: str
    audience: str
    where: str
    seen_by: str
    choices: tuple[AudienceChoice, ...] = ()
    recipients: tuple[str, ...] = ()
    undo_seconds: int = 5


def composer_state(viewer: Viewer, conversation_id: int) -> ComposerState:
    """What the composer says. The first of `choices` is the audience used when none is named. Raises ConversationNotFoundError."""
    raise NotImplementedError
