"""Try a silo: what would become of its rows, by doing all of it and keeping nothing; and what the first rows say, while it is mapped."""

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from midchannel.outside.channels.vocabulary import Actor, Object
from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos import queries as silo_queries
from midchannel.outside.silos import values
from midchannel.outside.silos.port import Asked
from midchannel.outside.silos.queries import SiloDetail
from midchannel.outside.silos.readers import get_reader
from midchannel.platform.imports.models import RowOutcome
from midchannel.usecases import run_silo
from midchannel.usecases.run_silo import Item, Plan, Tell, Tick

NO_RUN = 2**62
SAMPLES = 20
SHOWN_FIELDS = 12


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of a dry run: "new", "changed", "unchanged", "duplicate", "parked" or "refused"; whom or what it is about, and why not."""

    number: int
    outcome: str
    who: str = ""
    what: str = ""
    reason: str = ""


@dataclass(slots=True)
class Trial:
    """What a run would do. `is_partial`: there was more, and it was not tried."""

    counts: dict[str, int] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    items: int = 0
    is_partial: bool = False


WORDS = {
    RowOutcome.ACCEPTED: "new",
    RowOutcome.EDIT: "changed",
    RowOutcome.DUPLICATE: "duplicate",
    RowOutcome.PARKED: "parked",
    RowOutcome.REFUSED: "refused",
}
OF_WORD = {word: outcome for outcome, word in WORDS.items()}
OUTCOMES = ("new", "changed", "unchanged", "duplicate", "parked", "refused")


def try_out(
    silo_id: int,
    *,
    tick: Tick,
    seconds: float = float("inf"),
    samples: int = SAMPLES,
    tell: Tell = lambda _done, _total: None,
) -> Trial:
    """Read all of it (or for so many seconds), deliver every batch in a transaction that is undone. Raises SourceError."""
    end = time.monotonic() + seconds
    plan = run_silo.plan_of(silo_queries.get_silo(None, silo_id))
    asked = Asked(plan.mapping.kind, plan.mapping.key, plan.mapping.changed)
    reading = get_reader(plan.silo.reader).read(plan.settings, asked)
    trial = Trial(dict.fromkeys(OUTCOMES, 0))
    met: set[str] = set()
    with contextlib.closing(reading):
        for items in run_silo.batches(run_silo.items_of(reading.rows, plan, tick), is_snapshot=reading.is_snapshot):
            _try_batch(plan, items, trial, met, is_snapshot=reading.is_snapshot, samples=samples, now=tick())
            if not reading.is_snapshot:
                met.clear()
            tell(trial.items, max(reading.total or 0, trial.items))
            if time.monotonic() > end:
                trial.is_partial = True
                break
    trial.samples.sort(key=lambda sample: sample.number)
    return trial


def _try_batch(
    plan: Plan, items: Sequence[Item], trial: Trial, met: set[str], *, is_snapshot: bool, samples: int, now: datetime
) -> None:
    with transaction.atomic():
        batch = run_silo.deliver(plan, NO_RUN, items, is_snapshot=is_snapshot, now=now, met=met)
        transaction.set_rollback(True)
    told = {row.number: row for row in batch.done}
    for item in items:
        row = told.get(item.number)
        word = WORDS[row.outcome] if row else "unchanged"
        trial.items += 1
        trial.counts[word] += 1
        if trial.counts[word] <= samples:
            trial.samples.append(
                Sample(item.number, word, who=item.who, what=item.what, reason=row.reason if row else "")
            )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row becomes: whose it is, and what it says; or why it becomes nothing."""

    number: int
    key: str = ""
    name: str = ""
    said: tuple[tuple[str, str], ...] = ()
    refused: str = ""


def preview(
    rows: Sequence[Mapping[str, Any]], mapping: mappings.Mapping, silo: SiloDetail, *, now: datetime
) -> list[Shown]:
    """What the first rows become by a mapping that is being made. Nothing is read or written."""
    source = run_silo.plan_of(replace(silo, mapping=mapping)).source
    shown = []
    for number, row in enumerate(rows, 1):
        try:
            document = mappings.document_of([row], mapping, source, now=now)
        except values.RowError as error:
            shown.append(Shown(number, refused=str(error)))
            continue
        actor, said = document.actor, document.object
        assert isinstance(actor, Actor) and isinstance(said, Object)  # noqa: S101, PT018 - we made it
        told = document.data if document.data else actor.attributes or {}
        pairs = tuple((name, values.text_of(value)) for name, value in list(told.items())[:SHOWN_FIELDS])
        if actor.ties:
            pairs += (("organisation_key", actor.ties[0].id),)
        shown.append(Shown(number, actor.id, actor.name or "", pairs))
    return shown
