"""Plans written, saved and declined; running cases brought to another version, group by group, and back."""

from datetime import timedelta

import pytest

from midchannel.engines.casework import commands
from midchannel.engines.casework.states import Transition
from midchannel.middle.cases import actions, errors
from midchannel.middle.cases import queries as cases
from midchannel.middle.cases.actions import drafting, moving
from midchannel.middle.cases.plan_models import PlanMoveCase
from midchannel.middle.cases.queries import drafts, moves, versions
from midchannel.platform.accounts.models import User
from midchannel.platform.audit.models import Entry
from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from tests.desk import NOW, Desk, make_desk

pytestmark = pytest.mark.django_db

PLAN = """plan: refund
title: Refund
items:
  - task: look
    title: Look into it
  - task: pay
    title: Pay it back
    after: look completes
"""
NEWER = PLAN + "  - task: tell\n    title: Tell the customer\n"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def desk() -> Desk:
    found = make_desk()
    actions.save_plan(found.lea, PLAN, now=NOW)
    return found


def draft_of(desk: Desk, text: str) -> int:
    draft_id = drafting.begin_draft(desk.lea, plan="refund", now=NOW)
    drafting.keep_draft(desk.lea, draft_id, text, now=NOW)
    return draft_id


def save(desk: Desk, text: str, note: str = "Tell them too") -> int:
    draft_id = draft_of(desk, text)
    return drafting.publish_draft(
        desk.lea, draft_id, base_id=drafts.get_draft(desk.lea, draft_id).base_id, note=note, now=LATER
    )


def open_cases(desk: Desk, count: int) -> list[int]:
    return [
        actions.open_case(desk.ana, plan="refund", scope_id=desk.ana.scope_ids[0], title=f"Case {number}", now=NOW)
        for number in range(count)
    ]


def finish_work() -> None:
    while moving.work(now=LATER):
        pass


def looked(desk: Desk, version_id: int) -> int:
    move_id = moving.begin_move(desk.lea, version_id, now=LATER)
    finish_work()
    return move_id


def test_a_draft_becomes_the_next_version_with_its_note(desk: Desk) -> None:
    open_cases(desk, 1)
    save(desk, NEWER)

    first, second = reversed(versions.list_versions(desk.lea, "refund"))
    assert (second.number, second.reason, second.made_by, second.is_current) == (2, "Tell them too", "Lea", True)
    assert (first.running, second.running, first.is_current) == (1, 0, False)
    assert drafts.list_drafts(desk.lea) == []
    (row,) = versions.list_overviews(desk.ana)
    assert (row.running, row.behind, row.by_number) == (1, 1, ((1, 1),))


def test_a_half_written_text_is_kept_and_only_a_plan_is_saved(desk: Desk) -> None:
    draft_id = draft_of(desk, "plan: refund\nitems: [")

    assert drafts.get_draft(desk.lea, draft_id).text.endswith("[")
    with pytest.raises(errors.PlanWrongError):
        drafting.publish_draft(desk.lea, draft_id, base_id=None, note="x", now=NOW)
    assert drafts.get_draft(desk.lea, draft_id).is_changed


def test_of_two_who_save_the_second_is_told(desk: Desk) -> None:
    base = versions.get_version(desk.lea, "refund")[0].id
    draft_id = draft_of(desk, NEWER)
    actions.save_plan(desk.lea, PLAN + "# mine\n", now=NOW)

    with pytest.raises(errors.SavedMeanwhileError) as told:
        drafting.publish_draft(desk.lea, draft_id, base_id=base, note="x", now=NOW)

    assert (told.value.number, told.value.by) == (2, "Lea")
    assert drafts.get_draft(desk.lea, draft_id).is_behind
    drafting.publish_draft(desk.lea, draft_id, base_id=told.value.version_id, note="x", now=NOW)
    assert versions.get_version(desk.lea, "refund")[0].number == 3


