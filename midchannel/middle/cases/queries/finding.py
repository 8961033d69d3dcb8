"""Cases by words: of the title, of what is to be done, of whoever is in it, and of what was said in its conversations."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from midchannel.middle.cases.models import CaseQuerySet
from midchannel.middle.conversations.queries import searching, seeing
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

MOST_WORDS, MOST_SAID = 10, 1000
# Each word stands in the title, in a name, or in something that is alive in the case.
NAMED = """(SELECT bool_and(strpos(lower(casework_case.title), word) > 0
 OR EXISTS (SELECT 1 FROM plan_item i WHERE i.case_id = casework_case.id AND strpos(lower(i.title), word) > 0)
 OR EXISTS (SELECT 1 FROM source_record r JOIN customer u ON u.id = r.customer_id WHERE strpos(lower(u.name), word) > 0
  AND r.handle_id IN (SELECT casework_case.handle_id UNION ALL SELECT c.handle_id FROM case_conversation l
   JOIN conversation c ON c.id = l.conversation_id WHERE l.case_id = casework_case.id)))
 FROM unnest(%s::text[]) AS word)"""
IN_CONVERSATION = f"""
 JOIN message m ON m.id = t.id JOIN conversation c ON c.id = m.conversation_id AND {seeing.VISIBLE}
 JOIN case_conversation l ON l.conversation_id = c.id JOIN casework_case k ON k.id = l.case_id AND (k.ended_at IS NULL) = %(is_open)s
"""
# By the full-text indexes; what was taken back by its author says nothing.
SAID = f"""
SELECT case_id FROM (
 SELECT l.case_id, m.id FROM activity t {IN_CONVERSATION} WHERE to_tsvector('simple', t.text) @@ %(query)s::tsquery
  AND NOT EXISTS (SELECT 1 FROM activity_version v WHERE v.activity_id = t.id AND v.deleted)
 UNION ALL
 SELECT l.case_id, m.id FROM (SELECT id FROM message WHERE body <> '' AND to_tsvector('simple', body) @@ %(query)s::tsquery) t
  {IN_CONVERSATION}) AS said
GROUP BY case_id ORDER BY max(id) DESC LIMIT %(most)s
"""

TASKS = """
SELECT i.case_id, i.title FROM plan_item i WHERE i.case_id = ANY(%s::bigint[])
 AND EXISTS (SELECT 1 FROM unnest(%s::text[]) AS word WHERE strpos(lower(i.title), word) > 0) ORDER BY i.case_id, i.instance
"""
# The last thing said of what a search found, in each of a page's cases.
LAST_SAID = f"""
SELECT DISTINCT ON (case_id) case_id, said FROM (
 SELECT l.case_id, m.id, t.text AS said FROM case_conversation l JOIN conversation c ON c.id = l.conversation_id AND {seeing.VISIBLE}
  JOIN message m ON m.conversation_id = c.id JOIN activity t ON t.id = m.id
  WHERE l.case_id = ANY(%(ids)s::bigint[]) AND to_tsvector('simple', t.text) @@ %(query)s::tsquery
   AND NOT EXISTS (SELECT 1 FROM activity_version v WHERE v.activity_id = t.id AND v.deleted)
 UNION ALL
 SELECT l.case_id, m.id, m.body FROM case_conversation l JOIN conversation c ON c.id = l.conversation_id AND {seeing.VISIBLE}
  JOIN message m ON m.conversation_id = c.id
  WHERE l.case_id = ANY(%(ids)s::bigint[]) AND m.body <> '' AND to_tsvector('simple', m.body) @@ %(query)s::tsquery) AS found
ORDER BY case_id, id DESC
"""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why words found a case whose title and customer do not say it: a task (else what was said), around the first of the words."""

    is_task: bool
    before: str
    match: str
    after: str


def why_found(viewer: Viewer, shown: Mapping[int, str], text: str) -> dict[int, Reason]:
    """Why the words of a text found some cases: of those of which what is `shown` (title and customer, by the case) does not tell."""
    words = _words(text)
    unclear = [case_id for case_id, seen in shown.items() if not all(word in seen.lower() for word in words)]
    if not words or not unclear:
        return {}
    reasons: dict[int, Reason] = {}
    for case_id, title in fetch(TASKS, [array(unclear), words]):
        if case_id not in reasons and all(word in f"{shown[case_id]} {title}".lower() for word in words):
            reasons[case_id] = Reason(True, *searching.excerpt(title, words))
    rest, query = [case_id for case_id in unclear if case_id not in reasons], searching.query_of(text)
    if rest and query:
        values = {**seeing.of(viewer), "query": query, "ids": array(rest)}
        reasons |= {
            case_id: Reason(False, *searching.excerpt(said, words)) for case_id, said in fetch(LAST_SAID, values)
        }
    return reasons


def with_words(viewer: Viewer, found: CaseQuerySet, text: str, *, is_open: bool) -> CaseQuerySet:
    """Those of some cases in which the words of a text stand; what was said counts only where the viewer may read it.

    Of those in whose conversations it was said, the 1,000 in which that was last.
    """
    words = _words(text)
    if not words:
        return found
    named = RawSQL(NAMED, [words], output_field=BooleanField())  # noqa: S611 - the words are a parameter
    return found.filter(Q(named) | Q(pk__in=_said(viewer, text, is_open=is_open)))


def _words(text: str) -> list[str]:
    return text.lower().replace("\0", "").split()[:MOST_WORDS]


def _said(viewer: Viewer, text: str, *, is_open: bool) -> list[int]:
    query = searching.query_of(text)
    values = {**seeing.of(viewer), "query": query, "is_open": is_open, "most": MOST_SAID}
    return [case_id for (case_id,) in fetch(SAID, values)] if query else []
