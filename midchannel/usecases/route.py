"""Route: a new conversation waits where the first fitting rule says, by what its first text says. Else where its channel says."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import OperationalError, transaction

from midchannel.inside.service import queries as service
from midchannel.inside.service import routing
from midchannel.inside.service.routing import Said
from midchannel.middle.conversations.actions import routing as conversations
from midchannel.middle.signals import queries as signals
from midchannel.platform.database.bulk import array, fetch

log = structlog.get_logger("route")
FIRST = (
    "SELECT DISTINCT ON (conversation_id) conversation_id, id FROM message WHERE direction = 1"
    " AND conversation_id = ANY(%s::bigint[]) ORDER BY conversation_id, id"
)


def route(conversation_ids: Sequence[int], *, now: datetime) -> int:
    """Put newly opened conversations where rules say; returns how many moved. In the caller's transaction.

    Nothing that goes wrong here reaches the caller: what is not routed waits in its channel's queue.
    """
    if not conversation_ids or not (rules := [rule for rule in routing.list_rules() if rule.is_active]):
        return 0
    try:
        with transaction.atomic():
            return _route(conversation_ids, rules, now=now)
    except OperationalError:
        raise
    except Exception:
        log.exception("not routed", conversations=len(conversation_ids))
        return 0


def _route(conversation_ids: Sequence[int], rules: Sequence[routing.Rule], *, now: datetime) -> int:
    firsts = dict(fetch(FIRST, [array(conversation_ids)]))
    found = signals.of_known(firsts.values())
    moved = 0
    for conversation_id, message_id in firsts.items():
        signal = found.get(message_id)
        if signal is None or signal.is_spam:
            continue
        said = Said(
            channel_id=signal.channel_id,
            language=signal.language,
            sentiment=signal.sentiment,
            intents=signal.intents,
            topic_ids=signal.topic_ids,
            is_urgent=signal.is_urgent,
        )
        rule = routing.first_fitting(rules, said)
        if rule is not None:
            targets = service.get_targets(rule.queue_id)
            moved += conversations.route(
                conversation_id,
                queue_id=rule.queue_id,
                scope_id=rule.scope_id,
                first_answer=targets.first_answer,
                resolution=targets.resolution,
                rule=rule.name,
                now=now,
            )
    return moved
