"""Cases by hand: what people ask, what clocks bring, what a case says about itself, and another plan under way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from midchannel.engines.casework import (
    changing,
    commands,
    compiled,
    errors,
    events,
    lists,
    machine,
    plan,
    previews,
    reasons,
    state,
    yaml_reading,
)
from midchannel.engines.casework.states import FileTransition, State, Transition

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)

REFUND = """
plan: refund
title: Refund
roles: {agent: Care, lead: Lead}
items:
  - task: look
    title: Look into it
  - task: pay
    title: Pay it back
    after: look completes
    if: amount > 500 and (vip or not blocked)
  - listener: reply
    title: An answer from the customer
  - milestone: over
    title: Settled
    begins:
      - after: [pay completes, reply happens]
may_add:
  - task: gift
    title: A gift
    when: amount > 100
    who: [lead]
"""


def _ready(text: str) -> compiled.CompiledPlan:
    return compiled.compile_plan(yaml_reading.read(text))


def _start(text: str, **values: Any) -> tuple[compiled.CompiledPlan, state.CaseState]:
    ready = _ready(text)
    return ready, machine.start(ready, now=NOW, values=values).state


def _do(
    ready: compiled.CompiledPlan, current: state.CaseState, item: str, transition: str = "complete", **values: Any
) -> state.CaseState:
    command = commands.Move(item=item, transition=Transition(transition), values=values)
    return machine.apply(ready, current, command, now=NOW).state


def _one(current: state.CaseState, item: str) -> state.Instance:
    return current.instances[current.live[item][0]]


def test_a_refusal_says_why_and_changes_nothing() -> None:
    ready, current = _start(REFUND)
    before = state.encode(current)

    refused: list[tuple[commands.AnyCommand, str]] = [
        (commands.Move(item="pay", transition=Transition.COMPLETE), "'Pay it back' is available"),
        (commands.Move(item="pey", transition=Transition.COMPLETE), "Did you mean 'pay'"),
        (commands.Move(item="$case", transition=Transition.COMPLETE), "Look into it would be left"),
        (commands.AddPlanned(item="gift"), "amount > 100"),
        (commands.AddPlanned(item="gift", values={"amount": 200}, roles=("agent",)), "it is for lead"),
        (commands.AddTask(title=" "), "needs a name"),
        (commands.DoAgain(instance=1), "has not ended"),
        (commands.FileEvent(item="order", event=FileTransition.CREATE), "no item 'order'"),
    ]
    for command, says in refused:
        with pytest.raises(errors.RefusedError, match=says):
            machine.apply(ready, current, command, now=NOW)
    assert state.encode(current) == before


def test_what_would_move_it_is_told_part_by_part() -> None:
    ready, current = _start(REFUND)
    current = _do(ready, current, "look", amount=300)

    moves = reasons.what_moves(ready, current, _one(current, "pay").id)

    [way] = moves.enters
    assert [(part.title, part.phrase, part.done) for part in way.parts] == [("Look into it", "completes", True)]
    assert way.condition is not None
    amount, either = way.condition.parts
    assert (amount.text, amount.op, amount.left_value, amount.right_value, amount.holds) == (
        "amount > 500",
        ">",
        300,
        500,
        False,
    )
    assert (either.kind, [each.holds for each in either.parts]) == ("or", [False, True])


def test_why_it_is_here_and_what_keeps_the_case_open() -> None:
    ready, current = _start(REFUND, amount=600)
    current = _do(ready, current, "look")

    why = reasons.why_here(ready, current, _one(current, "pay").id)
    openness = reasons.what_keeps_open(ready, current)

    assert (why.state, why.because, why.origin) == ("active", "entry:0", "plan")
    assert why.criterion is not None
    assert why.criterion.parts[0].done
    assert {each.title: each.hard for each in openness.blockers} == {
        "Pay it back": True,
        "An answer from the customer": False,
        "Settled": False,
    }
    assert openness.offers == ("A gift",)
    assert not openness.completable


def test_the_five_lists() -> None:
    ready, current = _start(REFUND, amount=50)
    current = _do(ready, current, "look")
    current = machine.apply(
        ready, current, commands.AddTask(title="Call the courier", role="agent", reason="to be sure"), now=NOW
    ).state

    shown = lists.list_all(ready, current, ("lead",))

    assert [each.title for each in shown.do_now] == ["Call the courier"]
    assert [each.title for each in shown.may_start] == ["An answer from the customer"]
    assert [(each.title, each.possible, each.objection) for each in shown.may_add] == [("A gift", False, "rule")]
    assert [each.title for each in shown.waiting] == ["Pay it back", "Settled"]
    assert [each.title for each in shown.done] == ["Look into it"]
    assert [(each.title, each.reached_at, each.open) for each in shown.milestones] == [("Settled", None, True)]


def test_a_preview_says_what_opens_and_what_ends() -> None:
    ready, current = _start(REFUND, amount=600)

    seen = previews.preview(ready, current, commands.Move(item="look", transition=Transition.COMPLETE), now=NOW)
    refused = previews.preview(ready, current, commands.Move(item="pay", transition=Transition.COMPLETE), now=NOW)

    assert [each.title for each in seen.opens] == ["Pay it back"]
    assert [(each.title, each.before, each.after) for each in seen.ends] == [("Look into it", "active", "completed")]
    assert refused.code == "state"


def test_a_condition_that_divides_by_zero_counts_as_not_holding_and_is_kept() -> None:
    text = "plan: p\nitems: [{task: a}, {task: b, if: 100 / amount > 2}]"
    ready, current = _start(text, amount=0)

    outcome = machine.apply(ready, current, commands.SetValues(values={"amount": 0}), now=NOW)

    assert any(isinstance(each, events.Failed) and "divides by zero" in each.message for each in outcome.events)
    way = reasons.what_moves(ready, outcome.state, _one(outcome.state, "b").id).enters[0]
    assert way.condition is not None
    assert (way.condition.holds, way.condition.error) == (None, "This divides by zero.")
    assert (
        _one(machine.apply(ready, current, commands.SetValues(values={"amount": 10}), now=NOW).state, "b").state
        is State.ACTIVE
    )


def test_a_plan_that_never_settles_is_rolled_back() -> None:
    ready, current = _start("plan: p\nitems: [{step: a, waits: false, repeat: go}, {task: b}]", go=False)
    looping = _ready("""
