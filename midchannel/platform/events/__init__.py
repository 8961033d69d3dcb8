"""Facts go out by event: an action writes one in its own transaction; insight counts them, api streams them.

Knows: what happened, to which object, in whose scope. Does not know: who listens. No step of the business hangs on a listener.
"""
