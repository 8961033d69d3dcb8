"""A process that has read its code: what is there for good is not looked through for garbage, and memory is kept for the next batch."""

import ctypes
import gc

OBJECTS = 20_000
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Options of glibc's `mallopt(3)`."""
LARGEST, KEPT = 32 << 20, 64 << 20
"""Bytes: blocks up to the first come from what the process has; it gives back what is free above the second."""


def settle() -> None:
    """Keep what is loaded out of Python's search for circular garbage, let it search less often, and keep freed memory.

    Applying a batch makes tens of thousands of short-lived objects, none in a circle; searching through them and through all of Django
    was a fifth of the processor time of an arrival. Its arrays of a few megabytes went back to the system one by one and were
    asked for again, page by page: a sixth of what reading texts costs. All threads share what is kept, so that a process takes no more
    than its largest batch did anyhow.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none, and no such habit
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, LARGEST)
        mallopt(M_TRIM_THRESHOLD, KEPT)
