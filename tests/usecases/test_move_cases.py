"""What happens outside moves cases, each thing once: replies, our answers, orders, moods, mentions, answers of colleagues."""

import itertools
from datetime import datetime

import msgspec
import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from midchannel.engines.casework import commands
from midchannel.engines.casework.states import Transition
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries
from midchannel.middle.cases.models import AppliedSignal, Case, CaseConversation
from midchannel.middle.cases.rules import Begun, Conditions, fits
from midchannel.middle.conversations.models import Direction, Message
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.port import Receipt
from midchannel.platform.errors import InvalidError, NotAllowedError
from midchannel.usecases import arrive, deliver, move_cases, open_case, reply, tend_cases
from tests.desk import NOW, Desk, after, make_desk, say

PLAN = """
plan: wait
title: Wait
file: {reply: Reply, our_reply: Ours, order: Order, payment: Payment, mood: Mood, mention: Mention, answer: Answer}
items:
  - milestone: heard
    after: file reply is created
  - milestone: twice
    if: replies >= 2
  - milestone: said
    after: file our_reply is created
    if: answered
  - milestone: paid
    after: file payment is created
    if: order.total > 10
  - milestone: calm
    after: file mood is updated
    if: mood == 'good'
  - milestone: told
    after: file answer is created
  - milestone: named
    after: file mention is created
  - task: look
"""
PARENT = """
plan: outer
title: Outer
complete: automatically
items:
  - subcase: inner
    runs: wait
    required: true
  - milestone: done
    after: inner completes
    if: inner.found == 3
"""


@pytest.fixture
def desk() -> Desk:
    found = make_desk()
    for text in (PLAN, PARENT):
        cases.save_plan(found.lea, text, now=NOW)
    return found


def _reached(desk: Desk, case_id: int) -> list[str]:
    return [each.key for each in queries.get_case(desk.ana, case_id).lists.milestones if each.reached_at]


def _order(desk: Desk, number: str, state: str, *, who: str = "cara@example.com", updated: str = "") -> None:
    said = {"id": f"order:{number}", "type": "mc:Order", "content": number, "published": NOW.isoformat()}
    if updated:
        said["updated"] = updated
    document = {
        "type": "Create", "actor": {"id": who}, "object": said,
        "mc:data": {"number": number, "total": 40, "currency": "EUR", "state": state},
    }  # fmt: skip
    channels.receive(desk.mail, [msgspec.json.encode(document)], now=NOW)
    while arrive.apply_waiting(now=NOW):
        pass


@pytest.mark.django_db
def test_the_reply_of_a_customer_moves_the_case_once(desk: Desk) -> None:
    conversation = say(desk.mail, "1")
    case_id = open_case.from_conversation(desk.ana, conversation, plan="wait", now=NOW)
    assert _reached(desk, case_id) == []

    say(desk.mail, "2", "And?", behind="1", at=after(hours=1))
    tend_cases.work_all(now=after(hours=1))

    assert _reached(desk, case_id) == ["heard"]
    message = Message.objects.filter(conversation_id=conversation).latest("id")
    cases.note_messages("reply", [message.pk], direction=Direction.IN, now=after(hours=2))
    tend_cases.work_all(now=after(hours=2))
    assert queries.get_case(desk.ana, case_id).values["replies"] == 1
    assert [(each.kind, each.outcome, each.body) for each in AppliedSignal.objects.all()] == [("reply", "moved", None)]


@pytest.mark.django_db
def test_a_reply_of_anybody_in_any_conversation_of_the_case_counts(desk: Desk) -> None:
    first, second = say(desk.mail, "1"), say(desk.wall, "2", who="dora@example.com")
    case_id = open_case.from_conversation(desk.ana, first, plan="wait", now=NOW)
    open_case.add_conversation(desk.ana, case_id, second, now=NOW)

    say(desk.mail, "3", behind="1")
    say(desk.wall, "4", behind="2", who="dora@example.com")
    tend_cases.work_all(now=NOW)

    assert _reached(desk, case_id) == ["heard", "twice"]


@pytest.mark.django_db
def test_our_answer_reaches_the_case_when_the_network_has_it(desk: Desk) -> None:
    conversation = say(desk.mail, "1")
    case_id = open_case.from_conversation(desk.ana, conversation, plan="wait", now=NOW)
    last = Message.objects.filter(conversation_id=conversation).latest("id").pk

    reply.send(desk.ana, conversation, text="We look into it.", saw_message_id=last, client_key="k", now=NOW)
    tend_cases.work_all(now=NOW)
    assert _reached(desk, case_id) == []
    desk.wire(desk.mail).answer = lambda outgoing: Receipt(outgoing.key)
    deliver.send_due(after(minutes=5))
    tend_cases.work_all(now=after(minutes=5))

    assert _reached(desk, case_id) == ["said"]


