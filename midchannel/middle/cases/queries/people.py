"""Whom a case is about: read through handles, so that a customer who turns out to be another one follows by themselves."""

from dataclasses import dataclass

from midchannel.middle.cases.queries import reading
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch

# The handles of a case: whom it is about, and who speaks in its conversations.
HANDLES = """
SELECT handle_id FROM casework_case WHERE id = %(case)s AND handle_id IS NOT NULL
UNION SELECT c.handle_id FROM case_conversation l JOIN conversation c ON c.id = l.conversation_id WHERE l.case_id = %(case)s
"""
PEOPLE = f"""
WITH face AS ({HANDLES})
SELECT r.customer_id, cu.name, array_agg(DISTINCT f.handle_id ORDER BY f.handle_id),
 bool_or(f.handle_id = (SELECT handle_id FROM casework_case WHERE id = %(case)s))
FROM face f JOIN source_record r ON r.handle_id = f.handle_id JOIN customer cu ON cu.id = r.customer_id
GROUP BY r.customer_id, cu.name ORDER BY 4 DESC, min(f.handle_id)
"""


@dataclass(frozen=True, slots=True)
class CasePerson:
    """A customer of a case, with the handles by which they are in it. `is_first`: whom it was opened about."""

    customer_id: int
    name: str
    handle_ids: tuple[int, ...]
    is_first: bool


def list_people(viewer: Viewer, case_id: int) -> list[CasePerson]:
    """The customers of a case as they are known today, whom it is about first. Raises CaseNotFoundError."""
    case = reading.find(viewer, case_id)
    return [CasePerson(row[0], row[1], tuple(row[2]), bool(row[3])) for row in fetch(PEOPLE, {"case": case.pk})]