def test_a_note_a_name_and_a_right_are_needed(desk: Desk) -> None:
    draft_id = draft_of(desk, NEWER)
    base = drafts.get_draft(desk.lea, draft_id).base_id

    with pytest.raises(InvalidError, match="what is new"):
        drafting.publish_draft(desk.lea, draft_id, base_id=base, note=" ", now=NOW)
    drafting.keep_draft(desk.lea, draft_id, NEWER.replace("plan: refund", "plan: other"), now=NOW)
    with pytest.raises(InvalidError, match="its name stays"):
        drafting.publish_draft(desk.lea, draft_id, base_id=base, note="x", now=NOW)
    with pytest.raises(NotAllowedError):
        drafting.begin_draft(desk.ana, plan="refund", now=NOW)
    with pytest.raises(InvalidError):
        drafting.keep_draft(desk.lea, draft_id, "x" * 1_000_001, now=NOW)
    new = drafting.begin_draft(desk.lea, text="plan: a/b\n", now=NOW)
    with pytest.raises(InvalidError, match="one word"):
        drafting.publish_draft(desk.lea, new, base_id=None, note="", now=NOW)


def test_a_draft_is_its_writers_alone(desk: Desk) -> None:
    draft_id = draft_of(desk, NEWER)

    for viewer in (desk.ana, desk.kim):
        with pytest.raises(NotFoundError):
            drafts.get_draft(viewer, draft_id)
        with pytest.raises(NotFoundError):
            drafting.keep_draft(viewer, draft_id, "", now=NOW)


def test_cases_are_grouped_by_what_would_come_of_it(desk: Desk) -> None:
    first, second, third = open_cases(desk, 3)
    actions.do(desk.ana, third, commands.Move(item="look", transition=Transition.COMPLETE), now=NOW)
    actions.change_plan(desk.ana, second, PLAN + "  - task: own\n", reason="This one is different", now=NOW)
    version_id = save(desk, NEWER.replace("  - task: pay\n    title: Pay it back\n    after: look completes\n", ""))

    groups = moves.list_groups(desk.lea, looked(desk, version_id))

    said = {each.examples[0].id: each.says for each in groups}
    assert said[first].opens == ("Tell the customer",)
    assert said[first].ends == ("Pay it back",)
    assert said[second].kind == "own"
    assert (said[third].ends, said[third].frees) == ((), ("Pay it back",))


def test_only_the_chosen_groups_are_moved_and_each_can_be_taken_back(desk: Desk) -> None:
    first, second, third = open_cases(desk, 3)
    actions.do(desk.ana, third, commands.Move(item="look", transition=Transition.COMPLETE), now=NOW)
    actions.do(desk.ana, third, commands.Move(item="pay", transition=Transition.COMPLETE), now=NOW)
    version_id = save(desk, NEWER.replace("title: Pay it back\n    after: look completes", "title: Pay it back"))
    move_id = looked(desk, version_id)
    group = next(each for each in moves.list_groups(desk.lea, move_id) if each.count == 2)

    assert moving.run_move(desk.lea, move_id, [group.key], reason="The law changed", now=LATER) == 2
    finish_work()

    assert moves.get_move(desk.lea, move_id).state == "done"
    assert [each.id for each in moves.list_moved(desk.lea, move_id, states=("moved",))] == [first, second]
    assert [cases.get_case(desk.ana, each).plan_number for each in (first, second, third)] == [2, 2, 1]
    entries = Entry.objects.filter(action="case.change_plan", object_id__in=[first, second])
    assert {each.details["reason"] for each in entries} == {"The law changed"}
    moving.take_back_move(desk.lea, move_id, first, now=LATER)
    assert cases.get_case(desk.ana, first).plan_number == 1
    with pytest.raises(NotFoundError):
        moving.take_back_move(desk.lea, move_id, first, now=LATER)


