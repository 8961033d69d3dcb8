"""Improvements: what customers ask for becomes a change with an owner; its ledger says who asked, who has been told, who is still owed.

Knows: conversations tied to an improvement, askers (a handle each), approved words. Does not know: how word reaches a customer
(`usecases.improve`). Doors: `actions`, `queries`.
"""
