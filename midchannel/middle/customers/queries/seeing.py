"""Who may see which customer, as SQL that every query of this room joins.

A customer is seen through any conversation one may see (whose it is, who takes part in it, who said something in it, as commenters do),
through a grant, or by role. This is the one place where this room's SQL names tables of the room above it (`conversation`,
`conversation_participant`, `message`), because permission belongs into the query; it imports nothing.
"""

from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array

VISIBLE = """(%(lead)s
 OR EXISTS (SELECT 1 FROM source_record vr JOIN conversation vc ON vc.handle_id = vr.handle_id
   WHERE vr.customer_id = {customer} AND vc.scope_id = ANY(%(scopes)s::bigint[]))
 OR EXISTS (SELECT 1 FROM scope_grant vg WHERE vg.user_id = %(user)s AND vg.object_type = 'customer' AND vg.object_id = {customer})
 OR EXISTS (SELECT 1 FROM scope_grant vg JOIN conversation vc ON vc.id = vg.object_id JOIN source_record vr ON vr.handle_id = vc.handle_id
   WHERE vg.user_id = %(user)s AND vg.object_type = 'conversation' AND vr.customer_id = {customer})
 OR EXISTS (SELECT 1 FROM source_record vr JOIN conversation_participant vp ON vp.handle_id = vr.handle_id
   JOIN conversation vc ON vc.id = vp.conversation_id WHERE vr.customer_id = {customer} AND vc.scope_id = ANY(%(scopes)s::bigint[]))
 OR EXISTS (SELECT 1 FROM source_record vr JOIN activity va ON va.handle_id = vr.handle_id JOIN message vm ON vm.id = va.id
   JOIN conversation vc ON vc.id = vm.conversation_id WHERE vr.customer_id = {customer} AND vc.scope_id = ANY(%(scopes)s::bigint[])))"""


def visible(customer: str) -> str:
    """The condition that the viewer may see the customer whose id stands in this column. Takes the values of `of`."""
    return VISIBLE.format(customer=customer)


def of(viewer: Viewer) -> dict[str, object]:
    """The values that `visible` needs."""
    return {"lead": viewer.is_lead, "scopes": array(viewer.scope_ids), "user": viewer.user_id}
