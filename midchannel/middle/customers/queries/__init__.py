"""Reading this room: `names` (for rows), `reading` (one customer), `finding` (lists and search). `seeing` is the permission in each."""

from midchannel.middle.customers.queries.names import CustomerName, get_names

__all__ = ["CustomerName", "get_names"]
