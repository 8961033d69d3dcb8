"""A desk for tests of conversations: two teams, four people, and three networks whose every answer a test decides."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from midchannel.inside.service import actions as service
from midchannel.middle.conversations.models import Conversation
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import registry
from midchannel.outside.channels.port import Batch, Outgoing, Receipt, Settings
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.usecases import arrive

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TESTER = Actor("tests")


@dataclass
class Wire:
    """A network. What `answer` gives or raises is what becomes of a sending; `found` what a lookup says."""

    network: str
    is_public: bool
    carries_private: bool
    can_send: bool = True
    sent: list[Outgoing] = field(default_factory=list)
    answer: Callable[[Outgoing], Receipt] = lambda outgoing: Receipt(outgoing.key)
    found: Callable[[Outgoing], Receipt | None] = lambda outgoing: None

    def read(self, settings: Settings, store: Callable[[Batch], None], *, should_stop: Callable[[], bool]) -> None:
        """Nothing to fetch: tests hand documents in."""

    def send(self, settings: Settings, outgoing: Outgoing) -> Receipt:
        """Take it, and answer as the test says."""
        self.sent.append(outgoing)
        return self.answer(outgoing)

    def lookup(self, settings: Settings, outgoing: Outgoing) -> Receipt | None:
        """Say what the test says."""
        return self.found(outgoing)

    def check(self, settings: Settings) -> list[str]:
        """All is well."""
        return []

    def new_key(self, settings: Settings, *, message_id: int) -> str:
        """A key that can be read."""
        return f"our-{message_id}"


@dataclass
class Desk:
    """Who and what there is. Ana and Ben are in Service, Lea leads it; Kim is in Back office."""

    ana: Viewer
    ben: Viewer
    lea: Viewer
    kim: Viewer
    queue_id: int
    other_queue_id: int
    mail: int
    square: int
    wall: int
    wires: dict[int, Wire]

    def wire(self, channel_id: int) -> Wire:
        """The network behind a channel."""
        return self.wires[channel_id]


def make_desk() -> Desk:
    """Two teams with a queue each, and three channels: private mail, a public square with private messages, a public wall without."""
    team = accounts.create_team(name="Service", now=NOW)
    other = accounts.create_team(name="Back office", now=NOW)
    ana, ben, lea, kim = (
        accounts.create_person(email=f"{name.lower()}@example.org", name=name, password=None, now=NOW, role=role)
        for name, role in (("Ana", "agent"), ("Ben", "agent"), ("Lea", "lead"), ("Kim", "agent"))
    )
    accounts.set_members(team, [ana.pk, ben.pk, lea.pk], now=NOW)
    accounts.set_members(other, [kim.pk], now=NOW)
    queue_id = service.create_queue(
        None, name="Service", team_id=team.pk, first_answer_seconds=3600, resolution_seconds=86_400, now=NOW
    )
    other_queue_id = service.create_queue(None, name="Back office", team_id=other.pk, now=NOW)
    wires = {}
    opened = []
    for network, is_public, carries_private in (("post", False, True), ("square", True, True), ("wall", True, False)):
        wire = Wire(network, is_public, carries_private)
        registry.register(wire)
        channel_id = channels.open_channel(
            network=network, name=f"Our {network}", by=TESTER, now=NOW, scope_id=team.scope_id, queue_id=queue_id
        )
        wires[channel_id] = wire
        opened.append(channel_id)
    mail, square, wall = opened
    view = account_queries.viewer_for
    return Desk(view(ana), view(ben), view(lea), view(kim), queue_id, other_queue_id, mail, square, wall, wires)


def say(
    channel_id: int,
    external_id: str,
    text: str = "My card has not come",
    *,
    who: str = "cara@example.com",
    behind: str | list[str] = "",
    private: bool = False,
    subject: str = "",
    copies: tuple[str, ...] = (),
    at: datetime = NOW,
) -> int:
    """A person says something on a channel, and it is applied. Returns the conversation it is in."""
    parents = [behind] if isinstance(behind, str) else behind
    said = {"id": external_id, "type": "Note", "content": text, "published": at.isoformat()}
    document: dict[str, object] = {
        "type": "Create",
        "actor": {"id": who, "name": who.partition("@")[0].title()},
        "object": said,
        "mc:audience": "private" if private else "public",
    }
    if subject:
        said["name"] = subject
    if parents[0]:
        said["inReplyTo"] = parents[0]
        document["mc:thread"] = parents
    if copies:
        document["mc:participants"] = [{"id": each} for each in copies]
    channels.receive(channel_id, [msgspec.json.encode(document)], now=at)
    while arrive.apply_waiting(now=at):
        pass
    return Conversation.objects.filter(joined_into_id=None).order_by("-last_in_id", "-last_message_id")[0].pk


def after(**time: float) -> datetime:
    """A moment after the desk was made."""
    return NOW + timedelta(**time)
