"""What a look at the set-up gives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `remedy` is what to do when it is not right."""

    what: str
    is_right: bool
    said: str
    remedy: str = ""
