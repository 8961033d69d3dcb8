"""What reading a silo costs: a file of customers read, read again unchanged, with one in a hundred changed, and taken back.

`python -m benches.silos --rows N` (or `midchannel bench silos`) starts a PostgreSQL of its own in a temporary folder, with the product's
settings and fsync on. Prints one JSON object: seconds, CPU microseconds a row (this process and the server), and the peak of this process.
"""

import argparse
import json
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches import ground, processes
from midchannel.platform.database import embedded

GIVEN = ("Ana", "Bo", "Cy", "Di", "Eva", "Finn", "Gil", "Hana", "Ivo", "Jo", "Kim", "Lea", "Max", "Nia", "Ole", "Pia")
FAMILY = (
    "Lima",
    "Ek",
    "Nu",
    "Os",
    "Berg",
    "Silva",
    "Novak",
    "Sato",
    "Ortiz",
    "Keller",
    "Rossi",
    "Orlov",
    "Obi",
    "Weiss",
)


def write(path: Path, count: int, *, changed: float = 0.0) -> None:
    """A file of customers; `changed` of them have moved."""
    chance = random.Random(7)
    with path.open("w") as file:
        file.write("customer_number,first_name,last_name,email,phone,street,postcode,city,birth_date\n")
        for number in range(count):
            given, family = chance.choice(GIVEN), f"{chance.choice(FAMILY)}{chance.randrange(count)}"
            place = f"City{chance.randrange(500)}"
            city = "Moved" if number < count * changed else place
            born = f"{chance.randrange(1940, 2008)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            mail, phone = f"{given}.{family}{number}@example.org".lower(), f"+4930{chance.randrange(10**7):07}"
            file.write(
                f"{number},{given},{family},{mail},{phone},Street {number},{chance.randrange(10**5):05},{city},{born}\n"
            )


def measure(count: int, server: embedded.Server) -> dict[str, Any]:
    """All of it on a fresh database."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from midchannel.outside.silos import actions as silos
    from midchannel.outside.silos import mapping as mappings
    from midchannel.outside.silos.readers import files
    from midchannel.platform import clock
    from midchannel.platform.audit.actions import Actor
    from midchannel.usecases import open_silo, run_silo, undo_import

    by, path = Actor("bench"), files.folder() / "people.csv"
    write(path, count)
    silo_id = silos.open_silo(
        name="Bench", system="bench", reader="file", config={"file": path.name}, by=by, now=clock.now()
    )
    columns = [column.name for column in open_silo.look(None, silo_id, kind="customers").columns]
    open_silo.map_columns(None, silo_id, mappings.guess(columns, "customers"), now=clock.now())
    postmaster = server.pid()
    assert postmaster is not None
    told: dict[str, Any] = {"rows": count}
    runs: list[int] = []

    def timed(name: str, work: Callable[[], int]) -> None:
        cpu, began = processes.own_cpu_seconds() + processes.server_cpu_seconds(postmaster), time.perf_counter()
        runs.append(work())
        seconds = time.perf_counter() - began
        spent = processes.own_cpu_seconds() + processes.server_cpu_seconds(postmaster) - cpu
        told[name] = {"seconds": round(seconds, 2), "cpu_us_per_row": round(spent / count * 1e6, 1)}
        print(f"{name}: {told[name]}", file=sys.stderr)

    def read() -> int:
        return run_silo.run(silo_id, tick=clock.now, by=by)

    timed("first", read)
    with path.open("a") as file:
        file.write("\n")
    timed("unchanged", read)
    write(path, count, changed=0.01)
    timed("one_percent_changed", read)
    timed("undo_changes", lambda: undo_import.undo(runs[2], tick=clock.now, by=by))
    timed("undo_all", lambda: undo_import.undo(runs[0], tick=clock.now, by=by))
    told["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return told


def main() -> None:
    """Run the bench on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    asked = parser.parse_args()
    with ground.own_server() as (server, _):
        print(json.dumps(measure(asked.rows, server)))


if __name__ == "__main__":
    main()
