"""The list of cases and the pages of one, through HTTP."""

import re
from datetime import datetime, timedelta
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext

from midchannel.engines.casework.commands import AddTask, Move
from midchannel.engines.casework.states import Transition
from midchannel.inside.swarms import actions as swarms
from midchannel.middle.cases import actions
from midchannel.middle.cases.actions import hearing as cases
from midchannel.middle.cases.queries import overview
from midchannel.platform import clock
from midchannel.usecases import move_cases
from midchannel.usecases import open_case as opening
from midchannel.web.cases.tests.conftest import PART, case_of, client_of, instance_of, open_case, talk_of
from tests import company as companies
from tests.company import Company

MOST_QUERIES = 40


def test_before_the_first_case_the_list_says_what_cases_are_for(company: Company) -> None:
    page = client_of(company.agent).get("/cases/").content.decode()

    assert 'class="state state-first"' in page
    assert "/cases/new/" in page


def test_the_list_shows_what_is_next_and_whose_it_is(company: Company, now: datetime) -> None:
    open_case(company, now)

    page = client_of(company.agent).get("/cases/").content.decode()

    assert "Parcel of Ana" in page
    assert "Answer that we are on it" in page
    assert "0 of 6 milestones" in page
    assert "Mia Berg" in page


def test_the_list_is_narrowed_by_plan_words_and_clock(company: Company, now: datetime) -> None:
    open_case(company, now)
    client = client_of(company.agent)

    def shown(query: str) -> bool:
        return "Parcel of Ana" in client.get(f"/cases/?view=open&{query}").content.decode()

    assert shown("plan=late_delivery&q=parcel&due=1")
    assert not shown("plan=complaint")
    assert not shown("q=coffee")
    assert all(
        shown(f"q={words}") for words in ("ana+lima", "order+parcel", "where+is")
    )  # a name, a task, what was said
    assert not shown("q=ana+coffee")
    assert not client.get("/cases/?view=ended").content.decode().count("case-row-title")


def test_a_case_that_words_found_says_why_where_its_title_does_not(company: Company, now: datetime) -> None:
    open_case(company, now)
    client = client_of(company.agent)

    def shown(path: str) -> str:
        return " ".join(re.sub(r"<(?!/?mark)[^>]*>", "", unescape(client.get(path).content.decode())).split())

    assert "Task: Find the <mark>order</mark> it is about" in shown("/cases/?view=open&q=order+parcel")
    assert "Said: <mark>Where</mark> is my parcel?" in shown("/cases/?view=open&q=where+is")
    assert "Said: <mark>Where</mark> is my parcel?" in shown("/search/?q=where+is")
    assert not re.search("Task:|Said:", shown("/cases/?view=open&q=ana"))


def test_what_was_said_finds_a_case_only_for_who_may_read_it(company: Company, now: datetime) -> None:
    case_id = open_case(company, now)
    swarms.start(companies.viewer_of(company.agent), case_id, [company.outsider.pk], now=now)
    client = client_of(company.outsider)

    found = [
        "Parcel of Ana" in client.get(f"/cases/?view=open&q={text}").content.decode() for text in ("ana", "where is")
    ]

    assert found == [True, False]


