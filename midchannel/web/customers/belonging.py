"""Who belongs to an organisation, or to which somebody belongs, as a line of a list."""

from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from midchannel.middle.customers.queries.organisations import Belonging
from midchannel.platform import clock
from midchannel.web.components import records
from midchannel.web.customers import known


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody in an organisation, or an organisation somebody is in. `source` says who says so."""

    href: str
    face: records.Face
    name: str
    role: str
    source: str
    icon: str
    is_over: bool


def line(each: Belonging) -> Line:
    """For a list of people or of organisations."""
    today = clock.now().date()
    is_over = each.until is not None and each.until < today
    since = [each.role] if each.role else []
    if each.since:
        since.append(_("since %(day)s") % {"day": formats.date_format(each.since, "j F Y")})
    if each.until:
        since.append(_("until %(day)s") % {"day": formats.date_format(each.until, "j F Y")})
    return Line(
        href=f"/customers/{each.customer_id}/",
        face=records.Face(name=each.name, key=str(each.customer_id)),
        name=each.name,
        role=", ".join(since),
        source=known.source_words(each.network or each.source),
        icon=known.icon_of(each.network or each.source),
        is_over=is_over,
    )
