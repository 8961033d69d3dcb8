"""What an activity costs the collector before the database: splitting a batch of 100, reading and hashing each document.

Processor time of this process only; the best of several rounds, since other programs on the machine only ever add. Prints one JSON object.
"""

import json
import os
import time

from benches import generator
from benches.ground import set_up

SIZE = 100
ROUNDS = 40
REPEATS = 20


def main() -> None:
    """Measure."""
    os.environ.setdefault("MIDCHANNEL_SECRET", "bench")
    set_up()
    from midchannel.api import collector
    from midchannel.outside.channels import documents
    from midchannel.platform import clock

    body = b"[" + b",".join(generator.documents(SIZE)) + b"]"
    now = clock.now()

    def before_the_database() -> None:
        for raw in collector.split(body, "application/json"):
            documents.key_of(1, documents.read(raw, now=now).external_id)

    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(REPEATS):
            before_the_database()
        best = min(best, time.process_time() - began)
    print(json.dumps({"batch": SIZE, "cpu_us_per_activity": round(best / REPEATS / SIZE * 1e6, 2)}))


if __name__ == "__main__":
    main()
