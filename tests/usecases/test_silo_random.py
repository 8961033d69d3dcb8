"""Whatever comes, a record says what its source said last, and taking back goes back."""

from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import transaction
from hypothesis import strategies as st

from midchannel.outside.channels import actions as channels
from midchannel.outside.silos import actions as silos
from midchannel.outside.silos.mapping import Mapping
from midchannel.usecases import undo_import
from tests.usecases.reading import BOSS, bring, check_sums, put, records, tick

pytestmark = pytest.mark.django_db


PERSON = st.fixed_dictionaries(
    {
        "id": st.sampled_from("abcdef"),
        "name": st.sampled_from(("", "Ana", "Bo", "Cy")),
        "city": st.sampled_from(("", "Porto", "Ghent")),
    }
)
STEPS = st.lists(st.one_of(st.lists(PERSON, max_size=6), st.just("again"), st.just("undo")), min_size=1, max_size=5)


@hypothesis.settings(max_examples=6, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(steps=STEPS)
def test_whatever_comes_the_record_says_what_the_source_said_last_and_undoing_goes_back(
    folder: Path, steps: list[Any]
) -> None:
    with transaction.atomic():
        _play(folder, steps)
        transaction.set_rollback(True)


def _play(folder: Path, steps: list[Any]) -> None:
    silo_id = silos.open_silo(name="H", system="h", reader="file", config={"file": "h.csv"}, by=BOSS, now=tick())
    put(folder, "h.csv", "id,name,city\n")
    mapping = Mapping("customers", "id", fields={"name": "full_name", "city": "city"})
    silos.change_mapping(silo_id, mapping, columns=["id", "name", "city"], by=BOSS, now=tick())
    history: list[tuple[int, dict[str, Any]]] = []
    content = "id,name,city\n"
    model: dict[str, dict[str, str]] = {}
    for number, step in enumerate(steps):
        if step == "undo" and history:
            run_id, model = history.pop()
            undo_import.undo(run_id, tick=tick, by=BOSS)
            channels.resume(silo_id, by=BOSS, now=tick())
        elif step != "undo":
            before = {key: dict(said) for key, said in model.items()}
            if step != "again":
                content = "id,name,city\n" + "".join(f"{p['id']},{p['name']},{p['city']}\n" for p in step)
                met: set[str] = set()
                for person in step:
                    said = {"full_name": person["name"], "city": person["city"]}
                    said = {name: value for name, value in said.items() if value}
                    if said and person["id"] not in met:
                        model[person["id"]] = said
                        met.add(person["id"])
            put(folder, "h.csv", content + "\n" * number)
            run = bring(silo_id)
            if step == "again" and history:
                assert run.new == 0
            history.append((run.id, before))
        if step == "undo" or step != "again":
            assert {key: record["attributes"] for key, record in records().items()} == model
        check_sums(silo_id)
    for run_id, before in reversed(history):
        undo_import.undo(run_id, tick=tick, by=BOSS)
        channels.resume(silo_id, by=BOSS, now=tick())
        assert {key: record["attributes"] for key, record in records().items()} == before
    assert records() == {}
