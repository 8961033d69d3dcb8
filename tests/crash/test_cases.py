"""Killing the workers that move cases, at any moment: what happened outside moves each case once, nothing is lost, children open once."""

import os
import random
import signal
import time
from collections.abc import Iterator

import pytest
from django.db import connections

from midchannel.engines.casework import events as happenings
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries
from midchannel.middle.cases.models import AppliedSignal, Case, CaseEvent
from midchannel.usecases import open_case, tend_cases
from tests.desk import NOW, Desk, after, make_desk

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]

KILLS = 20
CASES = 6
SIGNALS = 12
PLAN = """
plan: inner
title: Inner
file: {mention: Mention, answer: Answer}
items:
  - task: look
  - task: read
    repeat: true
    after: file mention is created
  - milestone: all_said
    if: mentions >= 12
"""
OUTER = """
plan: outer
title: Outer
file: {mention: Mention, answer: Answer}
items:
  - subcase: inner
    runs: inner
  - task: read
    repeat: true
    after: file mention is created
  - milestone: all_said
    if: mentions >= 12
"""


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    found = make_desk()
    for text in (PLAN, OUTER):
        cases.save_plan(found.lea, text, now=NOW)
    return found


def _worker(seed: int) -> int:
    """A worker in a process of its own, which goes on until it is killed. Returns its id."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        random.seed(seed)
        while True:
            tend_cases.work(now=after(hours=1))
            time.sleep(random.uniform(0, 0.004))
    finally:
        os._exit(1)


@pytest.fixture
def workers() -> Iterator[list[int]]:
    running: list[int] = []
    yield running
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_twenty_kills_lose_and_double_nothing(desk: Desk, workers: list[int]) -> None:
    seed = int(os.environ.get("MIDCHANNEL_CRASH_SEED", "0")) or random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    ids = [open_case.open_case(desk.ana, plan="outer", now=NOW) for _ in range(CASES)]
    told = [(case_id, number) for case_id in ids for number in range(SIGNALS)]
    told += rng.sample(told, len(told) // 2)
    rng.shuffle(told)
    workers += [_worker(seed), _worker(seed + 1)]

    for count in range(KILLS):
        for case_id, number in told[count::KILLS]:
            cases.note_signal("mention", [case_id], key=f"mention:{number}", at=after(minutes=number), now=NOW)
        time.sleep(rng.uniform(0.02, 0.25))
        victim = workers.pop(rng.randrange(2))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        workers.append(_worker(seed + count + 2))
    while workers:
        pid = workers.pop()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    tend_cases.work_all(now=after(hours=1))

    assert AppliedSignal.objects.filter(waiting=True).count() == 0, f"seed {seed}"
    for case_id in ids:
        case = queries.get_case(desk.ana, case_id)
        assert case.values["mentions"] == SIGNALS, f"seed {seed}"
        assert len(case.children) == 1, f"seed {seed}"
        assert [each.key for each in case.lists.milestones if each.reached_at] == ["all_said"], f"seed {seed}"
        assert len([each for each in case.lists.do_now if each.item == "read"]) == SIGNALS, f"seed {seed}"
        _check_events(case_id)


def _check_events(case_id: int) -> None:
    """The events of a case are numbered without a gap, and as many as its revision says."""
    seqs = list(CaseEvent.objects.filter(case_id=case_id).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(len(seqs)))
    assert Case.objects.get(pk=case_id).revision == len(seqs)
    filed = CaseEvent.objects.filter(case_id=case_id, body__is=happenings.Filed.__struct_config__.tag).count()
    assert filed == SIGNALS
