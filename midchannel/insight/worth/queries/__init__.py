"""Reading this room: `orders` (what somebody bought), `fits` (whether a lifetime value can be told), `offers` (the rules)."""

from midchannel.insight.worth.queries.fits import FitCard, list_fits
from midchannel.insight.worth.queries.offers import get_rule, list_rules
from midchannel.insight.worth.queries.orders import list_buyers, list_orders

__all__ = ["FitCard", "get_rule", "list_buyers", "list_fits", "list_orders", "list_rules"]
