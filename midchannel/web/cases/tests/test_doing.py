"""What is done with a case, through HTTP: steps, what they bring, the way back; two at once; another plan."""

import json
from datetime import datetime

import pytest
from django.test import Client

from midchannel.middle.cases import queries
from midchannel.web.cases.tests.conftest import PART, case_of, client_of, instance_of, open_case
from tests import company as companies
from tests.company import Company


@pytest.fixture
def case_id(company: Company, now: datetime) -> int:
    """Ana's case."""
    return open_case(company, now)


def _do(client: Client, case_id: int, **form: object) -> tuple[int, str, dict[str, object]]:
    answer = client.post(f"/cases/{case_id}/do/", form, headers=PART)
    toast = json.loads(answer.headers.get("HX-Trigger", "{}")).get("mc:toast", {})
    return answer.status_code, answer.content.decode(), toast


def _now(company: Company, case_id: int) -> set[str]:
    return {row.title for row in case_of(company, case_id).lists.do_now}


def test_a_task_is_done_and_taken_back(company: Company, case_id: int) -> None:
    client = client_of(company.agent)
    answer = instance_of(company, case_id, "Answer that we are on it")
    before = case_of(company, case_id).lists

    status, page, toast = _do(client, case_id, do="complete", instance=answer)
    done = case_of(company, case_id).lists
    client.post(str(toast["undo"]), headers=PART)

    assert status == 200
    assert "“Answer that we are on it” is done." in str(toast["text"])
    assert "1 of 6 milestones: Heard" in page
    assert [each.title for each in done.milestones if each.reached_at] == ["Heard"]
    assert case_of(company, case_id).lists == before


def test_who_did_an_item_has_it_again_after_undo(company: Company, case_id: int) -> None:
    client = client_of(company.agent)
    answer = instance_of(company, case_id, "Answer that we are on it")
    client.post(
        f"/cases/{case_id}/hand-over/", {"to": f"person-{company.colleague.pk}", "instance": answer}, headers=PART
    )

    _, _, toast = _do(client, case_id, do="complete", instance=answer)
    client.post(str(toast["undo"]), headers=PART)

    assert case_of(company, case_id).assignees == {answer: company.colleague.pk}


def test_nobody_takes_back_what_another_did_or_what_went_on(company: Company, case_id: int) -> None:
    client, other = client_of(company.agent), client_of(company.colleague)
    _, _, toast = _do(
        client, case_id, do="complete", instance=instance_of(company, case_id, "Answer that we are on it")
    )

    refused = other.post(str(toast["undo"]), headers=PART)
    _do(other, case_id, do="complete", instance=instance_of(company, case_id, "Find the order it is about"))
    late = client.post(str(toast["undo"]), headers=PART)

    assert "error" in refused.headers["HX-Trigger"]
    assert "Something else has happened" in late.headers["HX-Trigger"]
    assert "Ask the carrier where it is" in _now(company, case_id)


def test_of_two_the_second_is_told_who_was_faster_and_sees_the_case(company: Company, case_id: int) -> None:
    task = instance_of(company, case_id, "Find the order it is about")
    _do(client_of(company.colleague), case_id, do="complete", instance=task)

    status, page, toast = _do(
        client_of(company.agent), case_id, do="complete", instance=task, called="Find the order it is about"
    )

    assert status == 200
    assert str(toast["text"]).startswith("Tom Adeyemi was faster: “Find the order it is about”")
    assert "Ask the carrier where it is" in page


def test_skipping_asks_why_and_shows_it(company: Company, case_id: int) -> None:
    client = client_of(company.agent)
    answer = instance_of(company, case_id, "Answer that we are on it")

    _, _, refused = _do(client, case_id, do="skip", instance=answer)
    _, page, _ = _do(client, case_id, do="skip", instance=answer, reason="They called a minute ago")

    assert "Say why" in str(refused["text"])
    assert "They called a minute ago" in page
    assert "skipped" in page


def test_a_task_of_ones_own_is_added_done_and_done_once_more(company: Company, case_id: int) -> None:
    client = client_of(company.agent)

    _, _, refused = _do(client, case_id, do="own", title="  ", holder="0")
    _do(
        client, case_id, do="own", title="Ask the neighbour", about="Green door", role="agent", holder="0", required="1"
    )
    own = instance_of(company, case_id, "Ask the neighbour")
    _do(client, case_id, do="complete", instance=own)
    _do(client, case_id, do="again", instance=own)

    assert "in a few words" in str(refused["text"])
    assert "Ask the neighbour" in _now(company, case_id)


def test_what_the_case_knows_opens_what_may_be_added(company: Company, case_id: int) -> None:
    client = client_of(company.agent)
    _do(client, case_id, do="complete", instance=instance_of(company, case_id, "Find the order it is about"))
    _do(
        client,
        case_id,
        do="complete",
        instance=instance_of(company, case_id, "Ask the carrier where it is"),
        **{"v.parcel_state": "moving", "v.address_wrong": "no"},
    )
    holder = next(each.holder for each in case_of(company, case_id).lists.may_add if each.item == "refund")

    _, wrong, refused = _do(client, case_id, do="set", **{"v.late_days": "some"})
    _do(client, case_id, do="set", **{"v.late_days": "3", "v.order.total": "250,5"})
    _do(client, case_id, do="add", key="refund", holder=holder)

    values = case_of(company, case_id).values
    assert "is a number" in str(refused["text"])
    assert "Refund the shipping cost" in wrong
    assert (values["parcel_state"], values["address_wrong"], values["late_days"]) == ("moving", False, 3)
    assert values["order"] == {"total": 250.5}
    assert "Refund the shipping cost" in _now(company, case_id)


