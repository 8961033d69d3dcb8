"""What a command costs a case: commands a second for a case of 30 items, and the answer of one of 2,000.

Processor time of this process only, one core; the median of several rounds (the 30 items) and the worst single command (the 2,000). Prints
one JSON object.
"""

import argparse
import json
import statistics
import time
from datetime import UTC, datetime, timedelta

from midchannel.engines.casework import commands, compiled, machine, plan
from midchannel.engines.casework.state import CaseState
from midchannel.engines.casework.states import Transition

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def after(*sources: str, event: str = "complete", condition: str | None = None) -> plan.Criterion:
    """All of these are done."""
    return plan.Criterion(tuple(plan.OnPart(plan.Source.ITEM, each, event) for each in sources), condition)


def staged(stages: int, tasks: int) -> plan.Plan:
    """Stages one after another, each with a chain of tasks of which some may be started and some ask a value, and with a milestone."""
    items = []
    for number in range(stages):
        inner = [plan.Item(f"s{number}t0", plan.Kind.HUMAN_TASK)]
        for place in range(1, tasks):
            condition = "amount >= 0 && !stopped" if place % 3 == 0 else None
            control = plan.Control(manual=plan.Rule()) if place % 4 == 2 else plan.PLAIN
            waits = (after(f"s{number}t{place - 1}", condition=condition),)
            inner.append(plan.Item(f"s{number}t{place}", plan.Kind.HUMAN_TASK, entry=waits, control=control))
        inner.append(plan.Item(f"s{number}m", plan.Kind.MILESTONE, entry=(after(f"s{number}t{tasks - 1}"),)))
        entry = (after(f"s{number - 1}m", event="occur"),) if number else ()
        items.append(plan.Item(f"s{number}", plan.Kind.STAGE, items=tuple(inner), entry=entry))
    return plan.Plan("bench", plan.Item("", plan.Kind.CASE, items=tuple(items)))


def wide(tasks: int) -> plan.Plan:
    """Everything at once: half of it active, each of the other half waiting for two of them and asking a value."""
    half = tasks // 2
    items = [plan.Item(f"a{number}", plan.Kind.HUMAN_TASK) for number in range(half)]
    for number in range(half):
        entry = (after(f"a{number}", f"a{(number + 7) % half}", condition="amount > 10"),)
        items.append(plan.Item(f"b{number}", plan.Kind.HUMAN_TASK, entry=entry))
    return plan.Plan("wide", plan.Item("", plan.Kind.CASE, items=tuple(items)))


def work(ready: compiled.CompiledPlan, state: CaseState) -> commands.AnyCommand | None:
    """What somebody does next: start what is enabled, complete what is active."""
    for number in reversed(state.instances):
        instance = state.instances[number]
        if number and ready.node(instance.item).family == "task":
            if instance.state == "enabled":
                return commands.Move(transition=Transition.MANUAL_START, instance=number)
            if instance.state == "active":
                return commands.Move(transition=Transition.COMPLETE, instance=number, values={"amount": number})
    return None


def play(ready: compiled.CompiledPlan) -> tuple[int, float]:
    """One whole case: how many commands, and the processor time of the commands alone."""
    state = machine.start(ready, now=NOW, values={"amount": 1, "stopped": False}).state
    spent, count = 0.0, 0
    while (command := work(ready, state)) is not None:
        now = NOW + timedelta(seconds=count)
        began = time.process_time()
        state = machine.apply(ready, state, command, now=now).state
        spent += time.process_time() - began
        count += 1
    return count, spent


def answers(ready: compiled.CompiledPlan, most: int) -> list[float]:
    """Milliseconds of processor time for each of many commands."""
    state = machine.start(ready, now=NOW, values={"amount": 1}).state
    found = []
    for number in range(most):
        command = commands.Move(transition=Transition.COMPLETE, item=f"a{number}", values={"amount": number})
        began = time.process_time()
        state = machine.apply(ready, state, command, now=NOW).state
        found.append((time.process_time() - began) * 1000)
    return found


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    ready = compiled.compile_plan(staged(3, 8))
    rates = []
    for _ in range(rounds):
        count, spent = play(ready)
        rates.append(count / spent)
    large = compiled.compile_plan(wide(2000))
    began = time.process_time()
    machine.start(large, now=NOW, values={"amount": 1})
    opening = (time.process_time() - began) * 1000
    each = answers(large, 300)
    result = {
        "items": len(ready.nodes),
        "commands_a_second": round(statistics.median(rates)),
        "us_a_command": round(1e6 / statistics.median(rates), 1),
        "large_items": len(large.nodes) - 1,
        "large_ms_median": round(statistics.median(each), 2),
        "large_ms_worst": round(max(each), 2),
        "large_opening_ms": round(opening, 1),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