@pytest.mark.django_db
def test_an_order_and_its_payment_reach_the_cases_of_the_customer(desk: Desk) -> None:
    conversation = say(desk.mail, "1")
    case_id = open_case.from_conversation(desk.ana, conversation, plan="wait", now=NOW)

    _order(desk, "A1", "open")
    tend_cases.work_all(now=NOW)
    known = queries.get_case(desk.ana, case_id).values
    assert (known["order"]["total"], known["orders"], _reached(desk, case_id)) == (40, 1, [])
    _order(desk, "A1", "paid", updated=after(hours=1).isoformat())
    _order(desk, "B1", "paid", who="somebody@example.com")
    tend_cases.work_all(now=after(hours=1))

    assert (queries.get_case(desk.ana, case_id).values["orders"], _reached(desk, case_id)) == (1, ["paid"])


@pytest.mark.django_db
def test_the_answer_of_a_colleague_moves_the_case_once(desk: Desk) -> None:
    case_id = open_case.from_conversation(desk.ana, say(desk.mail, "1"), plan="wait", now=NOW)

    for _ in range(2):
        move_cases.hear_answer(case_id, key="post:7", now=NOW)
        tend_cases.work_all(now=NOW)

    assert (_reached(desk, case_id), queries.get_case(desk.ana, case_id).values["answers"]) == (["told"], 1)


@pytest.mark.django_db
def test_only_the_newest_mood_counts_and_only_a_turn_is_told(desk: Desk) -> None:
    case_id = open_case.from_conversation(desk.ana, say(desk.mail, "1"), plan="wait", now=NOW)

    def feel(mood: str, minute: int) -> None:
        values = {"mood": mood, "mood_at": after(minutes=minute).isoformat()}
        cases.note_signal("mood", [case_id], key=f"mood:{minute}", at=after(minutes=minute), now=NOW)
        taken = cases.take_waiting()
        assert taken
        told = cases.Told("mood", values, latest="mood")
        cases.settle_waiting(taken, {each.id: [told] for each in taken.signals}, now=NOW)

    feel("bad", 5)
    feel("good", 3)
    assert queries.get_case(desk.ana, case_id).values["mood"] == "bad"
    feel("bad", 6)
    feel("good", 7)

    assert [each.outcome for each in AppliedSignal.objects.order_by("id")] == ["unused", "unused", "unused", "unused"]
    assert queries.get_case(desk.ana, case_id).values["mood"] == "good"


@pytest.mark.django_db
def test_what_reaches_a_case_that_is_over_changes_nothing(desk: Desk) -> None:
    case_id = open_case.from_conversation(desk.ana, say(desk.mail, "1"), plan="wait", now=NOW)
    say(desk.mail, "2", behind="1")
    cases.do(desk.ana, case_id, commands.Move(item="$case", transition=Transition.TERMINATE), now=NOW)
    revision = Case.objects.get(pk=case_id).revision

    tend_cases.work_all(now=NOW)
    say(desk.mail, "3", behind="1")

    assert Case.objects.get(pk=case_id).revision == revision
    assert [each.outcome for each in AppliedSignal.objects.all()] == ["over"]


@pytest.mark.django_db
def test_a_plan_item_opens_a_case_and_ends_with_it(desk: Desk) -> None:
    conversation = say(desk.mail, "1")
    outer = open_case.from_conversation(desk.ana, conversation, plan="outer", now=NOW)

    tend_cases.work_all(now=NOW)
    (inner,) = queries.get_case(desk.ana, outer).children
    assert queries.get_case(desk.ana, inner).conversation_ids == (conversation,)
    tend_cases.work_all(now=NOW)
    assert len(queries.get_case(desk.ana, outer).children) == 1
    cases.do(desk.ana, inner, commands.SetValues(values={"found": 3}), now=NOW)
    cases.do(desk.ana, inner, commands.Move(item="look", transition=Transition.COMPLETE), now=NOW)
    cases.do(desk.ana, inner, commands.Move(item="$case", transition=Transition.TERMINATE), now=NOW)
    tend_cases.work_all(now=NOW)

    ended = queries.get_case(desk.ana, outer)
    assert (ended.values["inner"]["state"], ended.state) == ("terminated", "completed")


