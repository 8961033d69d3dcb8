"""The six plans, walked through as somebody would who does the case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from midchannel.engines.casework import (
    checking,
    commands,
    errors,
    lists,
    machine,
    plan,
    reasons,
    xml_reading,
    xml_writing,
    yaml_writing,
)
from midchannel.engines.casework.states import FileTransition, State, Transition
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries as case_queries
from midchannel.usecases import case_plans
from tests.desk import make_desk

MORNING = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Case:
    """A case in somebody's hands."""

    def __init__(self, name: str, **values: Any) -> None:
        self.plan = case_plans.get_ready(name)
        self.now = MORNING
        self.state = machine.start(self.plan, now=self.now, values=values).state

    def ask(self, command: commands.AnyCommand) -> None:
        self.state = machine.apply(self.plan, self.state, command, now=self.now).state

    def done(self, *items: str, **values: Any) -> None:
        for item in items:
            self.ask(commands.Move(transition=Transition.COMPLETE, item=item, state=State.ACTIVE, values=values))

    def start(self, item: str) -> None:
        self.ask(commands.Move(transition=Transition.MANUAL_START, item=item))

    def happens(self, item: str) -> None:
        self.ask(commands.Move(transition=Transition.OCCUR, item=item))

    def file(self, item: str, event: FileTransition = FileTransition.UPDATE, **values: Any) -> None:
        self.ask(commands.FileEvent(item=item, event=event, values=values))

    def add(self, item: str, *roles: str) -> None:
        self.ask(commands.AddPlanned(item=item, roles=roles or None))

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)
        self.state = machine.pass_time(self.plan, self.state, now=self.now).state

    @property
    def lists(self) -> lists.Lists:
        return lists.list_all(self.plan, self.state)

    @property
    def now_to_do(self) -> set[str]:
        return {each.item.rpartition("/")[2] for each in self.lists.do_now}

    @property
    def reached(self) -> list[str]:
        return [each.title for each in self.lists.milestones if each.reached_at]

    @property
    def is_over(self) -> bool:
        return self.state.case.state is State.COMPLETED


@pytest.mark.parametrize("name", case_plans.list_names())
def test_a_plan_is_sound_and_can_be_taken_elsewhere(name: str) -> None:
    said = case_plans.get_plan(name)

    assert checking.hints(said) == []
    assert all(each.title != each.id for each in checking.walk(said.root) if each.id)
    document = xml_reading.read(xml_writing.write(said))
    assert _names(document.plan) == _names(said)
    assert yaml_writing.write(said).startswith(f"plan: {name}")


def _names(said: plan.Plan) -> list[str]:
    return [each.id for each in checking.walk(said.root) if each.kind is not plan.Kind.CASE]


@pytest.mark.django_db
def test_a_company_begins_with_them_and_keeps_what_it_changed() -> None:
    desk = make_desk()

    assert case_plans.seed(desk.lea, now=MORNING) == case_plans.list_names()
    cases.save_plan(
        desk.lea, case_plans.get_text("complaint").replace("title: Complaint", "title: Grievance"), now=MORNING
    )
    assert case_plans.seed(desk.lea, now=MORNING) == []
    assert "Grievance" in [each.title for each in case_queries.list_plans(desk.ana)]


def test_there_are_six() -> None:
    names = ["card_dispute", "churn_risk", "complaint", "late_delivery", "press_inquiry", "product_idea"]

    assert case_plans.list_names() == names


