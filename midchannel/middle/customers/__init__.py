"""Customers: people and organisations as the company knows them.

Knows: source records, identifiers, the decisions that link them, and the customer each belongs to now. Nothing is merged: a record is
linked by a decision, and the decision can be undone. Does not know: what was said (channels), what we owe (conversations).
Door: `actions.recognise` on the arrival path, `queries` for everybody else.
"""