plan: p
items:
  - {milestone: a, repeat: go, begins: [{after: b happens}, {after: s completes}]}
  - {milestone: b, repeat: go, after: a happens}
  - {task: s}
""")
    spinning = machine.start(looping, now=NOW, values={"go": True}).state
    before = state.encode(spinning)

    with pytest.raises(errors.UnsettledError, match=r"'?a, b|b, a"):
        _do(looping, spinning, "s")
    with pytest.raises(errors.UnsettledError):
        machine.start(ready, now=NOW, values={"go": True})

    assert state.encode(spinning) == before
    assert current.case.state is State.ACTIVE


def test_a_repeating_timer_goes_off_so_many_times() -> None:
    ready, current = _start(
        "plan: p\nitems: [{task: a}, {timer: t, time: R3/PT1H}, {task: b, repeat: true, after: t happens}]"
    )

    assert machine.next_due(ready, current) == NOW + timedelta(hours=1)
    current = machine.pass_time(ready, current, now=NOW + timedelta(hours=2)).state
    assert sum(current.instances[each].state is State.ACTIVE for each in current.live["b"]) == 2
    current = machine.pass_time(ready, current, now=NOW + timedelta(days=9)).state

    assert sum(current.instances[each].state is State.ACTIVE for each in current.live["b"]) == 3
    assert machine.next_due(ready, current) is None


def test_a_timer_that_starts_with_an_event_and_reads_its_time_from_a_value() -> None:
    ready, current = _start(
        "plan: p\nitems: [{task: a}, {task: z}, {timer: t, time: '${after}', from: a completes}]", after="PT2H"
    )
    assert machine.next_due(ready, current) is None

    current = machine.apply(
        ready, current, commands.Move(item="a", transition=Transition.COMPLETE), now=NOW + timedelta(hours=3)
    ).state

    assert machine.next_due(ready, current) == NOW + timedelta(hours=5)
    early = commands.Tick(instance=_one(current, "t").id)
    with pytest.raises(errors.RefusedError, match="not due"):
        machine.apply(ready, current, early, now=NOW + timedelta(hours=4))


def test_a_case_that_was_opened_again_stays_open_until_something_happens_in_it() -> None:
    ready, current = _start("plan: p\ncomplete: automatically\nitems: [{task: a}]")
    current = _do(ready, current, "a")
    assert current.case.state is State.COMPLETED

    current = _do(ready, current, "$case", "reactivate", note="x")
    current = machine.apply(ready, current, commands.SetValues(values={"b": 1}), now=NOW).state
    assert current.case.state is State.ACTIVE
    assert reasons.what_keeps_open(ready, current).reopened
    done = next(each.id for each in current.instances.values() if each.item == "a")
    current = machine.apply(ready, current, commands.DoAgain(instance=done, reason="it came back"), now=NOW).state

    assert _one(current, "a").count == 2
    assert _do(ready, current, "a").case.state is State.COMPLETED


REPEATED = """
plan: p
items:
  - stage: s
    repeat: true
    after: go happens
    ends: {after: inner is cancelled}
    items:
      - task: inner
      - stage: deep
        items:
          - task: heard
            after: inner completes
          - task: stay
  - listener: go
    repeat: true
  - task: z
