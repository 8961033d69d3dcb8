"""Silos: business systems and files whose customers, contacts and orders are read in.

Knows how each is reached, how its columns are to be read, when it is read next and how far it was read. Knows nothing of customers:
what it reads becomes documents, and arrives through `channels.actions.receive` like everything else (`usecases/run_silo.py`).
Doors: `actions`, `queries`, `mapping` (pure), `port` (what a reader implements), `readers`.
"""
