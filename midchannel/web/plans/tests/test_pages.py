"""Plans over HTTP: read by everybody, written by leads; what is wrong told at its place; played, exported, brought in, moved."""

import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from midchannel.engines.casework import commands, xml_writing, yaml_reading
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries
from midchannel.middle.cases.actions import drafting, moving
from midchannel.middle.cases.queries import drafts, versions
from midchannel.platform.accounts.models import User
from midchannel.usecases import case_plans
from tests.desk import NOW, Desk, make_desk

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PLAN = """plan: refund
title: Refund
roles: {agent: Care}
items:
  - task: look
    title: Look into it
    for: agent
  - task: pay
    title: Pay it back
    after: look completes
    if: 100 / share > 2
"""
NEWER = (
    PLAN.replace("title: Pay it back", "title: Pay it back at once") + "  - task: tell\n    title: Tell the customer\n"
)
LAUGHS = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"><case id="a"><casePlanModel name="&lol2;"/></case></definitions>"""
FILES = """<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"><case id="a"><casePlanModel name="&x;"/></case></definitions>"""


@pytest.fixture
def desk() -> Desk:
    found = make_desk()
    cases.save_plan(found.lea, PLAN, now=NOW)
    return found


def as_(user_id: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id), backend=BACKEND)
    return client


@pytest.fixture
def lead(desk: Desk) -> Client:
    return as_(desk.lea.user_id)


@pytest.fixture
def agent(desk: Desk) -> Client:
    return as_(desk.ana.user_id)


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return unescape(answer.content.decode())


def edit(lead: Client) -> str:
    """The address of a draft."""
    answer = lead.post("/plans/refund/edit/")
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_condition_that_is_one_name_reads_as_a_sentence(desk: Desk, agent: Client) -> None:
    bare = PLAN + "  - task: press\n    title: Tell the press\n    if: public and not settled\n"
    alone = bare + "  - task: thank\n    title: Thank them\n    if: won\n"
    cases.save_plan(desk.lea, alone.replace("plan: refund", "plan: bare"), now=NOW)

    page = text(agent, "/plans/bare/")

    assert "as soon as “public” is yes, and “settled” is no, or not known" in page
    assert "as soon as “won” is yes" in page


def check(lead: Client, where: str, typed: str) -> str:
    answer = lead.post(f"{where}check/", {"text": typed}, headers={"HX-Request": "true"})
    return unescape(answer.content.decode())


def test_everybody_reads_a_plan_in_plain_words_and_only_leads_are_offered_to_change_it(
    agent: Client, lead: Client
) -> None:
    assert "Refund" in text(agent, "/plans/")
    page = text(agent, "/plans/refund/")
    assert "when “Look into it” is done, if 100 / share is above 2" in page
    assert "/plans/refund/edit/" not in page
    assert "/plans/refund/edit/" in text(lead, "/plans/refund/")
    for path in ("/plans/refund/edit/", "/plans/+new/", "/plans/refund/move/", "/plans/refund/offers/"):
        assert agent.post(path).status_code == 403
    assert agent.get("/plans/nothing/").status_code == 404
    assert agent.get("/plans/refund/?version=9").status_code == 404


def test_the_six_plans_read_well(desk: Desk, agent: Client) -> None:
    case_plans.seed(desk.lea, now=NOW)

    for name in case_plans.list_names():
        assert "How it" not in text(agent, f"/plans/{name}/")
        assert agent.get(f"/plans/{name}/try/").status_code == 200


