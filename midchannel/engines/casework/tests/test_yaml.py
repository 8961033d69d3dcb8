"""Plans as people write them: read, and every mistake told with its place."""

import pytest

from midchannel.engines.casework import errors, plan, yaml_reading


def _problems(text: str) -> list[str]:
    with pytest.raises(errors.InvalidPlanError) as caught:
        yaml_reading.read(text)
    return [str(each) for each in caught.value.problems]


def test_a_plan_is_read() -> None:
    said = yaml_reading.read(
        """
plan: late
title: Late delivery
roles: {agent: Care, boss: Lead}
file: {order: The order}
complete: automatically
items:
  - task: find
    title: Find the parcel
    for: agent
    show: [orders]
    required: true
  - stage: mend
    begins:
      - after: find completes
        if: amount > 5
      - after: [file order is updated, value mood is set]
    ends: {after: thanks happens}
    items:
      - task: refund
        by_hand: true
        repeat: amount < 3
  - listener: thanks
  - timer: soon
    time: PT4H
    from: find completes
may_add:
  - task: courier
    when: amount > 3
    who: [boss]
"""
    )

    find, mend, thanks, soon = said.root.items
    assert (find.title, find.work.performer, find.work.show, find.rules.required) == (
        "Find the parcel",
        "agent",
        ("orders",),
        plan.Rule(),
    )
    assert [each.kind for each in mend.entry[1].on] == [plan.Source.FILE, plan.Source.VARIABLE]
    assert mend.entry[0].condition == "amount > 5"
    assert mend.items[0].rules.repeat == plan.Rule("amount < 3")
    assert thanks.kind is plan.Kind.USER_LISTENER
    assert soon.timing is not None
    assert soon.timing.start == plan.OnPart(plan.Source.ITEM, "find", "complete")
    assert said.root.table is not None
    assert said.places["find"] == (8, 5)


def test_every_mistake_is_told_at_once_with_its_line_and_column() -> None:
    found = _problems(
        """plan: late
roles: {agent: Agent}
items:
  - task: find
    for: agnet
    repeat: x >
  - milestone: m
    after: fnd completes
    if: amount >> 5
  - task: b
    afer: m happens
  - timer: t
    time: PX
  - task: c
    after: find explodes
  - task: find
"""
    )

    assert [each.partition(":")[0] for each in found] == [
        "line 4, column 5",
        "line 4, column 5",
        "line 4, column 5",
        "line 6, column 16",
        "line 8, column 12",
        "line 9, column 17",
        "line 11, column 5",
        "line 13, column 11",
        "line 15, column 12",
    ]
    assert "Did you mean 'agent'?" in " ".join(found)
    assert "Did you mean 'find'?" in found[4]
    assert "Did you mean 'after'?" in found[6]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "A plan begins with `plan:`"),
        ("- a", "A plan begins with `plan:`"),
        ("plan: [", "This is not YAML"),
        ("plan: x\nitems: &a [*a]", "Anchors and aliases"),
        ("plan: x\nitems: " + "[" * 100 + "]" * 100, "nests deeper"),
        ("plan: x\nitems: 3", "Items are written as a list"),
        ("plan: x\nitems: [3]", "An item begins with what it is"),
        ("plan: x\nitems: [{task: a, stage: b}]", "An item is one thing"),
        ("plan: x\nitems: [{task: a b}]", "a name is one word"),
        ("plan: x\nitems: [{task: a, title: {b: c}}]", "A text was expected"),
        ("plan: x\nplan: y", "stands here twice"),
        ("plan: x\ncomplete: maybe", "`complete` is"),
        ("plan: x\nitems: [{task: a, time: P1D}]", "Only a timer"),
        ("plan: x\nitems: [{timer: a}]", "needs a `time`"),
        ("plan: x\nitems: [{task: a, begins: [{name: b}]}]", "waits for an event"),
        ("plan: x\nitems: [{task: a, items: [{task: b}]}]", "is no stage"),
        ("plan: x\nitems: [{task: a, after: file order is created}]", "nothing 'order' in the case file"),
        ("plan: x\nitems: [{task: a, after: a happens}]", "'occur' never happens there"),
        ("plan: x\nitems: [{milestone: a, repeat: true}]", "always begins again"),
        (
            "plan: x\nitems: [{milestone: a, repeat: true, after: b happens}, {milestone: b, repeat: true, after: a happens}]",
            "again and again, without end",
        ),
        ("plan: x\n" + "#" * 1_000_001, "longer than"),
        ("plan: x\nabout: \x07", "This is not YAML"),
    ],
)
def test_what_cannot_be_used_is_told(text: str, says: str) -> None:
    assert says in "\n".join(_problems(text))
