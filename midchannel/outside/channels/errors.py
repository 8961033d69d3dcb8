"""What may go wrong with channels."""

from midchannel.platform.errors import ConflictError, InvalidError, MidchannelError, NotFoundError


class ChannelNotFoundError(NotFoundError):
    """There is no such channel. Look at Settings, Channels for those that exist."""


class NameTakenError(ConflictError):
    """A channel of this name exists already. Choose another name."""


class ChannelClosedError(ConflictError):
    """This channel is closed and stays so. Open a new one."""


class UnknownNetworkError(InvalidError):
    """There is no such network."""


class TokenError(MidchannelError):
    """A token that opens nothing. `code` is one word for machines."""

    code = "token"


class NoTokenError(TokenError):
    """No token. Send it as `Authorization: Bearer TOKEN`."""

    code = "no-token"


class UnknownTokenError(TokenError):
    """This token is not known. Look whether it was copied whole, or issue a new one in the channel's settings."""

    code = "unknown-token"


class RevokedTokenError(TokenError):
    """This token was revoked. Issue a new one in the channel's settings."""

    code = "revoked-token"


class ClosedTokenError(TokenError):
    """The channel of this token is closed. Open a new channel."""

    code = "channel-closed"


class ParkedNotFoundError(NotFoundError):
    """This is not parked. It may have been replayed meanwhile; look at Arrivals."""


class CannotSendError(ConflictError):
    """Nothing can be sent through this channel now."""


class NotOnItsWayError(ConflictError):
    """This message is not where that could be done."""
