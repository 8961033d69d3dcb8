"""The places of the product, in the order of the main line. A place is shown when it exists and the person may enter it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from midchannel.middle.customers.queries import reviewing
from midchannel.usecases import simulate


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the rail. `lead` and `administrator`: only for them. `key`: after `g` on the keyboard.
    `only_if` says whether it is there at all, `holds` which other addresses belong to it.
    """

    path: str
    label: str | Promise
    icon: str
    key: str
    roles: tuple[str, ...] = ()
    only_if: Callable[[], bool] | None = None
    holds: tuple[str, ...] = ()


PLACES = (
    Place("/inbox/", _("Inbox"), "inbox", "g i"),
    Place("/customers/", _("Customers"), "users", "g c"),
    Place("/review/", _("Review"), "user-check", "g r", only_if=reviewing.is_anything_waiting),
    Place("/cases/", _("Cases"), "briefcase", "g k", holds=("/plans/",)),
    Place("/community/", _("Community"), "messages-square", "g o"),
    Place("/spaces/", _("Spaces"), "hash", "g s"),
    Place("/listen/", _("Listen"), "ear", "g l"),
    Place("/improvements/", _("Improve"), "lightbulb", "g p"),
    Place("/measures/", _("Measures"), "chart-column", "g m", holds=("/understanding/",)),
    Place("/arrivals/", _("Arrivals"), "waves", "g a", ("lead", "administrator")),
    Place("/simulator/", _("Simulator"), "bot", "g x", only_if=simulate.is_open),
    Place("/settings/", _("Settings"), "settings", "g e", ("lead", "administrator")),
)


@cache
def exists(path: str) -> bool:
    """Whether an address answers."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def places_for(role: str) -> list[Place]:
    """The places a person of this role sees."""
    places = [place for place in PLACES if (not place.roles or role in place.roles) and exists(place.path)]
    return [place for place in places if place.only_if is None or place.only_if()]


def place_at(path: str) -> str:
    """The place an address belongs to; nothing where it belongs to none."""
    return next((place.path for place in PLACES if path.startswith((place.path, *place.holds))), "")
