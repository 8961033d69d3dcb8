"""Work that nobody waits for: named loops, each in a lane of its own.

Knows names, lanes, waiting and waking. Does not know what is done: `config/wiring.py` registers the loops. The row
is the queue: a loop finds its work by a query, so a lost worker loses nothing. Door: `loop.Loop`, `runner.Runner`.
"""
