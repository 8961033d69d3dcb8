"""Foresee: what an erasure would do, counted, before anybody decides."""

from dataclasses import dataclass

from midchannel.middle.conversations.actions import erasing as conversations
from midchannel.middle.customers import queries as customers
from midchannel.outside.channels.actions import erasing as channels
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would go, and what would stay without the person."""

    records: int
    activities: int
    conversations: int
    open_conversations: int
    letters: int
    shared: int
    files: int
    posts: int
    decisions: int


def foresee(viewer: Viewer, customer_id: int) -> Foreseen:
    """Count it. Raises CustomerNotFoundError."""
    found = customers.get_customer(viewer, customer_id)
    said = channels.list_said(found.handle_ids)
    parts = conversations.list_parts(found.handle_ids, said.activity_ids)
    records = array(record.id for record in found.records)
    whole = array(parts.whole)
    row = fetch(
        "SELECT (SELECT count(*) FROM conversation WHERE id = ANY(%(whole)s::bigint[]) AND state IN (1, 2, 3)),"
        " (SELECT count(*) FROM message WHERE direction = 2 AND conversation_id = ANY(%(whole)s::bigint[])),"
        " (SELECT count(*) FROM post WHERE (object_type = 'conversation' AND object_id = ANY(%(whole)s::bigint[]))"
        "  OR (object_type = 'customer' AND (object_id = %(customer)s OR object_id = ANY(%(records)s::bigint[])))),"
        " (SELECT count(*) FROM link_decision WHERE record_id = ANY(%(records)s::bigint[]))",
        {"whole": whole, "records": records, "customer": customer_id},
    )[0]
    return Foreseen(
        records=len(found.records),
        activities=len(said.activity_ids),
        conversations=len(parts.whole),
        open_conversations=row[0],
        letters=row[1],
        shared=len(parts.shared),
        files=len(said.files),
        posts=row[2],
        decisions=row[3],
    )