def test_typing_is_checked_and_kept(desk: Desk, lead: Client) -> None:
    where = edit(lead)

    told = check(lead, where, PLAN.replace("after: look completes", "after: lok completes"))

    assert "Line 10, column" in told or "Line 9" in told or "Line 10" in told
    assert "Did you mean 'look'?" in told
    assert 'data-put="look"' in told
    assert 'data-instead-of="lok"' in told
    (draft,) = drafts.list_drafts(desk.lea)
    assert "lok completes" in drafts.get_draft(desk.lea, draft.id).text
    assert "lok completes" in text(lead, where)
    assert "The plan can be used." in check(lead, where, PLAN)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "nothing here yet"),
        ("plan: refund\nitems: [", "not YAML"),
        ("plan: refund\nitems:\n  - task: a\n    after: b completes\n  - task: b\n    after: a completes\n", "wait for each other"),
        ("plan: refund\nitems:\n  - milestone: a\n    repeat: true\n    begins: {if: true}\n", "again"),
        ("plan: refund\nitems: &x []\nmay_add: *x\n", "Anchors"),
        ("plan: refund\nitems:\n  - task: a\n    if: amount >\n", "cannot be read"),
        ("\0plan: refund", "not YAML|special characters"),
        ("x: " + "y" * 1_000_001, "longer than a million"),
        ("- " * 70 + "x", "deeper|begins with"),
        ("a: " + "é" * 400_000, "has no 'a'"),
    ],
)  # fmt: skip
def test_bad_text_is_told_and_never_breaks_the_page(lead: Client, typed: str, told: str) -> None:
    assert re.search(told, check(lead, edit(lead), typed))


def test_saving_needs_a_plan_and_a_note_and_gives_back_what_was_typed(desk: Desk, lead: Client) -> None:
    where = edit(lead)
    base = drafts.get_draft(desk.lea, int(where.split("/")[3])).base_id

    answer = lead.post(f"{where}save/", {"text": "plan: refund\nitems: [", "note": "More words", "base": base})
    assert answer.status_code == 422
    assert "items: [" in answer.content.decode()
    assert "More words" in answer.content.decode()
    answer = lead.post(f"{where}save/", {"text": NEWER, "note": "", "base": base})
    assert (answer.status_code, "Say in a few words" in answer.content.decode()) == (422, True)
    answer = lead.post(f"{where}save/", {"text": NEWER.replace("\n", "\r\n"), "note": "Tell them", "base": base})
    assert answer["Location"] == "/plans/refund/"
    assert versions.get_version(desk.lea, "refund")[1] == NEWER
    page = text(lead, "/plans/refund/difference/?from=1&to=2")
    assert "Tell the customer" in page
    assert "Pay it back at once" in page
    assert "Tell them" in page


def test_who_saves_second_sees_both_and_loses_nothing(desk: Desk, lead: Client) -> None:
    where = edit(lead)
    base = drafts.get_draft(desk.lea, int(where.split("/")[3])).base_id
    theirs = cases.save_plan(desk.lea, PLAN.replace("Look into it", "Look well"), now=NOW)

    answer = lead.post(f"{where}save/", {"text": NEWER, "note": "Mine", "base": base})

    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "Lea has saved version 2" in page
    assert "Look well" in page
    assert "Tell the customer" in page
    assert lead.post(f"{where}save/", {"text": NEWER, "note": "Mine", "base": theirs}).status_code == 302
    assert versions.get_version(desk.lea, "refund")[0].number == 3


def test_a_new_plan_is_written_and_a_taken_name_is_told(desk: Desk, lead: Client) -> None:
    where = lead.post("/plans/+new/")["Location"]

    answer = lead.post(f"{where}save/", {"text": PLAN + "# other\n", "note": "", "base": "0"})
    assert answer.status_code == 409
    assert "has saved version 1" in answer.content.decode()
    assert (
        lead.post(f"{where}save/", {"text": PLAN.replace("plan: refund", "plan: other"), "base": "0"})["Location"]
        == "/plans/other/"
    )
    assert lead.post("/plans/+new/")["Location"] != where
    again = lead.post("/plans/+new/")["Location"]
    assert lead.post(f"{again}drop/")["Location"] == "/plans/"
    assert lead.get(again).status_code == 404


