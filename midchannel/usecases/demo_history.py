"""Four weeks behind the demo company: customers speak on three channels, colleagues answer, ask each other, resolve, improve.

The story is told in the order of time, through the same doors as real life: what customers say is received and applied, what colleagues do
goes through the use cases, each with the moment at which it happened. All chance comes from one seed.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from midchannel.middle.conversations.models import Message
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import documents, registry
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.boxes import Someone
from midchannel.outside.channels.port import Batch
from midchannel.outside.channels.vocabulary import Actor, Document, Identifier, Object, encode
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import execute
from midchannel.platform.errors import ConflictError
from midchannel.usecases import (
    arrive,
    deliver,
    demo_cases,
    demo_listening,
    demo_purchases,
    demo_records,
    demo_traces,
    measure,
    reply,
    resolve,
)
from midchannel.usecases.demo_company import POSTS_PER_MINUTE, Company, book

SEED = 1988
A_DAY = (6, 4, 4, 4, 4, 2, 1)
OF_LATE = 22
LATE_WAYS = (0.5, 0.5, 0.7, 0.5, 0.5, 0.9, 0.5, 0.01)
TOPICS = (
    "card_arrival", "card_arrival", "card_arrival", "change_pin", "change_pin", "transaction_charged_twice", "pending_transfer",
    "cash_withdrawal_charge", "declined_card_payment", "lost_or_stolen_phone", "card_swallowed", "Refund_not_showing_up",
    "wrong_exchange_rate_for_cash_withdrawal", "top_up_failed", "verify_my_identity",
)  # fmt: skip
SERVICE, CARDS = ("mia", "tom", "mia", "lea"), ("kofi", "rosa")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FRESH = timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class Case:
    """Something a customer said, and who of the company has it before them."""

    channel_id: int
    external_id: str
    topic: str
    at: datetime
    who: str
    language: str = "en"


class Story:
    """What happened, in the order of time.

    Customers speak when they like; the company sits down to it once or twice a day, reads what has come and works it off.
    """

    def __init__(self, company: Company, *, now: datetime, history: timedelta) -> None:
        self.company = company
        self.now = now
        self.begin = now - history
        self.chance = Random(SEED)  # noqa: S311 - a story, not a secret
        self.box = registry.get_box()
        self.simulator = company.channels["simulator"]
        self.people = self.box.list_people(self.simulator)
        self.cases: list[Case] = []
        self.to_answer: list[Case] = []
        self.to_close: list[Case] = []
        self.contacts: list[tuple[datetime, Callable[[datetime], None]]] = []
        self.junk = ""
        self._pushed: dict[int, list[bytes]] = {}

    def tell(self) -> None:
        """Everything, one after the other."""
        contacts = sorted(self.contacts, key=lambda contact: contact[0])
        for moment in self._sittings():
            while contacts and contacts[0][0] < moment:
                at, speak = contacts.pop(0)
                speak(at)
            self.catch_up(moment)
            self._sit(moment)
        self.catch_up(self.now)

    def _sittings(self) -> list[datetime]:
        """When the company sits down to it: of late more often."""
        moments = [self.now - hours * HOUR for hours in (0.2, 1.5, 5)]
        day = self.now - DAY
        while day > self.begin:
            moments += [day] if self.now - day > 12 * DAY else [day, day - 6 * HOUR]
            day -= DAY
        return sorted(moments)

    def _a_while(self) -> timedelta:
        return (6 + 40 * self.chance.random()) * MINUTE

    def _sit(self, moment: datetime) -> None:
        """Work off what is to be answered, then what is to be closed, one after the other."""
        closing, answering = self.to_close, self.to_answer
        self.to_close, self.to_answer = [], []
        at = moment
        for case in answering:
            at += self._a_while()
            _answer(self, case, at)
            # The network's clock goes along, so that who takes an answer up does so behind it.
            self.box.live(self.simulator, now=min(at, self.now))
            deliver.send_due(at + MINUTE)
        for case in closing:
            at += self._a_while()
            _close(self, case, at)

    def catch_up(self, moment: datetime) -> None:
        """Let time pass in the simulated network, and let everything that was said until now arrive."""
        self.box.live(self.simulator, now=moment)
        self._read_simulator(moment)
        for channel_id, raws in self._pushed.items():
            channels.receive(channel_id, raws, now=moment)
        self._pushed.clear()
        while arrive.apply_waiting(now=moment):
            pass

    def _read_simulator(self, moment: datetime) -> None:
        adapter = registry.get_adapter("simulator")

        def store(batch: Batch) -> None:
            channels.receive(self.simulator, batch.documents, now=moment)
            channels.keep_cursor(self.simulator, batch.cursor)

        if adapter is not None:
            adapter.read(channels.settings_of(self.simulator), store, should_stop=lambda: False)

    def push(self, channel_id: int, document: Document) -> None:
        """A business system hands in a document; it is received with the next that happens."""
        self._pushed.setdefault(channel_id, []).append(encode(document))

    def viewer(self, user: str) -> Viewer:
        """A colleague."""
        return self.company.people[user]

    def conversation_of(self, case: Case) -> int | None:
        """The conversation a case is in by now."""
        return self.conversation_at(case.channel_id, case.external_id)

    def conversation_at(self, channel_id: int, external_id: str) -> int | None:
        """The conversation something that was said is in by now."""
        key = documents.key_of(channel_id, external_id)
        message_id = channel_queries.find_activities([key]).get(key)
        if message_id is None:
            return None
        return Message.objects.filter(pk=message_id).values_list("conversation_id", flat=True).first()


def tell(company: Company, *, now: datetime, history: timedelta) -> None:
    """Tell the story, in the caller's transaction."""
    for month in {now - history, now - history / 2, now}:
        execute("SELECT ensure_activity_partition(%s)", [month.date()])
    story = Story(company, now=now, history=history)
    story.box.set_pace(story.simulator, per_minute=0)
    _plan_days(story)
    _plan_repeats(story)
    demo_traces.plan(story)
    demo_purchases.plan(story)
    demo_records.plan(story)
    demo_listening.plan(story)
    story.tell()
    demo_records.settle(story)
    demo_purchases.settle(story)
    demo_traces.leave(story)
    demo_cases.tell(story)
    demo_listening.settle(story)
    story.box.set_pace(story.simulator, per_minute=POSTS_PER_MINUTE)
    while measure.project_facts(now=now):
        pass


