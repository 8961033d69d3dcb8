"""The measures of cases: numbers with their intervals and the cases behind them; of what one sees, and never of a person."""

from datetime import timedelta

import pytest
from django.test import Client

from midchannel.engines.casework import commands
from midchannel.engines.casework.states import Transition
from midchannel.inside.swarms.models import Swarm
from midchannel.insight.outcomes import periods
from midchannel.insight.outcomes.queries import cases as measures
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries
from midchannel.platform import clock
from midchannel.usecases import open_case, tend_cases
from tests import company as companies
from tests.company import Company

PLAN = """
plan: parcel
title: Parcel
complete: automatically
items:
  - task: ask
    required: true
  - milestone: heard
    title: Heard
    after: ask completes
  - task: find
    required: true
  - milestone: found
    title: Found
    after: find completes
"""
COUNT = 12


@pytest.fixture
def company(db: None) -> Company:
    """Twelve cases of an hour and more: every third swarmed, every fourth had a task added, one is open still."""
    now = clock.now()
    made = companies.make_company(now=now - timedelta(days=3))
    lead = companies.viewer_of(made.lead)
    cases.save_plan(lead, PLAN, now=now - timedelta(days=2))
    for number in range(COUNT):
        begun = now - timedelta(days=1, minutes=number)
        case_id = open_case.open_case(lead, plan="parcel", title=f"Parcel {number}", now=begun)
        at = begun + timedelta(minutes=10 * (number + 1))
        if number % 3 == 0:
            Swarm.objects.create(
                id=case_id, case_id=case_id, started_at=at, started_by_id=lead.user_id, started_by_name="Lea"
            )
        if number % 4 == 0:
            cases.do(lead, case_id, commands.AddTask(title="Call the courier"), now=at)
            (added,) = [each for each in queries.get_case(lead, case_id).lists.do_now if each.origin == "free"]
            cases.do(lead, case_id, commands.Move(instance=added.instance, transition=Transition.COMPLETE), now=at)
        for item in ("ask", "find") if number else ("ask",):
            cases.do(lead, case_id, commands.Move(item=item, transition=Transition.COMPLETE), now=at)
    tend_cases.work_all(now=now)
    return made


def _client(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[arg-type]
    return client


def test_a_plan_is_measured_with_intervals(company: Company) -> None:
    viewer, now = companies.viewer_of(company.lead), clock.now()
    period = periods.last_days(7, zone="UTC", now=now)

    (plan,) = measures.list_plans_of(viewer, period)
    found = measures.get_case_measures(viewer, "parcel", period)

    assert (plan.title, plan.cases, found.cases, found.ended) == ("Parcel", 12, 12, 11)
    heard, parcel = found.milestones
    assert (heard.title, heard.share.hits, parcel.share.hits) == ("Heard", 12, 11)
    assert heard.median is not None
    assert heard.median.low is not None
    assert 3600 * 0.9 < heard.median.value < 3600 * 1.3
    assert heard.median.low < heard.median.value
    assert [(each.titles, each.share.hits) for each in found.paths] == [(("Heard", "Found"), 11)]
    assert found.by_hand is not None
    assert round(found.by_hand.value, 3) == round(3 / 51, 3)
    assert found.by_hand.low < found.by_hand.value < found.by_hand.high
    assert (found.swarmed.cases, found.alone.cases, found.rework.hits) == (4, 8, 0)


def test_behind_each_number_are_as_many_cases(company: Company) -> None:
    viewer = companies.viewer_of(company.lead)
    period = periods.last_days(7, zone="UTC", now=clock.now())

    def behind(what: str) -> int:
        return len(measures.list_cases_behind(viewer, "parcel", period, what))

    assert [behind(each) for each in ("all", "ended", "swarmed", "alone", "by_hand", "milestone:found", "path:heard,found")] == [
        12, 11, 4, 8, 3, 11, 11,
    ]  # fmt: skip
    assert behind("nonsense") == 0


def test_the_page_says_what_is_no_proof_and_names_nobody(company: Company) -> None:
    page = _client(company.lead).get("/measures/casework/").content.decode()

    assert "This is no proof that swarms help or harm" in page
    assert "Heard (12 of 12)" in page
    assert "Heard → Found" in page
    rows = _client(company.lead).get("/measures/casework/rows/?plan=parcel&what=milestone:found").content.decode()
    assert rows.count('class="row"') == 11
    main = page.partition("<main")[2]
    assert not any(name in main for name in ("Mia Berg", "Tom Adeyemi"))


def test_who_sees_no_case_is_shown_what_will_be_here(company: Company) -> None:
    client = _client(company.outsider)

    assert "No cases in these days" in client.get("/measures/casework/").content.decode()
    assert 'class="row"' not in client.get("/measures/casework/rows/?plan=parcel&what=all").content.decode()
