"""What a tracking channel is told about its senders, read from its configuration."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

# Segment's consent object names the categories of a company's own consent tool; these are the usual ones, without case and separators.
USUAL = {
    "advertising": "marketing", "advertisement": "marketing", "marketing": "marketing", "targeting": "marketing", "ads": "marketing",
    "analytics": "profiling", "statistics": "profiling", "performance": "profiling", "profiling": "profiling",
    "personalization": "profiling", "personalisation": "profiling",
    "location": "location", "geolocation": "location",
    "datasharing": "sharing", "sharing": "sharing", "thirdparty": "sharing", "thirdparties": "sharing",
}  # fmt: skip


class Settings(msgspec.Struct, frozen=True):
    """`space` is whose ids these are: channels with one space mean one person by one id. `is_trusted`: only the company's own servers
    hold the key, and what they say of people was proven by a sign-in. `ids_are_customer_numbers`: a user's id is the customer number.
    `purposes` says which purpose a category of consent is about.
    """

    space: str
    is_trusted: bool
    ids_are_customer_numbers: bool
    purposes: Mapping[str, str]

    def purpose_of(self, category: str) -> str:
        """Which purpose a category of consent is about; "" when it is about none of ours."""
        known = self.purposes.get(category)
        return self.purposes.get(plain(category), "") if known is None else known


def read(channel_id: int, config: Mapping[str, Any]) -> Settings:
    """The settings of a channel. Without a space of its own, its ids are nobody else's."""
    return _read(channel_id, msgspec.json.encode(config))


@lru_cache(maxsize=256)
def _read(channel_id: int, packed: bytes) -> Settings:
    config: dict[str, Any] = msgspec.json.decode(packed)
    own = config.get("categories")
    named = {plain(str(name)): str(purpose) for name, purpose in own.items()} if isinstance(own, dict) else {}
    usual = {**USUAL, **{name.capitalize(): purpose for name, purpose in USUAL.items() if name not in named}}
    return Settings(
        space=str(config.get("space") or f"c{channel_id}"),
        is_trusted=config.get("is_trusted") is True,
        ids_are_customer_numbers=config.get("ids_are_customer_numbers") is True,
        purposes={**usual, **named},
    )


def plain(category: str) -> str:
    """How the names of categories are compared."""
    return "".join(letter for letter in category.casefold() if letter.isalnum())
