"""What texts are read by has a number, and so have topics. A handful of each: asked once a batch, never kept in a process."""

from collections.abc import Iterable
from datetime import datetime

from midchannel.middle.signals.events import ModelChanged
from midchannel.platform.database.bulk import fetch, text_array
from midchannel.platform.events import actions as events


def numbers_of(models: Iterable[str], *, calibration: int, now: datetime) -> dict[str, int]:
    """The numbers of some models with the company's calibration in use. A change is told, since it moves the measures."""
    wanted = sorted(set(models))
    found = dict(
        fetch(
            "SELECT model, id FROM signal_reader WHERE calibration = %s AND model = ANY(%s::text[])",
            [calibration, text_array(wanted)],
        )
    )
    for model in wanted:
        if model in found:
            continue
        fresh = fetch(
            "INSERT INTO signal_reader (model, calibration, first_used_at) VALUES (%s, %s, %s) ON CONFLICT (model, calibration) DO NOTHING"
            " RETURNING id, EXISTS (SELECT FROM signal_reader)",  # as it was before
            [model, calibration, now],
        )
        if fresh:
            found[model], is_change = fresh[0]
            if is_change:
                events.emit(ModelChanged(object_id=found[model], version=f"{model}+{calibration}"), now=now)
        else:
            found |= dict(
                fetch("SELECT model, id FROM signal_reader WHERE calibration = %s AND model = %s", [calibration, model])
            )
    return found


def topics_of(names: Iterable[str]) -> dict[str, int]:
    """The numbers of the company's topics, by name; those that ended have none."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    return dict(
        fetch(
            "SELECT name, id FROM signal_topic WHERE ended_at IS NULL AND name = ANY(%s::text[])", [text_array(wanted)]
        )
    )
