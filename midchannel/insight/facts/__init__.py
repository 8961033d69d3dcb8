"""Facts: what happened, as immutable rows to be counted. Made from events alone, in their order, each exactly once.

Knows: kinds of facts, who may see them (their scope), pseudonymous keys. Does not know: any text, name or address; what a measure is.
Doors: `actions.project` (a portion of events), `queries` (counts, spreads, rows).
"""
