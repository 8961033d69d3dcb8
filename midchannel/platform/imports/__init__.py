"""Imports from files: runs, their rows' outcomes, where to resume and what to undo.

Knows: that a file has rows and what became of each. Does not know: what the rows are about; a use case delivers them, and keeps the
outcomes here in the transaction that delivered. Door: `actions`, `queries`; `reading` takes files apart.
"""
