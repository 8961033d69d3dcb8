"""Read twice: where the first reading is unsure or the person matters, a larger model reads a text again, behind everything else.

Nothing waits for it, and without the extra `encoder` nothing happens. What it says stands beside the signal under its own version and is
shown where somebody looks at that text. Whatever is counted, ordered, routed or alerted goes by the first reading, so a second one moves
no measure. At most `AT_ONCE` texts a round: what a flood leaves over stays read once.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from midchannel.engines.language import encoder, reading
from midchannel.engines.language.encoder import Encoder
from midchannel.middle.signals import actions as signals
from midchannel.middle.signals import labels, queries
from midchannel.middle.signals.actions import twice
from midchannel.middle.signals.actions.twice import ReadTwice
from midchannel.outside.channels.queries import arrivals
from midchannel.platform import ids
from midchannel.platform.database.bulk import fetch, text_array

log = structlog.get_logger("read_twice")
LAG = timedelta(seconds=30)
"""What is being stored when its time is looked at would be missed, as would what waits to be applied."""
AT_ONCE = 100
LEAVING = labels.bits_of(("churn_risk", "cancellation"), labels.INTENTS)
# The person matters: may leave, has an open case, has bought; the most valuable first.
WANTED = """
SELECT w.id, w.sentiment, w.is_unsure FROM (
  SELECT s.id, s.sentiment, s.negative >= %(mixed)s AND s.positive >= %(mixed)s OR CASE s.sentiment
    WHEN 1 THEN s.negative WHEN 2 THEN 1000 - s.negative - s.positive WHEN 3 THEN s.positive ELSE 0 END < %(unsure)s AS is_unsure,
  s.intents & %(leaving)s <> 0 AS may_leave,
  (SELECT max(v.value) FROM source_record r JOIN customer_score v ON v.subject = 'customer' AND v.name = 'lifetime_value'
   AND v.subject_id = r.customer_id WHERE r.handle_id = a.handle_id) AS value,
  EXISTS (SELECT FROM source_record r JOIN source_record o ON o.customer_id = r.customer_id
   JOIN casework_case c ON c.handle_id = o.handle_id WHERE r.handle_id = a.handle_id AND c.ended_at IS NULL) AS has_case
  FROM signal s JOIN activity a ON a.id = s.id WHERE s.id > %(after)s AND s.id <= %(until)s AND s.sentiment > 0
  AND s.language = ANY(%(languages)s::text[]) AND s.spam < %(spam)s AND s.corrected & %(told)s = 0
) w WHERE w.is_unsure OR w.may_leave OR w.has_case OR w.value > 0
ORDER BY w.may_leave OR w.has_case DESC, w.value DESC NULLS LAST, w.id DESC LIMIT %(limit)s
"""


def work(*, now: datetime) -> int:
    """One round; returns how many texts were read a second time."""
    model = encoder.load()
    return _work(model, now=now) if model is not None else 0


@transaction.atomic
def _work(model: Encoder, *, now: datetime) -> int:
    until_id = ids.at(now - LAG)
    if waiting := arrivals.oldest_waiting():
        until_id = min(until_id, waiting - 1)
    after_id = twice.take(until_id)
    if after_id is None:
        return 0
    wanted = fetch(
        WANTED,
        {
            "after": after_id,
            "until": until_id,
            "languages": text_array(encoder.LANGUAGES),
            "unsure": round(encoder.UNSURE * 1000),
            "mixed": round(reading.MIXED * 1000),
            "spam": round(labels.SPAM_FROM * 1000),
            "told": labels.bits_of(["sentiment"], labels.WHATS),
            "leaving": LEAVING,
            "limit": AT_ONCE,
        },
    )
    texts = queries.list_read_texts([identifier for identifier, _first, _unsure in wanted])
    found = []
    for identifier, first, is_unsure in wanted:
        if identifier not in texts:
            continue
        try:
            second = model.read([texts[identifier].text])[0]
        except Exception:
            log.exception("a text could not be read a second time", activity=identifier)
            continue
        if second.sentiment:
            found.append(ReadTwice(identifier, first, is_unsure, second))
    same = signals.hold_unchanged({each.id: texts[each.id].text for each in found})
    kept = [each for each in found if each.id in same]
    signals.keep_second(kept, now=now)
    return len(kept)
