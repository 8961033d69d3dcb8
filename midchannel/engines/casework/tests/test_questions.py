"""What conditions ask for, and plans with one item more, less or otherwise."""

import pytest

from midchannel.engines.casework import amending, compiled, plan, questions, yaml_reading, yaml_writing
from midchannel.engines.casework.questions import Need

PLAN = """
plan: refund
title: Refund
roles: {agent: Care}
complete: automatically
items:
  - task: look
    title: Look into it
    for: agent
    required: true
  - stage: mend
    title: Mend it
    after: look completes
    if: verdict in ['ours', 'theirs'] and not refused
    items:
      - task: pay
        title: Pay it back
        repeat: true
        if: amount > 10 or repetitionCounter > 3
      - milestone: paid
        title: Paid
        after: pay completes
    may_add:
      - task: gift
        title: A gift
        when: order.total >= 100 and verdict != 'nobody'
  - timer: late
    time: P1D
    from: look completes
"""


@pytest.fixture
def said() -> plan.Plan:
    return yaml_reading.read(PLAN)


def test_values_are_known_by_what_they_are_compared_with(said: plan.Plan) -> None:
    found = questions.list_questions(compiled.compile_plan(said))

    asked = {each.name: (each.need, each.choices) for each in found.all}
    assert asked == {
        "verdict": (Need.CHOICE, ("ours", "theirs", "nobody")),
        "refused": (Need.YES_NO, ()),
        "order.total": (Need.NUMBER, ()),
        "amount": (Need.NUMBER, ()),
    }
    assert found.after == {"look": ("verdict", "refused")}


def test_what_is_removed_is_waited_for_by_nobody(said: plan.Plan) -> None:
    less = amending.remove(said, "look")

    assert [key for key, _ in amending.walk(less)] == ["mend", "mend/pay", "mend/paid", "mend/gift", "late"]
    assert amending.find(less, "mend").entry == ()
    timing = amending.find(less, "late").timing
    assert timing is not None
    assert timing.start is None
    assert yaml_reading.read(yaml_writing.write(less)) == less


def test_an_item_is_added_after_another_and_changed(said: plan.Plan) -> None:
    more = amending.add(
        said, "mend", kind=plan.Kind.HUMAN_TASK, title="Ring them up", role="agent", after="paid", by_hand=True
    )
    other = amending.alter(more, "mend/ring_them_up", title="Call", role="", required=True, by_hand=False)

    added, changed = amending.find(more, "mend/ring_them_up"), amending.find(other, "mend/ring_them_up")
    assert added.entry[0].on[0].event == "occur"
    assert (added.rules.manual is not None, added.work.performer) == (True, "agent")
    assert (changed.title, changed.work.performer) == ("Call", None)
    assert (changed.rules.required is not None, changed.rules.manual) == (True, None)
    assert yaml_reading.read(yaml_writing.write(other)) == other


def test_what_may_be_added_is_an_item_too(said: plan.Plan) -> None:
    less = amending.remove(said, "mend/gift")

    assert amending.list_options(said) == frozenset({"mend/gift"})
    assert amending.list_options(less) == frozenset()
    with pytest.raises(KeyError):
        amending.remove(less, "mend/gift")
