"""A process that has read its code: what is there for good is not looked through for garbage again and again."""

import gc

OBJECTS = 20_000


def settle() -> None:
    """Keep what is loaded out of Python's search for circular garbage, and let it search less often.

    Applying a batch makes tens of thousands of short-lived objects, none in a circle; searching through them and through all of Django
    was a fifth of the processor time of an arrival.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS)