def test_a_case_that_moved_on_meanwhile_is_looked_at_anew_and_not_forced(desk: Desk) -> None:
    first, second = open_cases(desk, 2)
    move_id = looked(desk, save(desk, NEWER))
    (group,) = moves.list_groups(desk.lea, move_id)
    actions.change_plan(desk.ana, first, PLAN + "  - task: own\n", reason="This one is different", now=LATER)
    actions.assign(desk.ana, second, 1, assignee_id=desk.ana.user_id, now=LATER)

    moving.run_move(desk.lea, move_id, [group.key], reason="New law", now=LATER)
    finish_work()

    assert [each.id for each in moves.list_moved(desk.lea, move_id, states=("differs",))] == [first]
    (left,) = moves.list_groups(desk.lea, move_id)
    assert left.says.kind == "own"
    assert cases.get_case(desk.ana, second).plan_number == 2


def test_a_crash_in_the_middle_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = open_cases(desk, 4)
    move_id = looked(desk, save(desk, NEWER))
    (group,) = moves.list_groups(desk.lea, move_id)
    moving.run_move(desk.lea, move_id, [group.key], reason="New law", now=LATER)
    monkeypatch.setattr(moving, "MOVES", 2)
    moving.work(now=LATER)

    assert PlanMoveCase.objects.filter(move_id=move_id, state="chosen").count() == 2
    finish_work()

    assert all(cases.get_case(desk.ana, each).plan_number == 2 for each in found)


def test_a_move_is_stopped_and_ends_with_who_began_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    open_cases(desk, 3)
    move_id = looked(desk, save(desk, NEWER))
    (group,) = moves.list_groups(desk.lea, move_id)
    with pytest.raises(InvalidError, match="why"):
        moving.run_move(desk.lea, move_id, [group.key], reason="", now=LATER)
    with pytest.raises(InvalidError, match="group"):
        moving.run_move(desk.lea, move_id, [], reason="x", now=LATER)
    moving.run_move(desk.lea, move_id, [group.key], reason="x", now=LATER)
    with pytest.raises(ConflictError):
        moving.begin_move(desk.lea, versions.get_version(desk.lea, "refund")[0].id, now=LATER)
    monkeypatch.setattr(moving, "MOVES", 1)
    moving.work(now=LATER)
    moving.stop_move(desk.lea, move_id, now=LATER)

    assert (moves.get_move(desk.lea, move_id).state, moves.list_groups(desk.lea, move_id)[0].count) == ("stopped", 2)
    moving.run_move(desk.lea, move_id, [group.key], reason="x", now=LATER)
    User.objects.filter(pk=desk.lea.user_id).update(is_active=False)
    finish_work()
    assert moves.get_move(desk.lea, move_id).counts == {"moved": 1, "looked": 2}


def test_nobody_moves_or_counts_what_they_do_not_see(desk: Desk) -> None:
    open_cases(desk, 1)
    actions.open_case(desk.kim, plan="refund", scope_id=desk.kim.scope_ids[0], now=NOW)
    move_id = looked(desk, save(desk, NEWER))

    assert moves.get_move(desk.lea, move_id).total == 1
    assert sum(each.running for each in versions.list_versions(desk.kim, "refund")) == 1
    with pytest.raises(NotAllowedError):
        moving.begin_move(desk.kim, versions.get_version(desk.kim, "refund")[0].id, now=LATER)
    with pytest.raises(NotFoundError):
        moves.get_move(desk.ana, move_id)


def test_what_was_declined_is_remembered_and_can_be_offered_again(desk: Desk) -> None:
    drafting.decline_addition(desk.lea, "refund", " Call the courier ", now=NOW)
    drafting.decline_addition(desk.lea, "refund", "call the Courier", now=NOW)

    assert drafts.list_declined(desk.ana, "refund") == {"call the courier"}
    drafting.offer_again(desk.lea, "refund", "Call the courier", now=NOW)
    assert drafts.list_declined(desk.ana, "refund") == frozenset()