def test_a_case_is_put_aside_goes_on_ends_early_and_opens_again(company: Company, case_id: int) -> None:
    client = client_of(company.agent)
    states = []

    for form in (
        {"do": "suspend_case"},
        {"do": "resume_case"},
        {"do": "end_case"},
        {"do": "end_case", "reason": "Opened twice"},
        {"do": "reopen_case"},
    ):
        _do(client, case_id, **form)
        states.append(case_of(company, case_id).state)

    assert states == ["suspended", "active", "active", "terminated", "active"]


def test_a_case_and_an_item_are_handed_over(company: Company, case_id: int) -> None:
    client = client_of(company.agent)
    choices = client.get(f"/cases/{case_id}/hand-over/", headers=PART).content.decode()

    client.post(f"/cases/{case_id}/hand-over/", {"to": f"person-{company.colleague.pk}"}, headers=PART)
    outside = client.post(f"/cases/{case_id}/hand-over/", {"to": f"person-{company.outsider.pk}"}, headers=PART)

    assert "Tom Adeyemi" in choices
    assert case_of(company, case_id).owner_id == company.colleague.pk
    assert "does not see the case" in outside.headers["HX-Trigger"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"do": "explode"},
        {"do": "complete"},
        {"do": "complete", "instance": "99999999999"},
        {"do": "complete", "instance": "4711"},
        {"do": "add", "key": "nothing", "holder": "0"},
        {"do": "own", "title": "x", "holder": "777"},
        {"do": "set", "v.parcel_state": "x" * 600},
        {"do": "again", "instance": "0"},
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_changes_nothing(
    company: Company, case_id: int, form: dict[str, str]
) -> None:
    before = case_of(company, case_id)

    status, _, toast = _do(client_of(company.agent), case_id, **form)

    assert (status, toast["kind"]) == (200, "error")
    assert case_of(company, case_id) == before


def test_without_htmx_every_step_answers_with_a_page(company: Company, case_id: int) -> None:
    client = client_of(company.agent)

    answer = client.post(
        f"/cases/{case_id}/do/",
        {"do": "complete", "instance": instance_of(company, case_id, "Answer that we are on it")},
        follow=True,
    )

    assert "“Answer that we are on it” is done." in answer.content.decode()


def test_the_plan_of_one_case_is_changed_with_the_difference_and_a_way_back(company: Company, case_id: int) -> None:
    client = client_of(company.agent)
    viewer = companies.viewer_of(company.agent)
    text = queries.get_plan_text(viewer, "late_delivery")
    new = {"new_title": "Ring them up", "new_kind": "task", "new_role": "agent", "edit": "add:", "text": text}

    looked = client.post(f"/cases/{case_id}/plan/", new).content.decode()
    added = (
        looked.split('name="text"')[1]
        .split(">", 1)[1]
        .split("</textarea>")[0]
        .replace("&#x27;", "'")
        .replace("&quot;", '"')
    )
    added = added.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
    silent = client.post(f"/cases/{case_id}/plan/", {"text": added, "keep": "1"})
    client.post(f"/cases/{case_id}/plan/", {"text": added, "keep": "1", "reason": "They asked for a call"})
    changed = client.get(f"/cases/{case_id}/plan/").content.decode()
    is_there = "Ring them up" in _now(company, case_id)
    client.post(f"/cases/{case_id}/plan/back/")

    assert "New in the plan" in looked
    assert "In the case: begins" in looked
    assert silent.status_code == 422
    assert is_there
    assert "They asked for a call" in changed
    assert "Back to the plan before" in changed
    assert "Ring them up" not in _now(company, case_id)
    assert not case_of(company, case_id).is_changed


def test_an_item_is_removed_or_changed_and_another_plan_is_looked_at(company: Company, case_id: int) -> None:
    client = client_of(company.agent)
    text = queries.get_plan_text(companies.viewer_of(company.agent), "late_delivery")
    address = f"/cases/{case_id}/plan/"

    removed = client.post(address, {"text": text, "edit": "remove:find/trace"}).content.decode()
    altered = client.post(
        address,
        {"text": text, "edit": "alter:hear/answer", "title:hear/answer": "Say hello", "required:hear/answer": "1"},
    )
    other = client.post(address, {"text": text, "take": "1", "version": "complaint"}).content.decode()
    broken = client.post(
        address, {"text": text.replace("after: withdrawn happens", "after: nobody happens"), "look": "1"}
    )

    assert "No longer in the plan" in removed
    assert "Ask the carrier where it is" in removed
    assert "Say hello" in altered.content.decode()
    assert "Listening" not in other
    assert "Establish what happened and what is wanted" in other
    assert broken.status_code == 422
    assert "line" in broken.content.decode()
    assert not case_of(company, case_id).is_changed
