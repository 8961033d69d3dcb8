"""What cases teach: what many add by hand, and what was done next where it went well; nothing is said of few."""

import pytest

from midchannel.engines.casework import commands
from midchannel.engines.casework.states import Transition
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import shares, tracing
from midchannel.middle.cases.actions import undoing
from midchannel.middle.cases.models import Case, CaseTrace
from midchannel.middle.cases.queries import learning
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import open_case, tend_cases
from tests.desk import NOW, Desk, after, make_desk

PLAN = """
plan: parcel
title: Parcel
complete: automatically
items:
  - task: ask
    required: true
  - milestone: heard
    after: ask completes
  - stage: mend
    after: heard happens
    complete: automatically
    items:
      - task: find
        required: true
    may_add:
      - task: gift
"""


@pytest.fixture
def desk(db: None) -> Desk:
    found = make_desk()
    cases.save_plan(found.lea, PLAN, now=NOW)
    return found


def _done(desk: Desk, case_id: int, item: str, minute: int = 0) -> None:
    cases.do(desk.ana, case_id, commands.Move(item=item, transition=Transition.COMPLETE), now=after(minutes=minute))


def _case(desk: Desk, *, with_gift: bool, is_good: bool) -> int:
    case_id = open_case.open_case(desk.ana, plan="parcel", values={"amount": 50}, now=NOW)
    _done(desk, case_id, "ask", 5)
    if with_gift:
        cases.do(desk.ana, case_id, commands.AddPlanned(item="gift"), now=NOW)
        _done(desk, case_id, "gift", 6)
    if is_good:
        _done(desk, case_id, "find", 10)
    else:
        cases.do(desk.ana, case_id, commands.Move(item="$case", transition=Transition.TERMINATE), now=NOW)
    return case_id


def test_a_trace_says_what_a_case_went_through(desk: Desk) -> None:
    case_id = _case(desk, with_gift=True, is_good=True)

    tend_cases.work_all(now=NOW)

    trace = CaseTrace.objects.get(pk=case_id)
    assert (trace.milestones, trace.path, trace.is_good) == ({"heard": 300}, ["heard"], True)
    assert trace.choices == [["", "ask"], ["heard", "gift"], ["heard", "find"]]
    assert (trace.items, trace.added, trace.touches, trace.said["amount"]) == (5, 1, 4, 50)


def _done_and_taken_back(desk: Desk, case_id: int, item: str) -> None:
    _done(desk, case_id, item)
    undoing.undo(desk.ana, case_id, revision=Case.objects.get().revision, now=NOW)


def test_what_was_taken_back_is_neither_measured_nor_told_as_it_was(desk: Desk) -> None:
    case_id = open_case.open_case(desk.ana, plan="parcel", now=NOW)
    _done_and_taken_back(desk, case_id, "ask")
    _done(desk, case_id, "ask", 5)
    _done_and_taken_back(desk, case_id, "find")

    tend_cases.work_all(now=NOW)

    trace = CaseTrace.objects.get(pk=case_id)
    assert (trace.milestones, trace.path, trace.choices) == ({"heard": 300}, ["heard"], [["", "ask"]])
    assert (trace.touches, trace.ended_at) == (1, None)
    told = StoredEvent.objects.filter(kind="case.taken_back").order_by("id").values_list("body", flat=True)
    assert [(each["milestones"], each["is_open"]) for each in told] == [(["heard"], True), ([], True)]


def test_what_many_cases_add_is_counted_by_cases_whatever_its_spelling(desk: Desk) -> None:
    for title in ("Call the courier", "call  the courier.", "CALL THE COURIER", "Something else", ""):
        case_id = open_case.open_case(desk.ana, plan="parcel", now=NOW)
        for _ in range(2 if title else 0):
            cases.do(desk.ana, case_id, commands.AddTask(title=title), now=NOW)

    (found,) = learning.list_additions(desk.ben, "parcel")

    assert (found.title.casefold(), found.cases, found.of) == ("call the courier", 3, 5)
    assert learning.list_additions(desk.kim, "parcel") == []


def test_what_helped_is_suggested_with_its_numbers_where_there_are_enough(desk: Desk) -> None:
    now_id = open_case.open_case(desk.ana, plan="parcel", values={"amount": 60}, now=NOW)
    _done(desk, now_id, "ask")
    assert learning.list_next_best(desk.ana, now_id).found == ()
    for number in range(24):
        with_gift = number % 2 == 0
        _case(desk, with_gift=with_gift, is_good=with_gift or number % 6 == 1)
    tend_cases.work_all(now=NOW)

    told = learning.list_next_best(desk.ana, now_id)

    assert (told.similar, told.is_narrow) == (24, True)
    (gift, *_others) = told.found
    assert (gift.title, gift.share.hits, gift.went_well.value) == ("gift", 12, 1.0)
    assert gift.difference.is_clear
    assert 0 < gift.difference.low < gift.difference.value < gift.difference.high <= 1


def test_a_few_cases_suggest_nothing(desk: Desk) -> None:
    for number in range(6):
        _case(desk, with_gift=number % 2 == 0, is_good=True)
    tend_cases.work_all(now=NOW)
    now_id = open_case.open_case(desk.ana, plan="parcel", now=NOW)
    _done(desk, now_id, "ask")

    told = learning.list_next_best(desk.ana, now_id)

    assert (told.similar, told.found) == (6, ())


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"public": True, "amount": 50}, {"public": True, "amount": 400}, True),
        ({"public": True, "amount": 50}, {"public": False, "amount": 400}, False),
        ({}, {"public": True}, True),
        ({"amount": 0}, {"amount": 0.0}, True),
        ({"amount": -10}, {"amount": -15}, True),
    ],
)
def test_cases_are_alike_when_half_of_what_both_say_agrees(one: dict, other: dict, *, alike: bool) -> None:  # type: ignore[type-arg]
    assert tracing.is_alike(one, other) is alike


def test_the_interval_of_a_difference_is_newcombes() -> None:
    found = shares.difference(shares.share(56, 70), shares.share(48, 80))

    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)