def test_plans_go_out_and_come_in(desk: Desk, lead: Client, agent: Client) -> None:
    out = agent.get("/plans/refund/export/?as=cmmn")
    assert out["Content-Disposition"] == 'attachment; filename="refund-1.cmmn"'
    assert agent.get("/plans/refund/export/").content.decode() == PLAN

    answer = lead.post("/plans/+import/", {"file": SimpleUploadedFile("a.cmmn", out.content)})

    draft = drafts.get_draft(desk.lea, int(answer["Location"].split("/")[3]))
    assert yaml_reading.read(draft.text).root.items[1].title == "Pay it back"
    assert (
        lead.get(f"{answer['Location']}export/?as=cmmn").content
        == xml_writing.write(yaml_reading.read(draft.text)).encode()
    )
    assert (
        lead.post("/plans/+import/", {"file": SimpleUploadedFile("a.yaml", b"plan: half\nitems: [")}).status_code == 302
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (LAUGHS.encode(), "document type"), (FILES.encode(), "document type"), (b"<a>" * 5000, "well formed|nests|deep|depth"),
        (b"<html/>", "CMMN|definitions"), (b"\xff\xfe\x00bad\x80", "neither"), (b"", "Choose|nothing|empty|neither"),
        (b"x" * 2_000_001, "larger than two megabytes"),
        (b'<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>', "case"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_with_the_reason(lead: Client, content: bytes, told: str) -> None:
    answer = lead.post("/plans/+import/", {"file": SimpleUploadedFile("a.cmmn", content)})

    assert answer.status_code == 422, answer
    page = unescape(answer.content.decode())
    assert "Nothing was kept" in page
    assert re.search(told, page[page.index("Nothing was kept") :], re.IGNORECASE), page[
        page.index("Nothing was kept") :
    ][:400]
    assert "root:" not in page


def script_of(page: str) -> str:
    found = re.search(r'name="script" value="([^"]*)"', page)
    assert found is not None
    return unescape(found.group(1))


def play(client: Client, script: str, path: str = "/plans/refund/try/", **given: object) -> tuple[int, str]:
    answer = client.post(path, {"script": script, **given}, headers={"HX-Request": "true"})
    return answer.status_code, answer.content.decode()


def test_a_case_is_played_step_by_step_and_back_and_nothing_is_kept(desk: Desk, agent: Client) -> None:
    first = agent.get("/plans/refund/try/").content.decode()
    _, second = play(agent, script_of(first), do="set", value_name="share", value="5")
    _, third = play(agent, script_of(second), do='{"do":"move","instance":1,"transition":"complete"}')

    assert "Pay it back" in third
    assert "Done: Look into it" in third
    _, back = play(agent, script_of(third), cut="1")
    assert script_of(back) == script_of(second)
    _, anew = play(agent, script_of(third), cut="0")
    assert len(json.loads(script_of(anew)).get("entries", [])) == 0
    _, zero = play(agent, script_of(first), do="set", value_name="share", value="0")
    _, wrong = play(agent, script_of(zero), do='{"do":"move","instance":1,"transition":"complete"}')
    assert "zero" in wrong
    assert queries.list_cases(desk.ana).items == []


@pytest.mark.parametrize(
    "given",
    [
        {"do": "nonsense"}, {"do": "{" * 900}, {"do": "[" * 1900}, {"do": "set", "value_name": ""}, {"do": "wait"}, {"do": "own"},
        {"do": "file", "file_item": "x"}, {"do": '{"do":"move","instance":99,"transition":"complete"}'},
        {"do": '{"do":"tick","instance":1}'},
        {"do": '{"do":"again","instance":-1}'}, {"do": '{"do":"plan","item":"x"}'},
    ],
)  # fmt: skip
def test_what_cannot_be_done_in_a_play_is_told(agent: Client, given: dict[str, str]) -> None:
    script = script_of(agent.get("/plans/refund/try/").content.decode())

    status, page = play(agent, script, **given)

    assert status == 422
    assert 'role="alert"' in page
    assert script_of(page) == script


def test_a_broken_script_begins_anew(agent: Client) -> None:
    for script in ("{", "x" * 70_000, '{"begin": 3}', "[" * 50_000):
        assert play(agent, script)[0] == 422


def test_values_are_read_as_people_type_them(agent: Client) -> None:
    script = script_of(agent.get("/plans/refund/try/").content.decode())
    for typed, kept in (
        ("500", 500),
        ("1.5", 1.5),
        ("yes", True),
        ("no", False),
        ("lost", "lost"),
        ("NaN", "NaN"),
        ("1e999", "1e999"),
        ('["a"]', ["a"]),
    ):
        _, page = play(agent, script, do="set", value_name="x", value=typed)
        assert json.loads(script_of(page))["entries"][0]["values"]["x"] == kept


def test_a_draft_is_played_as_it_is_kept(lead: Client) -> None:
    where = edit(lead)
    check(lead, where, NEWER)

    assert "Tell the customer" in text(lead, f"{where}try/")
    check(lead, where, "plan: [")
    assert "not a plan yet" in text(lead, f"{where}try/")


def test_what_many_add_is_taken_into_a_draft_or_declined(desk: Desk, lead: Client, agent: Client) -> None:
    for number in range(3):
        case_id = cases.open_case(
            desk.ana, plan="refund", scope_id=desk.ana.scope_ids[0], title=f"Case {number}", now=NOW
        )
        cases.do(desk.ana, case_id, commands.AddTask(title="Call the courier"), now=NOW)

    page = text(lead, "/plans/refund/")
    assert "3 of 3" in page
    assert "call the courier" in page.lower()
    assert 'value="take"' not in text(agent, "/plans/refund/")
    answer = lead.post("/plans/refund/offers/", {"title": "call the courier", "answer": "take"})
    assert "Call the courier" in text(lead, answer["Location"])
    assert "call_the_courier" in text(lead, answer["Location"])
    lead.post("/plans/refund/offers/", {"title": "call the courier", "answer": "decline"})
    assert "declined" in text(lead, "/plans/refund/")
    lead.post("/plans/refund/offers/", {"title": "call the courier", "answer": "again"})
    assert 'value="take"' in text(lead, "/plans/refund/")


def test_running_cases_are_looked_at_chosen_moved_and_taken_back(desk: Desk, lead: Client, agent: Client) -> None:
    found = [
        cases.open_case(desk.ana, plan="refund", scope_id=desk.ana.scope_ids[0], title=f"Case <{n}>", now=NOW)
        for n in range(3)
    ]
    draft_id = drafting.begin_draft(desk.lea, plan="refund", now=NOW)
    drafting.keep_draft(desk.lea, draft_id, NEWER, now=NOW)
    drafting.publish_draft(desk.lea, draft_id, base_id=drafts.get_draft(desk.lea, draft_id).base_id, note="x", now=NOW)

    where = lead.post("/plans/refund/move/")["Location"]
    page = lead.get(where).content.decode()

    assert "“Tell the customer” would open" in page
    assert "Case &lt;0&gt;" in page
    group = re.search(r'name="groups" value="(\w+)"', page)
    assert group is not None
    assert lead.post(f"{where}run/", {"groups": group.group(1), "reason": ""}).status_code == 422
    assert lead.post(f"{where}run/", {"groups": group.group(1), "reason": "New law"}).status_code == 302
    assert "of 3 cases done" in lead.get(f"{where}now/", headers={"HX-Request": "true"}).content.decode()
    while moving.work(now=NOW):
        pass
    assert lead.get(f"{where}now/", headers={"HX-Request": "true"}).status_code == 204
    assert "Take back" in text(lead, where)
    assert lead.post(f"{where}back/{found[0]}/").status_code == 302
    assert queries.get_case(desk.ana, found[0]).plan_number == 1
    assert queries.get_case(desk.ana, found[1]).plan_number == 2
    assert agent.get(where).status_code == 403
    assert "taken back" in text(lead, where)
