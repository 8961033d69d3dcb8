"""The tabs and side cards of a customer's page. A new one is a line here, a view answering by `page.show` or `page.card`, and its address.

A tab or card whose address does not exist is not shown, and neither is one that `only_if` refuses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from midchannel.middle.customers.queries import CustomerDetail


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab. `address` is the name of its URL, which takes the customer's id alone."""

    address: str
    label: str | Promise
    icon: str
    only_if: Callable[[CustomerDetail], bool] | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card beside every tab, loaded by htmx after the page. Its address answers with the inside of the card, or with nothing."""

    address: str
    label: str | Promise


def is_organisation(customer: CustomerDetail) -> bool:
    """Whether this is an organisation and no person."""
    return customer.kind == "organisation"


TABS = (
    Tab("customer", _("Everything"), "activity"),
    Tab("customer_people", _("People"), "users", is_organisation),
    Tab("customer_why", _("Why this is one"), "git-branch"),
    Tab("customer_mood", _("Mood"), "smile"),
    Tab("customer_social", _("Social"), "radio"),
    Tab("customer_behaviour", _("On our pages"), "eye"),
    Tab("customer_orders", _("Purchases"), "shopping-cart"),
    Tab("customer_rights", _("Consent and rights"), "shield-check"),
    Tab("customer_origins", _("Where from"), "database"),
)
CARDS: tuple[Card, ...] = ()


@cache
def exists(address: str) -> bool:
    """Whether there is an address of this name."""
    try:
        reverse(address, args=[1])
    except NoReverseMatch:
        return False
    return True


def tabs_of(customer: CustomerDetail) -> list[Tab]:
    """The tabs this customer's page has."""
    return [tab for tab in TABS if exists(tab.address) and (tab.only_if is None or tab.only_if(customer))]


def cards_of() -> list[Card]:
    """The cards beside them."""
    return [card for card in CARDS if exists(card.address)]
