"""The only writes of internal threads. The caller has proven the object; `scope_ids` are those of whoever sees it, for live pages."""

from midchannel.inside.teamwork.actions.forgetting import forget_objects, forget_people
from midchannel.inside.teamwork.actions.posting import MAX_TEXT, Posted, withdraw_question, write_post
from midchannel.inside.teamwork.actions.telling import (
    dismiss_notice,
    forget_notices,
    handle_notices,
    mark_seen,
    notify,
    notify_from_outside,
)

__all__ = [
    "MAX_TEXT",
    "Posted",
    "dismiss_notice",
    "forget_notices",
    "forget_objects",
    "forget_people",
    "handle_notices",
    "mark_seen",
    "notify",
    "notify_from_outside",
    "withdraw_question",
    "write_post",
]
