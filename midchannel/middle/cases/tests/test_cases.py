"""Cases through their doors: opened, done, handed over, changed under way; seen by whom they concern and by nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
from django.db import connection

from midchannel.engines.casework import commands
from midchannel.engines.casework import events as happenings
from midchannel.engines.casework import state as states
from midchannel.engines.casework.states import FileTransition, Transition
from midchannel.middle.cases import actions, errors, queries
from midchannel.middle.cases.models import Case, CaseEvent, PlanItem
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from midchannel.platform.events.models import StoredEvent
from tests.desk import NOW, Desk, make_desk, say

pytestmark = pytest.mark.django_db

PLAN = """
plan: refund
title: Refund
roles: {agent: Care}
file: {payment: Payment}
complete: automatically
items:
  - task: look
    title: Look into it
    for: agent
    required: true
  - task: pay
    title: Pay it back
    required: true
    after: look completes
  - milestone: paid
    title: Paid
    begins:
      - after: pay completes
      - after: file payment is created
  - timer: late
    time: PT2H
  - task: hurry
    title: Hurry
    after: late happens
may_add:
  - task: gift
    title: A gift
    when: amount > 100
"""


@pytest.fixture
def desk() -> Desk:
    found = make_desk()
    actions.save_plan(found.lea, PLAN, now=NOW)
    return found


def _open(desk: Desk, **more: object) -> int:
    conversation = say(desk.mail, "1")
    return actions.open_case(desk.ana, plan="refund", conversation_ids=(conversation,), now=NOW, **more)  # type: ignore[arg-type]


def _done(item: str, **values: object) -> commands.Move:
    return commands.Move(item=item, transition=Transition.COMPLETE, values=values)


def test_a_case_opens_from_a_conversation_with_its_scope_and_its_person(desk: Desk) -> None:
    case_id = _open(desk)

    case = queries.get_case(desk.ben, case_id)
    assert (case.title, case.state, case.owner_id, case.queue_id) == (
        "Refund",
        "active",
        desk.ana.user_id,
        desk.queue_id,
    )
    assert case.handle_id is not None
    assert [row.title for row in case.lists.do_now] == ["Look into it"]
    assert [row.id for row in queries.list_cases_of(desk.ana, case.conversation_ids[0])] == [case_id]


def test_another_team_sees_nothing_of_it(desk: Desk) -> None:
    case_id = _open(desk)

    assert queries.list_cases(desk.kim).items == []
    for ask in (
        lambda: queries.get_case(desk.kim, case_id),
        lambda: queries.list_happenings(desk.kim, case_id),
        lambda: queries.preview(desk.kim, case_id, _done("look"), now=NOW),
        lambda: actions.do(desk.kim, case_id, _done("look"), now=NOW),
        lambda: actions.change_plan(desk.kim, case_id, PLAN, reason="x", now=NOW),
        lambda: actions.hand_over(desk.kim, case_id, owner_id=desk.kim.user_id, now=NOW),
    ):
        with pytest.raises(errors.CaseNotFoundError):
            ask()
    with pytest.raises(NotFoundError):
        actions.open_case(desk.kim, plan="refund", conversation_ids=(say(desk.mail, "2"),), now=NOW)
    with pytest.raises(InvalidError):
        actions.hand_over(desk.ana, case_id, owner_id=desk.kim.user_id, now=NOW)


def test_a_case_is_done_to_its_end_and_every_event_is_kept(desk: Desk) -> None:
    case_id = _open(desk)

    actions.do(desk.ana, case_id, _done("look", amount=200), now=NOW)
    actions.do(desk.ben, case_id, commands.AddPlanned(item="gift"), now=NOW)
    actions.do(desk.ben, case_id, _done("gift"), now=NOW)
    actions.do(desk.ana, case_id, _done("pay"), now=NOW + timedelta(minutes=5))

    case = queries.get_case(desk.ana, case_id)
    assert (case.state, case.ended_at) == ("completed", NOW + timedelta(minutes=5))
    assert [each.title for each in case.lists.milestones if each.reached_at] == ["Paid"]
    assert not PlanItem.objects.filter(case_id=case_id).exists()
    bodies = list(CaseEvent.objects.filter(case_id=case_id).order_by("seq").values_list("body", flat=True))
    replayed = happenings.replay(msgspec.convert(bodies, list[happenings.AnyEvent]))
    assert states.encode(replayed) == bytes(Case.objects.get(pk=case_id).snapshot)
    told = list(StoredEvent.objects.filter(object_type="case").order_by("id").values_list("kind", flat=True))
    assert told[:2] == ["case.moved", "case.opened"]
    assert told[-2:] == ["case.milestone_reached", "case.ended"]


def test_what_is_not_possible_now_is_refused_and_changes_nothing(desk: Desk) -> None:
    case_id = _open(desk)
    before = queries.get_case(desk.ana, case_id)

    foreseen = queries.preview(desk.ana, case_id, _done("pay"), now=NOW)
    with pytest.raises(errors.NotNowError) as caught:
        actions.do(desk.ana, case_id, _done("pay"), now=NOW)
    with pytest.raises(errors.MovedOnError):
        actions.do(desk.ana, case_id, _done("look"), now=NOW, revision=before.revision - 1)

    assert caught.value.code == foreseen.code == "state"
    assert queries.get_case(desk.ana, case_id) == before


def test_a_timer_goes_off_once(desk: Desk) -> None:
    case_id = _open(desk)

    assert actions.pass_time(now=NOW + timedelta(hours=1)) == 0
    assert actions.pass_time(now=NOW + timedelta(hours=2)) == 1
    assert actions.pass_time(now=NOW + timedelta(hours=2)) == 0

    assert {row.title for row in queries.get_case(desk.ana, case_id).lists.do_now} == {"Look into it", "Hurry"}


def test_what_comes_from_outside_moves_a_case_at_most_once(desk: Desk) -> None:
    case_id = _open(desk)
    payment = commands.FileEvent(item="payment", event=FileTransition.CREATE)

    first = actions.apply_signal(case_id, payment, key="payment:7", by=Actor("bank"), now=NOW)
    second = actions.apply_signal(case_id, payment, key="payment:7", by=Actor("bank"), now=NOW)

    assert (first, second) == (True, False)
    assert [each.title for each in queries.get_case(desk.ana, case_id).lists.milestones if each.reached_at] == ["Paid"]


def test_a_plan_is_changed_for_one_case_and_taken_back(desk: Desk) -> None:
    case_id = _open(desk)
    before = queries.get_case(desk.ana, case_id)
    text = PLAN.replace("  - task: pay\n", "  - task: ask\n    title: Ask the shop\n  - task: pay\n")

    foreseen = queries.preview_plan(desk.ana, case_id, text, now=NOW)
    with pytest.raises(InvalidError):
        actions.change_plan(desk.ana, case_id, text, reason=" ", now=NOW)
    with pytest.raises(errors.PlanWrongError, match="Did you mean 'look'"):
        actions.change_plan(desk.ana, case_id, text.replace("look completes", "loook completes"), reason="x", now=NOW)
    actions.change_plan(desk.ana, case_id, text, reason="The shop knows more", now=NOW)

    changed = queries.get_case(desk.ana, case_id)
    assert foreseen.added == ("Ask the shop",)
    assert {row.title for row in changed.lists.do_now} == {"Look into it", "Ask the shop"}
    assert changed.is_changed
    actions.take_back_plan(desk.ana, case_id, now=NOW)
    after = queries.get_case(desk.ana, case_id)
    assert (after.lists, after.is_changed, after.can_take_back) == (before.lists, False, False)
    with pytest.raises(ConflictError):
        actions.take_back_plan(desk.ana, case_id, now=NOW)


def test_a_new_version_of_a_plan_leaves_running_cases_theirs(desk: Desk) -> None:
    case_id = _open(desk)

    with pytest.raises(NotAllowedError):
        actions.save_plan(desk.ana, PLAN, now=NOW)
    same = actions.save_plan(desk.lea, PLAN, now=NOW)
    other = actions.save_plan(desk.lea, PLAN.replace("title: Refund", "title: Money back"), now=NOW)

    assert same != other
    assert queries.get_case(desk.ana, case_id).plan_number == 1
    assert [(row.title, row.number, row.cases) for row in queries.list_plans(desk.ana)] == [("Money back", 2, 1)]
    assert queries.get_plan_text(desk.ana, "refund", number=1) == PLAN


def test_items_are_assigned_and_cases_handed_over(desk: Desk) -> None:
    case_id = _open(desk)
    look = queries.get_case(desk.ana, case_id).lists.do_now[0].instance

    actions.assign(desk.ana, case_id, look, assignee_id=desk.ben.user_id, now=NOW)
    actions.hand_over(desk.ana, case_id, owner_id=desk.ben.user_id, now=NOW)
    actions.do(desk.ana, case_id, commands.SetValues(values={"amount": 5}), now=NOW)

    case = queries.get_case(desk.ana, case_id)
    assert (case.owner_id, case.assignees) == (desk.ben.user_id, {look: desk.ben.user_id})
    assert queries.why_here(desk.ben, case_id, look).state == "active"
    assert "complete" in queries.what_moves(desk.ben, case_id, look).possible


@pytest.mark.django_db(transaction=True)
def test_of_two_who_complete_a_task_at_once_one_is_refused(desk: Desk) -> None:
    case_id = _open(desk)

    def complete(viewer: object) -> str:
        try:
            actions.do(viewer, case_id, _done("look"), now=NOW)  # type: ignore[arg-type]
        except errors.NotNowError as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(complete, (desk.ana, desk.ben)))

    assert answers == ["absent", "done"]
    moved = CaseEvent.objects.filter(case_id=case_id, body__is="moved", body__item="look", body__transition="complete")
    assert moved.count() == 1
