"""The made-up company of the demo, Lantern Bank: its people, teams, queues, canned replies and channels, as `demo.toml` has them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from django.contrib.auth.hashers import make_password

from midchannel.inside.service.models import CannedReply, Queue
from midchannel.outside.channels import registry
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.models import Team, User
from midchannel.platform.accounts.queries import Viewer
from midchannel.usecases import open_channel

PASSWORD = "lantern-demo"  # noqa: S105 - printed for everybody who runs the demo
DOMAIN = "lantern.example"
POSTS_PER_MINUTE = 1.0
HOUR = 3600
SIGN_INS = ("mia", "lea", "ada", "kofi")


@dataclass(frozen=True, slots=True)
class Company:
    """Whom and what the story needs: viewers by their first name, channel ids by network."""

    people: Mapping[str, Viewer]
    channels: Mapping[str, int]


@cache
def book() -> dict[str, Any]:
    """What `demo.toml` says."""
    return tomllib.loads((resources.files(__package__) / "demo.toml").read_text(encoding="utf-8"))


def found(*, now: datetime) -> Company:
    """Make the company, in the caller's transaction."""
    people = _make_people(now=now)
    teams = _make_teams(people, now=now)
    viewers = {user: account_queries.viewer_for(person) for user, person in people.items()}
    queues = {
        queue["name"]: Queue.objects.create(
            name=queue["name"],
            team=teams[queue["team"]],
            first_answer_seconds=queue["first_answer_hours"] * HOUR,
            resolution_seconds=queue["resolution_hours"] * HOUR,
            created_at=now,
            is_demo=True,
        ).pk
        for queue in book()["queue"]
    }
    CannedReply.objects.bulk_create(
        CannedReply(
            team=teams.get(canned.get("team")),
            shortcut=canned["shortcut"],
            title=canned["title"],
            body=canned["body"].strip(),
            updated_at=now,
            is_demo=True,
        )
        for canned in book()["canned"]
    )
    channels = {channel["network"]: _open(channel, viewers["ada"], queues, now=now) for channel in book()["channel"]}
    registry.get_box().set_pace(channels["simulator"], per_minute=POSTS_PER_MINUTE)
    return Company(viewers, channels)


def sign_ins() -> tuple[tuple[str, str, str, str], ...]:
    """Who may sign in: (address, password, name, role), those first who show most."""
    people = {person["user"]: person for person in book()["person"]}
    return tuple((_email(user), PASSWORD, people[user]["name"], people[user]["role"]) for user in SIGN_INS)


def _email(user: str) -> str:
    return f"{user}@{DOMAIN}"


def _make_people(*, now: datetime) -> dict[str, User]:
    people = {
        person["user"]: accounts.create_person(
            email=_email(person["user"]),
            name=person["name"],
            password=None,
            role=person["role"],
            is_demo=True,
            now=now,
        )
        for person in book()["person"]
    }
    # One hash for all: making one takes as long as it should.
    User.objects.filter(pk__in=[person.pk for person in people.values()]).update(password=make_password(PASSWORD))
    return people


def _make_teams(people: dict[str, User], *, now: datetime) -> dict[str | None, Team]:
    teams: dict[str | None, Team] = {}
    for name in dict.fromkeys(team for person in book()["person"] for team in person["teams"]):
        members = [people[person["user"]].pk for person in book()["person"] if name in person["teams"]]
        teams[name] = accounts.create_team(name=name, now=now, is_demo=True)
        accounts.set_members(teams[name], members, now=now)
    return teams


def _open(channel: dict[str, Any], by: Viewer, queues: dict[str, int], *, now: datetime) -> int:
    due_on = (now + timedelta(days=channel["days"])).date()
    return open_channel.open_channel(
        by,
        network=channel["network"],
        name=channel["name"],
        address=channel["address"],
        purpose=channel["purpose"],
        goal=open_channel.Goal(channel["measure"], channel["target"], due_on, channel["note"]),
        queue_id=queues[channel["queue"]],
        is_demo=True,
        now=now,
    ).channel_id
