"""What a shop reports of an order, by the events of Segment's e-commerce specification, as the data of an order here."""

import math
from typing import Any

# The event's name, without case and separators, and what became of the order.
STATES = {
    "ordercompleted": "completed",
    "completedorder": "completed",
    "orderupdated": "updated",
    "orderrefunded": "refunded",
    "ordercancelled": "cancelled",
    "ordercanceled": "cancelled",
}
MAX_LINES = 200
MAX_TEXT = 300
AMOUNTS = ("revenue", "subtotal", "shipping", "tax", "discount")
TEXTS = ("coupon", "affiliation", "checkout_id")


def state_of(event: str) -> str:
    """What an event says became of an order; "" for other events."""
    return STATES.get("".join(event.casefold().split()).replace("_", "").replace("-", ""), "")


def data_of(properties: dict[str, Any], state: str) -> dict[str, Any]:
    """Number, state, total, currency and lines of an order. What cannot be understood is left out."""
    told: dict[str, Any] = {"state": state}
    number = number_of(properties)
    if number:
        told["number"] = number
    total = amount_of(properties.get("total"))
    if total is None:
        total = amount_of(properties.get("value"))
    if total is None:
        total = amount_of(properties.get("revenue"))
    if total is not None:
        told["total"] = total
    currency = text_of(properties.get("currency")).upper()
    if len(currency) == 3 and currency.isalpha():
        told["currency"] = currency
    told |= {key: found for key in AMOUNTS if (found := amount_of(properties.get(key))) is not None}
    told |= {key: words for key in TEXTS if (words := text_of(properties.get(key)))}
    products = properties.get("products")
    if isinstance(products, list):
        told["lines"] = [_line(each) for each in products[:MAX_LINES] if isinstance(each, dict)]
    return told


def number_of(properties: dict[str, Any]) -> str:
    """The number of an order; "" where it has none."""
    return text_of(properties.get("order_id") or properties.get("orderId"))


def _line(product: dict[str, Any]) -> dict[str, Any]:
    line: dict[str, Any] = {
        "sku": text_of(product.get("sku") or product.get("product_id") or product.get("productId")),
        "name": text_of(product.get("name")),
        "quantity": amount_of(product.get("quantity")) or 1,
        "price": amount_of(product.get("price")),
    }
    for key in ("category", "brand", "variant"):
        if found := text_of(product.get(key)):
            line[key] = found
    return {key: value for key, value in line.items() if value not in (None, "")}


def amount_of(value: object) -> float | int | None:
    """A number, also one written as text; None for everything else, and for what no order can cost."""
    if isinstance(value, str):
        try:
            value = float(value.strip().replace(" ", ""))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e12:
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def text_of(value: object) -> str:
    """A text or a number as text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()[:MAX_TEXT]
