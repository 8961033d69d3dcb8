"""Open by rule: a conversation that has begun is shown to the company's rules, once; the first that fits opens a case for its team."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import rules
from midchannel.middle.cases.actions.opening import RULES
from midchannel.middle.cases.errors import NotNowError, PlanNotFoundError
from midchannel.middle.cases.queries import ruling
from midchannel.middle.cases.queries.ruling import RuleRow
from midchannel.middle.conversations.models import State
from midchannel.middle.signals import queries as signals
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import array, fetch
from midchannel.usecases import open_case

# What rules ask of conversations: the place, and the first thing said; none that is in a case already, or put away as spam.
BEGUN = """
SELECT c.id, c.channel_id, ch.network, c.audience = 1, c.scope_id, c.queue_id, c.handle_id, c.subject, m.id, coalesce(a.text, '')
FROM conversation c JOIN channel ch ON ch.id = c.channel_id
 CROSS JOIN LATERAL (SELECT id FROM message WHERE conversation_id = c.id AND direction = 1 ORDER BY id LIMIT 1) m
 LEFT JOIN activity a ON a.id = m.id
WHERE c.id = ANY(%s::bigint[]) AND c.state <> %s AND c.joined_into_id IS NULL
 AND NOT EXISTS (SELECT 1 FROM case_conversation l WHERE l.conversation_id = c.id) ORDER BY c.id
"""


def work(*, now: datetime) -> bool:
    """Ask the rules about conversations that have begun. True when it did; a crash leaves them to be asked again, with no case opened."""
    with transaction.atomic():
        begun = cases.take_begun()
        if not begun:
            return False
        found = ruling.list_all(only_on=True)
        rows = fetch(BEGUN, [array(begun), int(State.SPAM)]) if found else []
        said = signals.of_known([row[8] for row in rows])
        for row in rows:
            _ask(found, row, said.get(row[8]), now=now)
    return True


def _ask(found: Sequence[RuleRow], row: Sequence[Any], signal: signals.Signal | None, *, now: datetime) -> None:
    conversation_id, channel_id, network, is_public, scope_id, queue_id, handle_id, subject, _message_id, text = row
    understood = (signal.intents, signal.sentiment, signal.is_urgent) if signal else ((), "", False)
    begun = rules.Begun(channel_id, network, is_public, f"{subject}\n{text}", *understood)
    rule = next((each for each in found if rules.fits(each.conditions, begun)), None)
    if rule is None:
        return
    known = open_case.known_of_conversation(conversation_id, handle_id, now=now)
    beginning = cases.Beginning(
        plan=rule.plan, title=subject, scope_id=scope_id, queue_id=queue_id, handle_id=handle_id,
        conversation_ids=(conversation_id,), known={**known, "rule": rule.name},
    )  # fmt: skip
    try:
        with transaction.atomic():
            cases.begin_case(beginning, by=RULES, now=now)
    except (PlanNotFoundError, NotNowError) as error:
        audit.record(
            RULES, "case_rule.failed", object_type="case_rule", object_id=rule.id, now=now, error=type(error).__name__
        )  # fmt: skip
