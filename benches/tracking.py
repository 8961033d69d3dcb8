"""What a message in Segment's language costs before the database: splitting a batch of 100, understanding, translating, reading each.

Processor time of this process only; the best of several rounds, since other programs on the machine only ever add. Prints one JSON object.
"""

import json
import os
import time

from benches.ground import set_up

SIZE = 100
ROUNDS = 40
REPEATS = 10


def messages() -> list[dict[str, object]]:
    """What a page's client sends: visits with their context, events, now and then an order or a sign-in."""
    page = {
        "url": "https://shop.example/lamps?page=2",
        "path": "/lamps",
        "title": "Lamps",
        "referrer": "https://search.example/",
    }
    context = {
        "page": page,
        "ip": "203.0.113.9",
        "locale": "pt-PT",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
        "library": {"name": "analytics.js", "version": "next-1.84.3"},
        "consent": {"categoryPreferences": {"Advertising": True, "Analytics": True}},
    }
    common = {"anonymousId": "0e2c9d0c-6f0e-4b44-9a35-7a5a5f2c5a11", "userId": "4711", "context": context}
    made: list[dict[str, object]] = []
    for number in range(SIZE):
        told: dict[str, object] = {"type": "page", "name": "Lamps", "properties": page}
        if number % 3 == 1:
            told = {
                "type": "track",
                "event": "Product Viewed",
                "properties": {"sku": "lamp", "name": "Lamp", "price": 29.95},
            }
        if number % 20 == 2:
            lines = [{"sku": "lamp", "name": "Lamp", "price": 29.95, "quantity": 2}]
            bought = {"order_id": str(number), "total": 59.9, "currency": "EUR", "products": lines}
            told = {"type": "track", "event": "Order Completed", "properties": bought}
        if number % 20 == 3:
            told = {"type": "identify", "traits": {"name": "Ana Lima", "email": "ana@lima.example", "plan": "pro"}}
        made.append({**common, **told, "messageId": f"m-{number}", "timestamp": "2026-11-21T10:00:00.000Z"})
    return made


def main() -> None:
    """Measure."""
    os.environ.setdefault("MIDCHANNEL_SECRET", "bench")
    set_up()
    from midchannel.api import segment
    from midchannel.outside.channels import documents, registry
    from midchannel.platform import clock

    body = json.dumps({"batch": messages(), "sentAt": "2026-11-21T10:00:01.000Z"}).encode()
    now = clock.now()
    translator = registry.get_translator("tracking")
    if translator is None:
        raise SystemExit("the network of Segment's language is not known")

    def before_the_database() -> None:
        _told, raws = segment.split(body, "")
        for raw in raws:
            understood = translator.understand(raw, channel_id=1, config={}, now=now)
            for made in translator.translate(understood, may_locate=False, known={})[0]:
                documents.key_of(1, documents.read(made, now=now).external_id)

    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(REPEATS):
            before_the_database()
        best = min(best, time.process_time() - began)
    print(json.dumps({"batch": SIZE, "cpu_us_per_message": round(best / REPEATS / SIZE * 1e6, 2)}))


if __name__ == "__main__":
    main()
