"""A table is decided about as its records would be one by one."""

import itertools
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midchannel.engines.identity import fields, keys, levels, model
from midchannel.platform.analysis import (
    evaluating,
    frame,
    grading,
    learning,
    likeness,
    pairing,
    resolving,
    tables,
    weighing,
)

SHORT = st.text("abcdeé王 '.-0123456789@", max_size=12)
RAW = st.fixed_dictionaries(
    {},
    optional={
        "given_name": SHORT,
        "family_name": SHORT,
        "birth_date": st.dates().map(str) | SHORT,
        "email": st.lists(SHORT, max_size=2),
        "handle": SHORT,
        "postcode": SHORT,
        "address": SHORT,
        "x_any": SHORT,
    },
)


@given(
    st.sampled_from(sorted(levels.KINDS)),
    st.lists(SHORT.map(str.strip).filter(bool), min_size=2, max_size=12, unique=True),
)
def test_levels_of_many_are_those_of_each(kind: str, texts: list[str]) -> None:
    values = np.array(texts, dtype=object)
    left, right = np.triu_indices(len(values), 1)

    many = likeness.Comparer(kind, values).of_codes(left.astype(np.int32), right.astype(np.int32))

    for one, other, level in zip(left, right, many, strict=True):
        low, high = min(one, other), max(one, other)
        assert level == levels.KINDS[kind].level(values[low], values[high])


@settings(deadline=None)
@given(st.lists(RAW, min_size=2, max_size=8))
def test_weights_of_many_are_those_of_each(raw: list[dict[str, object]]) -> None:
    records = [fields.read(each) for each in raw]
    table = frame.of_records(records)
    by = model.load_default()
    left, right = np.triu_indices(len(records), 1)

    weighed = weighing.weigh(by, table, left.astype(np.int64), right.astype(np.int64))

    verdicts = weighed.verdicts(by)
    for at, (one, other) in enumerate(itertools.combinations(records, 2)):
        score = by.score(one, other)
        assert weighed.weight[at] == pytest.approx(score.weight, abs=1e-6)
        assert verdicts[at] == score.verdict


@settings(deadline=None)
@given(st.lists(RAW, min_size=2, max_size=10))
def test_pairs_that_share_a_key_are_the_same_in_a_table(raw: list[dict[str, object]]) -> None:
    records = [fields.read(each) for each in raw]

    found = set()
    for numbers, holders in pairing.of_recipes(frame.of_records(records)):
        blocks = defaultdict(set)
        for number, holder in zip(numbers.tolist(), holders.tolist(), strict=True):
            blocks[number].add(holder)
        found |= {pair for block in blocks.values() for pair in itertools.combinations(sorted(block), 2)}

    each = [set(keys.blocking_keys(record)) for record in records]
    assert found == {
        (one, other) for one, other in itertools.combinations(range(len(records)), 2) if each[one] & each[other]
    }


def test_a_key_of_very_many_is_not_followed() -> None:
    raw = frame.Raw(["info@firm.example"], np.zeros(200_000, np.int32))

    left, _ = pairing.of_frame(frame.of_raw({"email": raw}, 200_000))

    assert len(left) == 0


def _people(count: int) -> list[dict[str, str]]:
    random = np.random.default_rng(3)
    words = ["".join(random.choice(list("abdeiklmnorstu"), 6)) for _ in range(2 * count)]
    rows = []
    for at, (first, family) in enumerate(zip(words[::2], words[1::2], strict=True)):
        born = str(np.datetime64("1950-01-01") + at * 37)
        row = {"first_name": first, "surname": family, "dob": born, "email": f"{family}@mail.example", "who": str(at)}
        rows += [row, row | {"dob": ""}, row | {"email": "", "surname": family[:-1] + "x"}]
    return rows


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("\n".join([",".join(rows[0]), *(",".join(f'"{value}"' for value in row.values()) for row in rows)]))
    return path


def test_a_file_is_grouped_without_labels(tmp_path: Path) -> None:
    path = _write(tmp_path / "people.csv", _people(150))

    grades = evaluating.evaluate(path, truth="who", mapping={})

    assert grades["cluster_f1"] > 0.99
    assert grades["exact_cluster_f1"] > 0.97
    assert evaluating.evaluate(path, truth="who", mapping={})["cluster_f1"] == grades["cluster_f1"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"who": "1", "name": "Ada"}],
        [{"who": "1", "name": "Ada"}, {"who": "1", "name": "Ada"}],
        [{"who": str(at), "name": "", "nothing": "", "always": "same"} for at in range(30)],
        [{"who": "1", "name": "王小明", "x": "!!!", "dob": "unknown"} for _ in range(30)],
        [{"who": str(at), "title": f"Thing {at}", "price": str(at)} for at in range(30)],
    ],
)
def test_any_table_is_graded(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    path = _write(tmp_path / "odd.csv", rows or [{"who": "who", "name": "name"}])

    grades = evaluating.evaluate(path, truth="who", mapping={})

    assert 0.0 <= grades["cluster_f1"] <= 1.0


def test_a_column_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = _write(tmp_path / "people.csv", _people(3))

    with pytest.raises(evaluating.UnknownColumnError, match="it has first_name"):
        evaluating.evaluate(path, truth="truth", mapping={})


def test_a_table_is_resolved_with_reasons(tmp_path: Path) -> None:
    table = tables.to_frame(tables.read(_write(tmp_path / "people.csv", _people(60))), {})
    kept = frame.Frame(table.size, {name: each for name, each in table.columns.items() if name != "x_who"})
    by = learning.train(kept, *pairing.of_frame(kept), version="test/1")

    found = resolving.resolve(by, kept)

    assert len(np.unique(found.groups)) == 60
    reason = found.explain(0, kept)
    one, other = int(found.weighed.left[0]), int(found.weighed.right[0])
    score = by.score(kept.record(one), kept.record(other))
    assert [(each.field, each.level) for each in reason] == [(each.field, each.level) for each in score.contributions]
    resolving.write(found, tmp_path, ids=np.arange(table.size, dtype=np.int64))
    assert {each.name for each in tmp_path.glob("*.parquet")} == {"customers.parquet", "links.parquet"}


def test_groups_are_graded_by_pairs_and_exactly() -> None:
    grades = grading.cluster_grades([1, 1, 2, 3], ["a", "a", "a", "b"])

    assert grades["cluster_precision"] == 1.0
    assert grades["cluster_recall"] == pytest.approx(1 / 3)
    assert grades["exact_cluster_f1"] == pytest.approx(2 * 1 / (3 + 2))
