"""Customers: the list, and one customer with all that was said, by which handles, and why each is thought to be theirs."""
