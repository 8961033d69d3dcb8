"""Cases open from where the work begins: a conversation, another case, the API; and gather conversations of several people."""

import pytest

from midchannel.middle.cases import queries
from midchannel.middle.cases.errors import CaseNotFoundError, PlanNotFoundError
from midchannel.middle.cases.queries import people
from midchannel.middle.customers import actions as customers
from midchannel.platform.errors import NotFoundError
from midchannel.usecases import case_plans, open_case
from tests.desk import NOW, Desk, make_desk, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    found = make_desk()
    case_plans.seed(found.lea, now=NOW)
    return found


def test_a_case_from_a_conversation_begins_with_what_is_known(desk: Desk) -> None:
    conversation = say(desk.square, "1", subject="Where is my parcel?")

    case_id = open_case.from_conversation(
        desk.ana, conversation, plan="late_delivery", values={"late_days": 3}, now=NOW
    )

    case = queries.get_case(desk.ben, case_id)
    assert (case.title, case.owner_id, case.conversation_ids) == (
        "Where is my parcel?",
        desk.ana.user_id,
        (conversation,),
    )
    assert case.values == {
        "public": True, "network": "square", "answered": False, "open_cases": 0, "replies": 0, "followers": 0, "late_days": 3,
    }  # fmt: skip


def test_who_does_not_see_a_conversation_opens_no_case_from_it(desk: Desk) -> None:
    conversation = say(desk.mail, "1")

    with pytest.raises(NotFoundError):
        open_case.from_conversation(desk.kim, conversation, plan="complaint", now=NOW)
    with pytest.raises(PlanNotFoundError):
        open_case.from_conversation(desk.ana, conversation, plan="no_such_plan", now=NOW)


def test_several_people_belong_to_a_case_through_their_conversations(desk: Desk) -> None:
    first, second = say(desk.mail, "1"), say(desk.wall, "2", who="dora@example.com")
    case_id = open_case.from_conversation(desk.ana, first, plan="complaint", now=NOW)

    open_case.add_conversation(desk.ben, case_id, second, now=NOW)

    assert [(each.name, each.is_first) for each in people.list_people(desk.ana, case_id)] == [
        ("Cara", True),
        ("Dora", False),
    ]

    open_case.remove_conversation(desk.ben, case_id, second, now=NOW)

    assert [each.name for each in people.list_people(desk.ana, case_id)] == ["Cara"]
    with pytest.raises(NotFoundError):
        open_case.remove_conversation(desk.ben, case_id, second, now=NOW)


def test_customers_of_a_case_follow_when_two_turn_out_to_be_one(desk: Desk) -> None:
    first, second = say(desk.mail, "1"), say(desk.wall, "2", who="dora@example.com")
    case_id = open_case.from_conversation(desk.ana, first, plan="complaint", now=NOW)
    open_case.add_conversation(desk.ana, case_id, second, now=NOW)
    one, other = people.list_people(desk.ana, case_id)

    customers.link_customers(desk.lea, other.customer_id, into_id=one.customer_id, now=NOW)

    assert len(people.list_people(desk.ana, case_id)) == 1


def test_a_case_opens_under_another_with_its_people(desk: Desk) -> None:
    conversation = say(desk.mail, "1")
    parent_id = open_case.from_conversation(desk.ana, conversation, plan="complaint", values={"amount": 80}, now=NOW)

    child_id = open_case.from_case(desk.ben, parent_id, plan="late_delivery", now=NOW)

    child = queries.get_case(desk.ana, child_id)
    assert (child.parent_id, child.conversation_ids, child.values["amount"]) == (parent_id, (conversation,), 80)
    assert queries.get_case(desk.ana, parent_id).children == (child_id,)
    with pytest.raises(CaseNotFoundError):
        open_case.from_case(desk.kim, parent_id, plan="late_delivery", now=NOW)


def test_a_case_about_nobody_yet_belongs_to_the_team_of_who_opens_it(desk: Desk) -> None:
    case_id = open_case.open_case(desk.kim, plan="press_inquiry", title="  The  Times ", now=NOW)

    assert queries.get_case(desk.kim, case_id).title == "The Times"
    with pytest.raises(CaseNotFoundError):
        queries.get_case(desk.ana, case_id)
