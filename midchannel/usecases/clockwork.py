"""Everything that runs by time, on one page. Each step may run twice and in several workers at once.

`tick` is a loop in `config/wiring.py`. What is woken by arrivals, or must not wait for the others, has a loop of its own there.
"""

from datetime import datetime, timedelta

from midchannel.inside.assistance import actions as assistance
from midchannel.inside.partners import actions as partners
from midchannel.inside.swarms import actions as swarms
from midchannel.inside.teamwork import actions as teamwork
from midchannel.middle.cases import actions as cases
from midchannel.middle.conversations import actions as conversations
from midchannel.middle.signals import actions as signals
from midchannel.outside.channels import actions as channels
from midchannel.platform.idempotency import actions as idempotency
from midchannel.usecases import deliver, measure, retain

EVERY_SECONDS = 10.0
NOTICES_KEPT = timedelta(days=30)
MONTH = timedelta(days=31)


def tick(*, now: datetime) -> bool:
    """One round. True when a step has more to do at once."""
    woken = conversations.wake_due(now=now)
    cases.pass_time(now=now)
    swarms.end_with_cases(now=now)
    partners.close_with_cases(now=now)
    conversations.forget_presence(now=now)
    channels.ensure_partition(now.date())
    channels.ensure_partition((now + MONTH).date())
    signals.ensure_partition(now.date())
    signals.ensure_partition((now + MONTH).date())
    teamwork.forget_notices(before=now - NOTICES_KEPT)
    assistance.forget_old(now=now)
    idempotency.forget_answers(now=now)
    measure.prune_events(now=now)
    gone = now.minute == retain.MINUTE and retain.work(now=now)
    asked = deliver.reconcile(now)  # last, since it may wait for a network
    return bool(woken or gone or asked)
