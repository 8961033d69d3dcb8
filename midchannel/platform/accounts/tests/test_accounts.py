"""People and their rights."""

from datetime import UTC, datetime

import pytest

from midchannel.platform.accounts import actions, queries
from midchannel.platform.accounts.errors import LastAdministratorError, NotAdministratorError, TakenError
from midchannel.platform.accounts.models import User
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.models import Entry
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.platform.events.models import StoredEvent

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def person(name: str, role: str = "agent") -> User:
    return actions.create_person(
        email=f"{name.lower()}@example.org", name=name, password="a long enough one", now=NOW, role=role
    )


def viewer(user: User) -> Viewer:
    return queries.viewer_for(user)


def test_names_behind_the_at_are_unique() -> None:
    people = [actions.create_person(email=f"{n}@x.example", name="Ana Lima", password=None, now=NOW) for n in range(3)]

    assert [p.mention for p in people] == ["ana-lima", "ana-lima-2", "ana-lima-3"]


def test_an_address_has_one_account_whatever_its_case() -> None:
    person("Ana")

    with pytest.raises(TakenError):
        actions.create_person(email=" ANA@Example.org", name="Other", password=None, now=NOW)


def test_deactivating_ends_the_sessions_and_the_tokens() -> None:
    boss, ana = person("Boss", "administrator"), person("Ana")
    session = ana.get_session_auth_hash()
    token = actions.issue_api_token(viewer(ana), name="Script", rights=["read:customers"], now=NOW).token
    assert actions.authenticate_token(token, now=NOW) is not None

    actions.deactivate(viewer(boss), ana.pk, now=NOW)

    ana.refresh_from_db()
    assert not ana.is_active
    assert ana.get_session_auth_hash() != session
    assert actions.authenticate_token(token, now=NOW) is None
    assert queries.get_viewer(ana.pk) is None


def test_letting_somebody_in_again_does_not_bring_their_old_sessions_back() -> None:
    boss, ana = person("Boss", "administrator"), person("Ana")
    session = ana.get_session_auth_hash()

    actions.deactivate(viewer(boss), ana.pk, now=NOW)
    actions.activate(viewer(boss), ana.pk, now=NOW)

    ana.refresh_from_db()
    assert ana.get_session_auth_hash() != session


def test_the_last_administrator_stays_one() -> None:
    boss, other = person("Boss", "administrator"), person("Other", "administrator")
    actions.change_role(viewer(boss), other.pk, role="agent", now=NOW)

    with pytest.raises(LastAdministratorError):
        actions.change_role(viewer(boss), boss.pk, role="agent", now=NOW)
    with pytest.raises(LastAdministratorError):
        actions.deactivate(viewer(boss), boss.pk, now=NOW)


@pytest.mark.parametrize("role", ["agent", "lead"])
def test_only_administrators_change_people_and_teams(role: str) -> None:
    me, ana = person("Me", role), person("Ana")

    for attempt in (
        lambda: actions.change_role(viewer(me), ana.pk, role="lead", now=NOW),
        lambda: actions.deactivate(viewer(me), ana.pk, now=NOW),
        lambda: actions.activate(viewer(me), ana.pk, now=NOW),
        lambda: actions.end_sessions(viewer(me), ana.pk, now=NOW),
        lambda: actions.invite(viewer(me), email="x@example.org", now=NOW),
        lambda: actions.add_team(viewer(me), name="Mine", now=NOW),
    ):
        with pytest.raises(NotAdministratorError):
            attempt()


def test_a_token_does_only_what_it_was_made_for_and_only_its_owner_or_an_administrator_ends_it() -> None:
    boss, ana, eve = person("Boss", "administrator"), person("Ana"), person("Eve")
    issued = actions.issue_api_token(viewer(ana), name="Script", rights=["read:customers"], now=NOW)

    found = actions.authenticate_token(issued.token, now=NOW)
    assert found is not None
    assert (found[0].user_id, found[0].is_machine, found[1]) == (ana.pk, True, frozenset({"read:customers"}))
    with pytest.raises(NotFoundError):
        actions.revoke_api_token(viewer(eve), issued.id, now=NOW)
    with pytest.raises(InvalidError):
        actions.issue_api_token(viewer(ana), name="Script", rights=["read:everything"], now=NOW)

    actions.revoke_api_token(viewer(boss), issued.id, now=NOW)
    assert actions.authenticate_token(issued.token, now=NOW) is None


def test_leaving_a_team_ends_what_one_sees_and_is_told() -> None:
    boss, ana = person("Boss", "administrator"), person("Ana")
    team = actions.add_team(viewer(boss), name="Service", user_ids=[ana.pk], now=NOW)
    assert viewer(ana).scope_ids == (team.scope_id,)

    actions.change_team(viewer(boss), team.pk, name="Service", user_ids=[boss.pk], now=NOW)

    assert viewer(ana).scope_ids == ()
    told = StoredEvent.objects.filter(kind="account.rights_changed").values_list("user_ids", flat=True)
    assert [ana.pk] in list(told)


def test_every_change_leaves_an_audit_row() -> None:
    boss, ana = person("Boss", "administrator"), person("Ana")
    actions.change_role(viewer(boss), ana.pk, role="lead", now=NOW)
    actions.deactivate(viewer(boss), ana.pk, now=NOW)
    actions.activate(viewer(boss), ana.pk, now=NOW)
    actions.end_sessions(viewer(boss), ana.pk, now=NOW)
    actions.change_name(viewer(ana), name="Ana L.", now=NOW)

    written = list(Entry.objects.exclude(action="account.create").order_by("pk").values_list("action", "actor_name"))
    assert written == [
        ("account.role", "Boss"),
        ("account.deactivate", "Boss"),
        ("account.activate", "Boss"),
        ("account.end_sessions", "Boss"),
        ("account.name", "Ana"),
    ]


def test_colleagues_are_suggested_by_the_beginning_of_a_name() -> None:
    for name in ("Ana Lima", "Bo Anders", "Cy Dane"):
        actions.create_person(email=f"{name[:2]}@x.example", name=name, password=None, now=NOW)

    found = queries.find_people(Viewer(1, "x", "agent", ()), "an")

    assert [p.name for p in found] == ["Ana Lima", "Bo Anders"]
