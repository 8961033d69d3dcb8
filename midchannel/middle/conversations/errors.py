"""What may go wrong with a conversation."""

from django.utils.translation import gettext as _

from midchannel.platform.errors import ConflictError, NotFoundError


class ConversationNotFoundError(NotFoundError):
    """This conversation is not here, or its queue is not one of yours."""


class AlreadyClaimedError(ConflictError):
    """Somebody else was faster. `owner_id` and `owner_name` say who has it now."""

    def __init__(self, owner_id: int, owner_name: str) -> None:
        super().__init__(_("%(name)s has this conversation already.") % {"name": owner_name})
        self.owner_id = owner_id
        self.owner_name = owner_name


class IllegalMoveError(ConflictError):
    """A conversation in this state cannot be moved there."""