def _plan_days(story: Story) -> None:
    day = story.begin
    while day < story.now:
        for _ in range(A_DAY[day.weekday()]):
            minute = int(story.chance.triangular(0, 24 * 60, 14 * 60))
            _plan_contact(story, day + minute * MINUTE, way=story.chance.random())
        day += DAY
    for number in range(OF_LATE):
        way = LATE_WAYS[number % len(LATE_WAYS)]
        _plan_contact(story, story.now - (number + story.chance.random()) * 75 * MINUTE, way=way)


def _plan_contact(story: Story, moment: datetime, *, way: float) -> None:
    """One customer, one channel, one matter. `way` (0 to 1) is the channel: heard of, simulator, app, telephone."""
    someone, topic = story.chance.choice(story.people), story.chance.choice(TOPICS)
    if way < 0.06:
        story.contacts.append((moment, lambda at: _overhear(story, someone, at)))
    elif way < 0.62:
        story.contacts.append((moment, lambda at: _say(story, someone, topic, at)))
    elif way < 0.82:
        story.contacts.append((moment, lambda at: _use_app(story, someone, topic, at)))
    else:
        story.contacts.append((moment, lambda at: _call(story, someone, topic, at)))


def _plan_repeats(story: Story) -> None:
    """The same people with the same matter again, days later, on another channel."""
    for someone in story.people[::7]:
        for days, speak in ((9, _say), (6, _call), (3, _say)):
            moment = story.now - days * DAY - story.chance.random() * HOUR
            story.contacts.append((moment, partial(speak, story, someone, "card_arrival")))


