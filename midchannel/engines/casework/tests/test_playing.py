"""Plays that keep nothing, what can never come about, and small changes to a plan's text."""

import contextlib
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.engines.casework import commands, compiled, playing, reaching, yaml_editing, yaml_reading
from midchannel.engines.casework.errors import InvalidPlanError
from midchannel.engines.casework.states import FileTransition, Transition

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
PLAN = """
plan: refund   # a comment that stays
title: Refund
roles: {agent: Care}
file: {payment: Payment}
items:
  - task: look
    title: Look into it
    for: agent
  - task: pay
    title: Pay it back
    after: look completes
    if: 100 / share > 2
  - timer: late
    title: Two hours
    time: PT2H
  - task: hurry
    title: Hurry
    after: late happens
may_add:
  - task: gift
    title: A gift   # another one

# the end
"""


def ready() -> compiled.CompiledPlan:
    return compiled.compile_plan(yaml_reading.read(PLAN))


def played(*entries: playing.Entry, **values: object) -> playing.Play:
    script = playing.Script(BEGIN, values, entries)
    return playing.play(ready(), playing.read(playing.write(script)))


def done(item: str) -> commands.Move:
    return commands.Move(item=item, transition=Transition.COMPLETE)


def test_a_play_tells_step_by_step_what_opened_and_why() -> None:
    told = played(done("look"), playing.Wait(), share=5)

    assert [[each.title for each in step.difference.opens] for step in told.steps] == [
        ["Look into it"], ["Pay it back"], ["Hurry"],
    ]  # fmt: skip
    why = told.steps[1].whys[0]
    assert why.criterion is not None
    assert why.criterion.parts[0].title == "Look into it"
    assert told.now == BEGIN.replace(hour=11)


def test_what_is_refused_ends_the_play_where_it_stands() -> None:
    told = played(done("look"), done("look"))

    assert len(told.steps) == 2
    assert told.code == "absent"


def test_a_condition_that_divides_by_zero_is_told_and_counts_as_not_holding() -> None:
    told = played(done("look"), share=0)

    assert not told.steps[1].difference.opens
    assert "zero" in told.steps[1].troubles[0]


def test_going_back_is_leaving_out_the_end() -> None:
    script = playing.add(playing.add(playing.Script(BEGIN), done("look")), playing.Wait(seconds=60))

    assert playing.play(ready(), playing.cut(script, 1)) == playing.play(
        ready(), playing.add(playing.Script(BEGIN), done("look"))
    )


def test_a_script_is_read_strictly() -> None:
    for text in (
        "",
        "[]",
        '{"begin": "2026-01-01T00:00:00"}',
        '{"begin": "2026-01-01T00:00:00Z", "entries": [{"do": "x"}]}',
    ):
        with pytest.raises(ValueError, match=r"\w"):
            playing.read(text)
    with pytest.raises(ValueError, match="at most"):
        playing.read(playing.write(playing.Script(BEGIN, {}, (playing.Wait(seconds=1),) * (playing.MOST + 1))))


NAMES = st.sampled_from(["look", "pay", "late", "hurry", "gift", "nothing", "$case", ""])
NUMBERS = st.integers(-3, 12)
ENTRIES = st.one_of(
    st.builds(commands.Move, item=NAMES, transition=st.sampled_from(list(Transition)), instance=NUMBERS | st.none()),
    st.builds(
        commands.SetValues, values=st.dictionaries(st.sampled_from(["share", "x"]), st.integers() | st.text(max_size=3))
    ),
    st.builds(commands.FileEvent, item=st.sampled_from(["payment", "x"]), event=st.sampled_from(list(FileTransition))),
    st.builds(commands.AddPlanned, item=NAMES, within=NAMES | st.none()),
    st.builds(commands.AddTask, title=st.text(max_size=5), within=NUMBERS),
    st.builds(commands.DoAgain, instance=NUMBERS),
    st.builds(commands.Tick, instance=NUMBERS),
    st.builds(playing.Wait, seconds=st.floats(allow_nan=False)),
)


@given(st.lists(ENTRIES, max_size=6))
def test_no_script_breaks_a_play(entries: list[playing.Entry]) -> None:
    told = playing.play(ready(), playing.Script(BEGIN, {}, tuple(entries)))

    assert 1 <= len(told.steps) <= len(entries) + 1
    assert bool(told.refused) == (len(told.steps) <= len(entries))


def test_what_can_never_begin_is_told_with_the_reason() -> None:
    text = """
plan: dead
items:
  - task: one
    after: two completes
  - task: two
    after: one completes
  - stage: never
    if: false
    items:
      - task: inside
  - task: fine
    begins: [{after: one completes}, {if: x > 1}]
"""
    found = {each.id: each for each in reaching.list_unreached(yaml_reading.read(text))}

    assert set(found) == {"one", "two", "never", "inside"}
    assert found["one"].waits_for == ("two",)
    assert found["inside"].holder == "never"


def test_an_option_is_added_and_all_else_stays_as_it_was() -> None:
    changed = yaml_editing.add_option(PLAN, "Gift", role="agent")

    assert changed.replace("  - task: gift_2\n    title: Gift\n    for: agent\n", "") == PLAN
    said = yaml_reading.read(yaml_editing.add_option(changed, "Call: 'now' & # then"))
    assert said.root.table is not None
    assert [each.item.title for each in said.root.table.items] == ["A gift", "Gift", "Call: 'now' & # then"]  # type: ignore[union-attr]


def test_an_option_is_added_where_there_was_none() -> None:
    said = yaml_reading.read(yaml_editing.add_option("plan: x\nitems:\n  - task: a", "Größer 2"))

    assert said.root.table is not None
    with contextlib.suppress(AttributeError):
        assert said.root.table.items[0].item.id == "größer_2"  # type: ignore[union-attr]
    with pytest.raises(InvalidPlanError, match="one line"):
        yaml_editing.add_option("plan: x\nmay_add: [{task: a}]\n", "B")


@given(st.text(min_size=1, max_size=40))
def test_any_title_can_be_added(title: str) -> None:
    with contextlib.suppress(InvalidPlanError):
        said = yaml_reading.read(yaml_editing.add_option("plan: x\n", title))
        assert said.root.table is not None
        assert msgspec.to_builtins(len(said.root.table.items)) == 1