def test_late_delivery_goes_from_a_public_complaint_to_thanks() -> None:
    case = Case("late_delivery", public=True, followers=5000, late_days=3)
    assert case.now_to_do == {"answer", "match_order"}

    case.done("answer", answered=True)
    case.done("match_order")
    assert case.reached == ["Heard"]
    assert case.now_to_do == {"trace"}
    case.add("ask_partner", "agent")
    case.done("trace", parcel_state="waiting")
    assert case.reached == ["Heard", "Parcel found"]
    case.add("refund", "agent")
    with pytest.raises(errors.RefusedError, match="late_days >= 7"):
        case.add("big_refund", "lead")
    case.done("ask_partner", "refund", "tell_date")
    assert "Remedy under way" in case.reached
    assert case.now_to_do == {"wait_for_parcel"}
    case.file("parcel", parcel_state="delivered")
    assert case.now_to_do == {"thank"}
    case.happens("thanks")

    assert case.reached[-2:] == ["Customer has goods or money", "Customer says it is good"]
    assert case.is_over


def test_late_delivery_hears_our_answer_and_a_good_word_of_the_customer() -> None:
    case = Case("late_delivery")
    case.file("reply", FileTransition.CREATE, mood="good")
    case.file("our_reply", FileTransition.CREATE, answered=True)
    assert case.reached == ["Heard"]
    case.done("match_order")
    case.done("trace", parcel_state="moving")
    case.done("tell_date")
    case.file("reply", FileTransition.CREATE, mood="neutral")
    case.done("wait_for_parcel")
    assert case.now_to_do == {"thank"}

    case.file("reply", FileTransition.CREATE, mood="neutral")
    assert case.now_to_do == {"thank"}
    case.file("reply", FileTransition.CREATE, mood="good")

    assert case.reached[-1] == "Customer says it is good"
    assert case.is_over


def test_late_delivery_hurries_after_an_hour_only_without_an_answer() -> None:
    late, quick = Case("late_delivery"), Case("late_delivery")
    quick.done("answer", answered=True)

    late.passes(hours=1)
    quick.passes(hours=1)

    assert "hurry" in late.now_to_do
    assert "hurry" not in quick.now_to_do
    late.done("answer", answered=True)
    assert "hurry" not in late.now_to_do


def test_late_delivery_turns_when_the_parcel_is_lost_after_all() -> None:
    case = Case("late_delivery")
    case.done("answer", "match_order")
    case.done("trace", parcel_state="moving")
    assert "tell_date" in case.now_to_do

    case.file("parcel", parcel_state="lost")

    assert "tell_date" not in case.now_to_do
    assert {each.title for each in case.lists.may_start} >= {"Send it again", "Give the money back"}
    case.start("give_back")
    case.done("give_back")
    assert case.now_to_do == {"thank"}
    case.done("thank", mood="bad")
    assert case.is_over
    assert "Customer says it is good" not in case.reached


def test_a_complaint_is_settled_by_the_second_offer() -> None:
    case = Case("complaint", severity=2, amount=120)
    case.done("acknowledge")
    assert case.now_to_do == {"listen"}
    case.done("listen")
    assert case.now_to_do == {"offer", "approve"}
    assert {each.title for each in case.lists.may_start} == {
        "Make an improvement of it", "The customer accepts", "The customer declines the offer",
        "It goes to an ombudsman or a court", "The complaint is withdrawn",
    }  # fmt: skip

    case.done("approve", "offer")
    assert case.now_to_do == set()
    case.happens("refused")
    assert case.now_to_do == {"offer"}
    case.done("offer")
    case.passes(days=2)
    assert "interim" in case.now_to_do
    case.happens("accepted")

    assert case.now_to_do == {"fulfil"}
    case.done("fulfil", settled=True)
    assert case.reached == ["Acknowledged", "Understood", "Agreed", "Settled"]
    assert case.is_over


def test_a_grave_complaint_is_judged_and_can_go_outside() -> None:
    case = Case("complaint", severity=4)
    case.done("acknowledge", "listen")
    assert case.now_to_do == {"judge"}
    case.done("judge")

    case.happens("escalated")
    assert case.now_to_do == {"file_answer"}
    case.passes(days=14)
    assert case.now_to_do == {"file_answer", "check_deadline"}
    case.done("file_answer")

    assert case.is_over


