"""Whatever the plan, and whatever is asked: what must hold, holds."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midchannel.engines.casework import (
    changing,
    checking,
    compiled,
    errors,
    events,
    lists,
    machine,
    plan,
    previews,
    reasons,
    state,
    xml_reading,
    xml_writing,
    yaml_reading,
    yaml_writing,
)
from midchannel.engines.casework.dialects import DIALECTS, STANDARD, Dialect
from midchannel.engines.casework.states import ENDED, State, is_allowed
from midchannel.engines.casework.tests import making

_SLOW = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def _play(
    data: st.DataObject, dialect: Dialect = STANDARD
) -> tuple[compiled.CompiledPlan, state.CaseState, list[events.AnyEvent]] | None:
    said = data.draw(making.plans())
    if checking.check(said):
        return None
    ready = compiled.compile_plan(said)
    now = making.NOW
    try:
        outcome = machine.start(ready, now=now, values=data.draw(making.values), dialect=dialect)
    except errors.UnsettledError:
        return None
    happened = list(outcome.events)
    current = outcome.state
    names = [node.item.id for node in ready.nodes.values()]
    for _ in range(data.draw(st.integers(0, 12))):
        now += data.draw(making.moments)
        command = data.draw(making.asked(names, max(current.instances)))
        before = state.encode(current)
        foreseen = previews.preview(ready, current, command, now=now, dialect=dialect)
        try:
            outcome = machine.apply(ready, current, command, now=now, dialect=dialect)
            assert previews.difference(ready, current, ready, outcome.state) == foreseen
        except errors.RefusedError:
            assert foreseen.refused
            assert state.encode(current) == before
            continue
        assert state.encode(current) == before
        _check_moves(ready, outcome.events)
        _check_state(ready, outcome.state)
        happened += outcome.events
        current = outcome.state
        try:
            outcome = machine.pass_time(ready, current, now=now, dialect=dialect, most=20)
        except errors.UnsettledError:
            continue
        happened += outcome.events
        current = outcome.state
    return ready, current, happened


def _check_moves(ready: compiled.CompiledPlan, happened: list[events.AnyEvent]) -> None:
    for each in happened:
        if isinstance(each, events.Moved) and not (each.instance == 0 and each.transition == "start"):
            assert is_allowed(ready.node(each.item).family, each.transition, each.source), each
            assert each.source is not each.target


def _check_state(ready: compiled.CompiledPlan, current: state.CaseState) -> None:
    alive = {number for numbers in current.live.values() for number in numbers}
    for number in alive:
        instance = current.instances[number]
        if number == 0:
            continue
        assert instance.state not in ENDED
        holder = current.instances[instance.parent]
        assert holder.state not in ENDED
        assert number in holder.children
        if holder.state is State.SUSPENDED:
            assert instance.state in {State.SUSPENDED, State.FAILED}
        assert ready.node(holder.item).family in {"case", "stage"}
    for instance in current.instances.values():
        if instance.state in ENDED:
            assert not instance.children
            assert instance.id == 0 or instance.id not in alive


@_SLOW
@given(st.data())
def test_nothing_moves_outside_the_tables_and_nothing_lives_in_what_has_ended(data: st.DataObject) -> None:
    _play(data)


@_SLOW
@given(st.data(), st.sampled_from(sorted(DIALECTS)))
def test_the_list_of_events_gives_the_same_state(data: st.DataObject, dialect: str) -> None:
    played = _play(data, DIALECTS[dialect])
    if played:
        _, current, happened = played
        kept = events.decode(events.encode(happened))

        assert state.encode(events.replay(kept)) == state.encode(current)
        assert state.decode(state.encode(current)) == current


@_SLOW
@given(st.data())
def test_whatever_a_case_can_be_asked_about_itself_has_an_answer(data: st.DataObject) -> None:
    played = _play(data)
    if played:
        ready, current, _ = played

        shown = lists.list_all(ready, current)
        for number in current.instances:
            reasons.why_here(ready, current, number)
            moves = reasons.what_moves(ready, current, number)
            assert ("complete" in moves.possible) <= (current.instances[number].state is State.ACTIVE)
        openness = reasons.what_keeps_open(ready, current)
        if current.case.state is State.ACTIVE:
            assert openness.blockers or openness.offers or openness.reopened
            assert openness.completable == machine.is_completable(ready, current)
        rows = {
            *(row.instance for row in (*shown.do_now, *shown.may_start, *shown.waiting, *shown.done)),
            *(each.instance for each in shown.stages),
        }
        alive = {number for numbers in current.live.values() for number in numbers}
        if current.case.state not in ENDED:
            assert alive - {0} <= rows


@_SLOW
@given(st.data())
def test_another_plan_keeps_what_must_hold_and_there_is_a_way_back(data: st.DataObject) -> None:
    played = _play(data)
    other = data.draw(making.plans())
    if played is None or checking.check(other):
        return
    ready, current, happened = played
    new = compiled.compile_plan(other)
    before = state.encode(current)

    foreseen = changing.preview(ready, current, new, now=making.NOW)
    try:
        outcome = changing.change(ready, current, new, now=making.NOW)
    except errors.RefusedError:
        assert foreseen.refused
        return

    assert state.encode(current) == before
    _check_state(new, outcome.state)
    assert state.encode(events.replay([*happened, *outcome.events])) == state.encode(outcome.state)
    returned = changing.back(new, outcome.state, ready, current, changed=outcome.state, now=making.NOW).state
    assert {**_plain(returned), "events": 0, "changed_at": None} == {**_plain(current), "events": 0, "changed_at": None}


def _plain(current: state.CaseState) -> dict[str, Any]:
    return {name: getattr(current, name) for name in current.__struct_fields__}


@_SLOW
@given(making.plans())
def test_every_plan_is_the_same_after_yaml_and_after_cmmn(said: plan.Plan) -> None:
    if checking.check(said):
        return

    assert yaml_reading.read(yaml_writing.write(said)) == said

    document = xml_reading.read(xml_writing.write(said))
    again = xml_reading.read(xml_writing.write(document.plan))
    assert again.plan == document.plan
    assert set(compiled.compile_plan(document.plan).nodes) == set(compiled.compile_plan(said).nodes)
