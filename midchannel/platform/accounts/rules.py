"""Pure rules about people's rights."""

from datetime import timedelta

from midchannel.platform.accounts.errors import NotAdministratorError, NotLeadError
from midchannel.platform.accounts.queries import Viewer

INVITATION_LASTS = timedelta(days=7)
TOKEN_PREFIX = "mca_"  # noqa: S105 - not a secret, but what tells leak scanners that one follows

# What a token of the REST API may be allowed to do.
RIGHTS = (
    "read:customers",
    "write:customers",
    "write:consents",
    "read:rights",
    "write:rights",
    "read:conversations",
    "write:conversations",
    "read:channels",
    "write:channels",
    "read:silos",
    "write:silos",
    "read:arrivals",
    "write:arrivals",
    "read:internal",
    "write:internal",
    "read:improvements",
    "read:listening",
    "read:cases",
    "write:cases",
    "write:plans",
)


def check_administrator(viewer: Viewer) -> None:
    """Raise unless they may administer."""
    if not viewer.is_administrator:
        raise NotAdministratorError


def check_lead(viewer: Viewer) -> None:
    """Raise unless they may lead."""
    if not viewer.is_lead:
        raise NotLeadError