@pytest.mark.django_db
def test_a_plan_item_whose_plan_is_not_there_has_failed_with_the_reason(desk: Desk) -> None:
    cases.save_plan(desk.lea, PARENT.replace("runs: wait", "runs: nothing"), now=NOW)
    outer = open_case.open_case(desk.ana, plan="outer", now=NOW)

    tend_cases.work_all(now=NOW)

    (row,) = queries.get_case(desk.ana, outer).lists.do_now
    assert (row.state, row.reason) == ("failed", "no plan nothing")


@pytest.mark.django_db
def test_a_rule_opens_a_case_from_a_conversation_once(desk: Desk) -> None:
    cases.save_rule(desk.lea, name="Parcels", plan="wait", conditions=Conditions(words=("parcel*",)), now=NOW)
    with pytest.raises(NotAllowedError):
        cases.save_rule(desk.ana, name="Mine", plan="wait", conditions=Conditions(words=("x",)), now=NOW)
    with pytest.raises(InvalidError):
        cases.save_rule(desk.lea, name="All", plan="wait", conditions=Conditions(), now=NOW)

    lost = say(desk.mail, "1", "Where are my PARCELS?")
    say(desk.mail, "2", "Hello", who="dora@example.com")
    tend_cases.work_all(now=NOW)
    say(desk.mail, "3", "My parcel!", behind="1")
    tend_cases.work_all(now=NOW)

    (case,) = Case.objects.all()
    assert (case.owner_id, case.scope_id) == (None, desk.ana.scope_ids[0])
    assert list(CaseConversation.objects.values_list("conversation_id", flat=True)) == [lost]
    assert _reached(desk, case.pk) == ["heard"]


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        (Conditions(words=("card",)), False),
        (Conditions(words=("late parcel",)), True),
        (Conditions(words=("par*",), is_public=True), True),
        (Conditions(network="email"), False),
        (Conditions(intent="complaint", is_urgent=True), False),
        (Conditions(intent="complaint", sentiment="negative"), True),
    ],
)
def test_a_rule_fits_when_all_it_asks_for_holds(asked: Conditions, *, holds: bool) -> None:
    begun = Begun(
        1, "square", is_public=True, text="A late\nPARCEL; cards", intents=("complaint",), sentiment="negative"
    )

    assert fits(asked, begun) is holds


HOURS = itertools.count(1)
SIGNALS = ("reply", "our_reply", "payment", "mention", "answer")


@pytest.mark.django_db(transaction=False)
@settings(max_examples=25, deadline=None)
@given(
    order=st.permutations(SIGNALS),
    again=st.lists(st.sampled_from(SIGNALS), max_size=6),
    pauses=st.lists(st.booleans(), min_size=11, max_size=11),
)
def test_any_order_and_repetition_of_deliveries_gives_the_same_case(
    order: list[str], again: list[str], pauses: list[bool]
) -> None:
    """Deliveries are noted in any order, again and again, with the worker running in between or not."""
    now = after(hours=next(HOURS))  # ids are made of the time: a plan is kept by its id in the process
    with transaction.atomic():
        desk = make_desk_once(now=now)
        case_id = open_case.open_case(desk.ana, plan="wait", values={"order": {"total": 40}}, now=now)
        for kind, is_settled in zip([*order, *again], pauses, strict=False):
            cases.note_signal(kind, [case_id], key=f"{kind}:1", at=now, now=now)
            if is_settled:
                _settle(now=now)
        _settle(now=now)
        case = queries.get_case(desk.ana, case_id)
        reached = {each.key for each in case.lists.milestones if each.reached_at}
        counts = {name: case.values[name] for name in ("replies", "our_replies", "payments", "mentions", "answers")}
        transaction.set_rollback(True)

    assert reached == {"heard", "said", "paid", "told", "named"}
    assert set(counts.values()) == {1}


def make_desk_once(*, now: datetime) -> Desk:
    """A desk with the plan, in the transaction of one example."""
    found = make_desk()
    cases.save_plan(found.lea, PLAN, now=now)
    return found


def _settle(*, now: datetime) -> None:
    told = {
        "reply": ("replies", {}),
        "our_reply": ("our_replies", {"answered": True}),
        "payment": ("payments", {}),
        "mention": ("mentions", {}),
        "answer": ("answers", {}),
    }
    while (taken := cases.take_waiting()) is not None:
        said = {s.id: [cases.Told(s.kind, told[s.kind][1], counts=(told[s.kind][0],))] for s in taken.signals}
        cases.settle_waiting(taken, said, now=now)