def test_a_card_dispute_after_fraud_is_made_safe_first_and_won_by_silence() -> None:
    case = Case("card_dispute", kind="fraud", amount=300, public=True)
    assert case.now_to_do == {"verify", "move_to_private"}
    case.done("verify", "move_to_private")
    assert case.now_to_do == {"block_card"}
    case.done("block_card")

    assert case.reached == ["Card and customer safe"]
    case.done("payments")
    case.passes(days=10)
    assert {"remind", "credit", "statement"} <= case.now_to_do
    case.file("statement", FileTransition.CREATE)
    assert case.now_to_do == {"credit"}
    case.done("credit", credited=True)
    case.done("judge", valid=True)
    case.done("charge_back")
    case.passes(days=45)

    assert "Money is back" in case.reached


def test_a_card_dispute_that_is_recognised_is_over() -> None:
    case = Case("card_dispute", kind="goods")

    case.happens("recognised")

    assert case.state.case.state is State.TERMINATED


def test_a_product_idea_is_decided_and_everybody_hears_of_it() -> None:
    case = Case("product_idea", askers=4)
    case.done("thank", "need", "look_for_same")
    assert case.reached == ["Clear"]
    case.add("talk_to_askers")
    case.done("talk_to_askers", "estimate")
    case.done("decide", verdict="yes")
    assert case.now_to_do == {"tell_decision", "link_improvement"}
    case.done("tell_decision", "link_improvement")
    case.happens("shipped")
    case.done("tell_shipped")

    assert case.is_over


def test_a_product_idea_that_is_there_already_is_joined() -> None:
    case = Case("product_idea")
    case.done("thank")

    case.happens("is_duplicate")

    assert case.now_to_do == {"merge"}


def test_somebody_who_may_leave_is_listened_to_before_any_offer() -> None:
    case = Case("churn_risk", may_contact=True, open_cases=0, lifetime_value=20_000, reason="use")
    assert case.now_to_do == {"read"}
    case.done("read")
    case.passes(days=5)
    assert {"call", "other_way"} <= case.now_to_do
    case.done("call")
    offers = {each.item: each.possible for each in case.lists.may_add}
    assert offers == {"better_terms": False, "expert_hour": True, "executive": True}
    case.done("promise", "do")
    case.happens("stays")
    case.passes(days=31)
    assert case.now_to_do == {"check_back"}
    case.done("check_back")

    assert case.reached == ["Reason supposed", "Spoken", "Kept"]
    assert case.is_over


def test_somebody_who_leaves_is_let_go_in_friendship() -> None:
    case = Case("churn_risk", may_contact=False)
    case.done("read")
    assert case.now_to_do == {"no_consent"}
    case.file("sign")
    case.done("promise", "do")

    case.happens("leaves")
    case.done("hand_out", "why")

    assert case.is_over


def test_a_press_inquiry_is_answered_after_a_second_draft() -> None:
    case = Case("press_inquiry", public=True, sensitive=True, draft_refused=True, warn_at="PT3H")
    assert case.now_to_do == {"receive", "hold_others"}
    case.done("receive", "hold_others")
    case.done("facts")
    case.done("draft")
    assert case.now_to_do == {"check"}
    case.done("check")
    case.happens("declined")
    assert case.now_to_do == {"draft"}
    case.passes(hours=3)
    assert "last_call" in case.now_to_do
    keeping = reasons.what_keeps_open(case.plan, case.state)
    assert {each.title for each in keeping.blockers} >= {"Prepare", "Send the answer"}


def test_a_plain_press_inquiry_goes_straight_through() -> None:
    case = Case("press_inquiry", warn_at="PT3H", answered=False)
    case.done("receive", "facts", "draft")
    case.done("send", answered=True)
    assert case.reached[-1] == "Answered in time"
    case.done("tell_inside")
    case.passes(days=7)
    case.file("article", FileTransition.CREATE)
    case.done("read_article", "measure")

    assert case.is_over