"""


def test_an_event_reaches_only_what_is_in_the_same_stage() -> None:
    ready, current = _start(REPEATED)
    for _ in range(2):
        current = _do(ready, current, "go", "occur")
    first, second = current.live["s/inner"]

    after = machine.apply(ready, current, commands.Move(instance=second, transition=Transition.COMPLETE), now=NOW).state
    ended = machine.apply(
        ready, current, commands.Move(instance=second, transition=Transition.TERMINATE), now=NOW
    ).state

    assert [after.instances[each].state.value for each in after.live["s/deep/heard"]] == ["available", "active"]
    assert ended.live["s/inner"] == (first,)


def test_another_plan_keeps_what_is_done_and_in_progress_and_what_was_ticked_off() -> None:
    ready, current = _start(REFUND, amount=50)
    current = _do(ready, current, "look")
    new = _ready(REFUND.replace("if: amount > 500 and (vip or not blocked)", "if: amount > 10").replace(
        "  - listener: reply", "  - task: thank\n    title: Thank them\n  - listener: reply"))  # fmt: skip

    foreseen = changing.preview(ready, current, new, now=NOW)
    outcome = changing.change(ready, current, new, now=NOW)

    assert (foreseen.added, foreseen.removed, foreseen.altered) == (("Thank them",), (), ("Pay it back",))
    assert {each.title for each in foreseen.difference.opens} == {"Pay it back", "Thank them"}
    assert _one(outcome.state, "pay").state is State.ACTIVE
    assert current.live.get("thank") is None
    returned = changing.back(new, outcome.state, ready, current, changed=outcome.state, now=NOW).state
    assert returned.instances == current.instances


def test_a_task_in_progress_that_the_new_plan_does_not_know_goes_on() -> None:
    ready, current = _start(REFUND, amount=600)
    new = _ready("plan: refund\nversion: '2'\ntitle: Refund\nitems: [{task: other}]")

    after = changing.change(ready, current, new, now=NOW).state

    assert sorted(each.title for each in lists.list_all(new, after).do_now) == ["Look into it", "other"]
    assert (after.version, list(after.live)) == ("2", ["", "+", "other"])
    gone = [each for each in after.instances.values() if each.state is State.TERMINATED]
    assert sorted(reasons.title(new, after, each.id) for each in gone) == [
        "An answer from the customer",
        "Pay it back",
        "Settled",
    ]


def test_events_that_must_come_in_one_step_are_not_remembered() -> None:
    both = plan.Criterion(
        (plan.OnPart(plan.Source.ITEM, "a", "complete"), plan.OnPart(plan.Source.VARIABLE, "x", "create")),
        trigger="onEvent",
    )
    items = (
        plan.Item("a", plan.Kind.HUMAN_TASK),
        plan.Item("z", plan.Kind.HUMAN_TASK),
        plan.Item("b", plan.Kind.HUMAN_TASK, entry=(both,)),
    )
    ready = compiled.compile_plan(plan.Plan("p", plan.Item("", plan.Kind.CASE, items=items)))
    current = machine.start(ready, now=NOW).state

    apart = machine.apply(ready, _do(ready, current, "a"), commands.SetValues(values={"x": 1}), now=NOW).state
    together = _do(ready, current, "a", x=1)

    assert _one(apart, "b").state is State.AVAILABLE
    assert _one(together, "b").state is State.ACTIVE
