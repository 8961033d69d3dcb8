"""Reading this room: `names` (for rows), `reading` (one customer), `finding` (lists and search). `seeing` is the permission in each."""

from midchannel.middle.customers.queries.finding import CustomerRow, find_customers, list_customers
from midchannel.middle.customers.queries.names import CustomerName, find_records, get_names
from midchannel.middle.customers.queries.reading import (
    CustomerDetail,
    Decision,
    Identifier,
    Record,
    can_see,
    find_successor,
    get_customer,
    list_decisions,
)

__all__ = [
    "CustomerDetail",
    "CustomerName",
    "CustomerRow",
    "Decision",
    "Identifier",
    "Record",
    "can_see",
    "find_customers",
    "find_records",
    "find_successor",
    "get_customer",
    "get_names",
    "list_customers",
    "list_decisions",
]