def _overhear(story: Story, someone: Someone, at: datetime) -> None:
    text = story.box.overhear(story.simulator, salt=str(at))
    story.box.say(story.simulator, someone.handle, text, is_addressed=False, now=at)


def _say(story: Story, someone: Someone, topic: str, at: datetime) -> None:
    is_public = story.chance.random() < 0.6
    text = story.box.ask(story.simulator, someone.handle, topic=topic, salt=str(at))
    said = f"@lantern {text}" if is_public else text
    external_id = story.box.say(story.simulator, someone.handle, said, is_public=is_public, topic=topic, now=at)
    who = story.chance.choice(SERVICE)
    _begin(story, Case(story.simulator, external_id, topic, at, who, someone.language), can_answer=True)


def _use_app(story: Story, someone: Someone, topic: str, at: datetime) -> None:
    text = story.box.ask(story.simulator, someone.handle, topic=topic, salt=str(at))
    external_id = f"app-{at:%Y%m%d%H%M%S}-{len(story.cases)}"
    said = Object(id=external_id, content=text, media_type="text/plain", published=at)
    channel_id = story.company.channels["collector"]
    story.push(
        channel_id, Document(id=external_id, actor=demo_purchases.app_user(someone), object=said, audience="private")
    )
    _begin(story, Case(channel_id, external_id, topic, at, story.chance.choice(CARDS)), can_answer=False)


def _call(story: Story, someone: Someone, topic: str, at: datetime) -> None:
    user = someone.handle.strip("@").partition("@")[0]
    external_id = f"call-{at:%Y%m%d%H%M%S}-{len(story.cases)}"
    phone = f"+44201{demo_purchases.number_of(someone):07d}"
    caller = Actor(
        id=phone, name=someone.name, identifiers=[Identifier("email", f"{user}@mail.example", verified=True)]
    )
    note = story.chance.choice(book()["story"]["calls"])
    seconds = int(story.chance.triangular(40, 1500, 240))
    said = Object(id=external_id, type="mc:Call", content=note, duration=f"PT{seconds}S", published=at)
    channel_id = story.company.channels["telephone"]
    story.push(channel_id, Document(id=external_id, actor=caller, object=said, audience="private"))
    case = Case(channel_id, external_id, topic, at, story.chance.choice(SERVICE[:2]))
    _begin(story, case, can_answer=False)


def _begin(story: Story, case: Case, *, can_answer: bool) -> None:
    """Decide what becomes of it: most is answered or resolved in time, some waits, a little is late."""
    story.cases.append(case)
    is_fresh = story.now - case.at < FRESH
    luck = story.chance.random()
    if can_answer and luck < (0.1 if is_fresh else 0.6):
        story.to_answer.append(case)
    elif luck < (0.2 if is_fresh else 0.985):
        story.to_close.append(case)


def _answer(story: Story, case: Case, at: datetime) -> None:
    conversation_id = story.conversation_of(case)
    if conversation_id is None or at >= story.now:
        return
    text, key = story.chance.choice(_replies_to(case)), f"demo-{case.external_id}"
    try:
        reply.send(
            story.viewer(case.who),
            conversation_id,
            text=text,
            client_key=key,
            saw_message_id=None,
            send_anyway=True,
            now=at,
        )
    except ConflictError:  # resolved meanwhile, or taken back by its author
        return
    if story.chance.random() < 0.9:
        story.to_close.append(case)


def _replies_to(case: Case) -> list[str]:
    """What colleagues say to that, in the customer's language."""
    lines = book()["story"]
    replies: list[str] = (
        lines["replies_in"].get(case.language) or lines["replies"].get(case.topic) or lines["replies"]["other"]
    )
    return replies


def _close(story: Story, case: Case, at: datetime) -> None:
    conversation_id = story.conversation_of(case)
    if conversation_id is not None and at < story.now:
        with contextlib.suppress(ConflictError):  # a colleague was faster
            resolve.resolve(story.viewer(case.who), conversation_id, now=at)
