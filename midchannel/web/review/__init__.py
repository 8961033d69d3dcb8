"""Review: pairs of records that may be one customer, answered by people; and what scoring everything anew would change."""
