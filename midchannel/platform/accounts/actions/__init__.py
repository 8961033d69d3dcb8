"""The only writes of accounts: `people`, `teams` (and grants), `inviting`, `replacing` (passwords), `tokens`."""

from midchannel.platform.accounts.actions.inviting import accept_invitation, invite, revoke_invitation
from midchannel.platform.accounts.actions.people import (
    activate,
    change_name,
    change_role,
    create_person,
    deactivate,
    end_sessions,
    forget_company,
    found,
    free_mention,
    name_company,
)
from midchannel.platform.accounts.actions.replacing import choose_new_password, offer_new_password, set_password
from midchannel.platform.accounts.actions.teams import (
    add_team,
    change_team,
    create_team,
    grant,
    set_members,
    withdraw_grant,
)
from midchannel.platform.accounts.actions.tokens import (
    IssuedToken,
    authenticate_token,
    issue_api_token,
    revoke_api_token,
)

__all__ = [
    "IssuedToken",
    "accept_invitation",
    "activate",
    "add_team",
    "authenticate_token",
    "change_name",
    "change_role",
    "change_team",
    "choose_new_password",
    "create_person",
    "create_team",
    "deactivate",
    "end_sessions",
    "forget_company",
    "found",
    "free_mention",
    "grant",
    "invite",
    "issue_api_token",
    "name_company",
    "offer_new_password",
    "revoke_api_token",
    "revoke_invitation",
    "set_members",
    "set_password",
    "withdraw_grant",
]