def test_the_list_goes_on_behind_a_cursor_without_losing_or_repeating(company: Company, now: datetime) -> None:
    viewer = companies.viewer_of(company.agent)
    scope = company.service.scope_id
    wanted = {
        actions.open_case(
            viewer, plan="product_idea", title=f"Idea {n}", scope_id=scope, now=now + timedelta(seconds=n // 3)
        )
        for n in range(9)
    }

    first = overview.list_page(viewer, view="open", limit=4)
    second = overview.list_page(viewer, view="open", limit=4, cursor=first.next_cursor)
    third = overview.list_page(viewer, view="open", limit=4, cursor=second.next_cursor)

    found = [row.id for page in (first, second, third) for row in page.items]
    assert len(found) == len(set(found)) == 9
    assert set(found) == wanted
    assert third.next_cursor is None
    for odd in ("cursor=nonsense", "q=a%00b", "q=%00", "plan=a%00b", "q=%22%27%5C%26%21"):
        assert client_of(company.agent).get(f"/cases/?view=open&{odd}").status_code == 200, odd


def test_the_page_has_the_five_lists_with_reasons(company: Company, now: datetime) -> None:
    page = client_of(company.agent).get(f"/cases/{open_case(company, now)}/").content.decode()

    for title in ("Do now", "You may start", "You may add", "Waiting for"):
        assert title in page
    assert "Why is this here?" in page
    assert "What would move it?" in page
    assert "What keeps it open" in page
    assert "Only when Public: yes and Followers is above 1000" in page
    assert "“Ask the carrier where it is” is done" in page
    assert "Reached" in page  # what “Done” on the first task would bring


def test_an_item_shows_what_its_plan_names(company: Company, now: datetime) -> None:
    page = client_of(company.agent).get(f"/cases/{open_case(company, now)}/").content.decode()

    assert "What was said last" in page
    assert "Where is my parcel?" in page
    assert "What we promised" in page
    assert "No order of theirs is known." in page


def test_what_waits_for_an_item_asks_for_its_values(company: Company, now: datetime) -> None:
    case_id = open_case(company, now)
    viewer = companies.viewer_of(company.agent)
    actions.do(viewer, case_id, Move(item="match_order", transition=Transition.COMPLETE), now=now)

    page = client_of(company.agent).get(f"/cases/{case_id}/").content.decode()
    trace = instance_of(company, case_id, "Ask the carrier where it is")
    asked = f"/cases/{case_id}/foresee/?do=complete&instance={trace}&v.parcel_state="
    lost = client_of(company.agent).get(f"{asked}lost", headers=PART).content.decode()

    assert 'name="v.parcel_state"' in page
    assert "Parcel lost" in lost
    assert "Parcel found" not in lost


def test_a_case_of_another_team_is_not_there(company: Company, now: datetime) -> None:
    case_id = open_case(company, now)
    client = client_of(company.outsider)

    for path in ("", "foresee/?do=set", "hand-over/", "plan/", "history/", "next-best/"):
        assert client.get(f"/cases/{case_id}/{path}").status_code == 404, path
    for path in ("do/", "undo/?r=1", "hand-over/", "plan/", "plan/back/"):
        assert client.post(f"/cases/{case_id}/{path}", {"do": "set"}, headers=PART).status_code == 404, path
    assert "Parcel of Ana" not in client.get("/cases/?view=open").content.decode()


def test_a_case_with_two_hundred_items_shows_the_first_and_how_many_more(company: Company, now: datetime) -> None:
    case_id = open_case(company, now)
    viewer = companies.viewer_of(company.agent)
    for number in range(200):
        actions.do(viewer, case_id, AddTask(title=f"Step {number} {'very ' * 30}long"), now=now)
    client = client_of(company.agent)

    page = client.get(f"/cases/{case_id}/").content.decode()
    whole = client.get(f"/cases/{case_id}/?all=1").content.decode()

    assert "Show 177 more" in page
    assert "Step 190" not in page
    assert "Step 190" in whole


def test_what_strangers_wrote_never_becomes_markup(company: Company, now: datetime) -> None:
    case_id = open_case(company, now, title="<script>alert(1)</script>")
    actions.do(companies.viewer_of(company.agent), case_id, AddTask(title="<img src=x>", about="<b>bold</b>"), now=now)
    client = client_of(company.agent)

    for path in (f"/cases/{case_id}/", f"/cases/{case_id}/history/", f"/cases/{case_id}/plan/", "/cases/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "<b>bold" not in page, path


def test_the_history_says_who_did_what(company: Company, now: datetime) -> None:
    case_id = open_case(company, now)
    viewer = companies.viewer_of(company.colleague)
    actions.do(viewer, case_id, Move(item="answer", transition=Transition.COMPLETE), now=now)

    page = client_of(company.agent).get(f"/cases/{case_id}/history/").content.decode()

    assert "“Answer that we are on it” is done · Tom Adeyemi" in page
    assert "The case began." in page


def test_what_the_machine_knew_has_nobodys_name_and_what_somebody_said_has_theirs(
    company: Company, now: datetime
) -> None:
    viewer = companies.viewer_of(company.agent)
    case_id = opening.from_conversation(
        viewer, talk_of(company), plan="late_delivery", values={"late_days": 3}, now=now
    )
    client = client_of(company.agent)
    client.post(f"/cases/{case_id}/do/", {"do": "set", "v.late_days": "4", "v.parcel_state": "lost"}, headers=PART)

    move_cases.hear_answer(case_id, key="room:1", is_partner=True, now=now)
    cases.note_signal("mention", [case_id], key="mention:1", at=now, now=now)
    while move_cases.work(now=clock.now()):
        pass

    page = unescape(client.get(f"/cases/{case_id}/history/").content.decode())

    known = re.search(r"Known from the beginning: ([^<]*)", page)
    assert known is not None
    assert "Open cases: 0" in known[1]
    assert "Mia" not in known[1]
    assert "Late days: 3 · Mia Berg" in page
    assert "Late days: 4; Parcel state: lost · Mia Berg" in page
    assert "Mentions: 1" in page
    assert "Into the case file: A colleague or the carrier has answered" in page
    assert "By partner: yes" not in page, "the case file says it already"
    assert "outside" not in page


def test_a_stage_stands_once_in_what_keeps_a_case_open(company: Company, now: datetime) -> None:
    case_id = open_case(company, now)
    stage = case_of(company, case_id).lists.stages[0].title

    page = unescape(client_of(company.agent).get(f"/cases/{case_id}/").content.decode())

    keeps = page.partition('id="open-title"')[2].partition("</section>")[0]
    assert len(re.findall(rf">{re.escape(stage)}\b", keeps)) == 1
    assert "Nothing: it can be completed" not in keeps


def test_the_inbox_shows_the_case_of_a_conversation_and_opens_one(company: Company, now: datetime) -> None:
    client, talk = client_of(company.agent), talk_of(company)

    before = client.get(f"/inbox/c/{talk}/").content.decode()
    form = client.get(f"/cases/new/?conversation={talk}", headers=PART).content.decode()
    answer = client.post("/cases/new/", {"conversation": talk, "plan": "late_delivery", "title": "Ana waits"})
    after = client.get(f"/inbox/c/{talk}/").content.decode()

    assert "case-chip" not in before
    assert 'value="Where is my parcel?"' in form
    assert answer.status_code == 302
    assert "Ana waits" in after
    assert f'href="{answer.headers["Location"]}"' in after
    assert client.post("/cases/new/", {"plan": "nothing_like_it"}).status_code == 422


def test_a_page_asks_the_database_a_fixed_number_of_times(company: Company, now: datetime) -> None:
    case_id = open_case(company, now)
    client = client_of(company.agent)
    client.get(f"/cases/{case_id}/")

    with CaptureQueriesContext(connection) as asked:
        client.get(f"/cases/{case_id}/")

    assert len(asked) <= MOST_QUERIES, "\n".join(query["sql"][:150] for query in asked)
