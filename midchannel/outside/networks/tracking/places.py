"""Where somebody is: what in a message says so, taken out before anything is kept unless they allowed it."""

import re
from functools import lru_cache
from typing import Any

# Names of fields, without case and separators, wherever they stand, but in a postal address (which people give of themselves).
PLACES = frozenset(
    {"ip", "ipaddress", "clientip", "remoteaddr", "latitude", "longitude", "lat", "lng", "lon", "geo", "geoip", "geolocation",
     "coordinates", "coords", "geohash"}
)  # fmt: skip
POSTAL = frozenset({"address", "billingaddress", "shippingaddress", "billing", "shipping"})
MOST_REMEMBERED = 64
SEPARATORS = re.compile(r"[\s_.\-]+")


def take_out(told: dict[str, Any]) -> int:
    """Take out what says where they are, in place. Returns how many fields went."""
    went = 0
    context = told.get("context")
    if isinstance(context, dict) and context.pop("location", None) is not None:
        went += 1
    return went + _take_out(told)


def has_any(told: dict[str, Any]) -> bool:
    """Whether a message says where somebody is."""
    context = told.get("context")
    if isinstance(context, dict) and context.get("location") is not None:
        return True
    return _has_any(told)


def of_context(context: dict[str, Any]) -> dict[str, Any]:
    """What is kept with the activity where it is allowed: the named place and the coordinates, never the address of the machine."""
    place = context.get("location")
    if not isinstance(place, dict):
        return {}
    kept: dict[str, Any] = {}
    for key in ("city", "region", "country"):
        if isinstance(place.get(key), str) and place[key].strip():
            kept[key] = place[key].strip()[:100]
    for key, most in (("latitude", 90), ("longitude", 180)):
        value = place.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= most:
            kept[key] = value
    return kept


def _plain(name: str) -> str:
    """How names of fields are compared. Those that programs use are few and short, and so remembered."""
    return _plain_known(name) if len(name) <= MOST_REMEMBERED else SEPARATORS.sub("", name).casefold()


@lru_cache(maxsize=4096)
def _plain_known(name: str) -> str:
    return SEPARATORS.sub("", name).casefold()


def _has_any(part: Any) -> bool:
    if isinstance(part, dict):
        for name, value in part.items():
            plain = _plain(name)
            if (plain in PLACES and value is not None) or (plain not in POSTAL and _has_any(value)):
                return True
    elif isinstance(part, list):
        return any(map(_has_any, part))
    return False


def _take_out(part: Any) -> int:
    went = 0
    if isinstance(part, dict):
        for name in list(part):
            plain = _plain(name)
            if plain in PLACES:
                went += part.pop(name) is not None
            elif plain not in POSTAL:
                went += _take_out(part[name])
    elif isinstance(part, list):
        went += sum(map(_take_out, part))
    return went
