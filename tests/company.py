"""A small company with customers who talk to it, for tests of pages: real documents through the real arrival path."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password

from midchannel.inside.service.models import CannedReply, Queue
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import vocabulary
from midchannel.outside.channels.models import Channel
from midchannel.outside.networks.simulator.models import World
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.models import Team, User
from midchannel.usecases import arrive

PASSWORD = "correct horse battery"
TEXTS = (
    "My new card still has not arrived. It has been two weeks now, where is it?",
    "Why was I charged twice for the same coffee this morning?",
    "How do I change my PIN if I am abroad?",
    "Thank you, that was quick! The refund is on my account.",
    "The app says my transfer is pending since yesterday. The rent is due today, please help.",
    "Your exchange rate is a joke. I paid 4 % more than the bank next door would have asked.",
    "Can I open a second account for my daughter? She is fifteen.",
    "I lost my phone. How do I get back into the app?",
    "There is a cash withdrawal in Porto I did not make!!",
    "Do you support Apple Pay in Estonia?",
    "The top-up failed three times and now the money is gone from my other bank.",
    "Which documents do you need to verify my identity?",
)
PEOPLE = (
    "Ana Lima",
    "Bruno Keller",
    "Chiara Rossi",
    "Dmitri Orlov",
    "Emeka Obi",
    "Fatima Haddad",
    "Greta Lindqvist",
    "Hugo Marchand",
)


@dataclass(slots=True)
class Company:
    """What a test needs to know of the company."""

    service: Team
    back_office: Team
    agent: User
    colleague: User
    outsider: User
    lead: User
    administrator: User
    queue: Queue
    chat: Channel
    public: Channel
    said: int = field(default=0)


def make_company(*, now: datetime) -> Company:
    """Two teams, five people, one queue with a clock, a private and a public channel, two canned replies."""
    service = accounts.create_team(name="Service", now=now)
    back_office = accounts.create_team(name="Back office", now=now)
    people = [
        accounts.create_person(email=email, name=name, password=None, now=now, role=role)
        for email, name, role in (
            ("mia@example.org", "Mia Berg", "agent"),
            ("tom@example.org", "Tom Adeyemi", "agent"),
            ("kim@example.org", "Kim Sato", "agent"),
            ("lea@example.org", "Lea Novak", "lead"),
            ("ada@example.org", "Ada Ortiz", "administrator"),
        )
    ]
    for person in people:
        person.password = _hashed()
        person.save(update_fields=["password"])
    agent, colleague, outsider, lead, administrator = people
    accounts.set_members(service, [agent.pk, colleague.pk, lead.pk], now=now)
    accounts.set_members(back_office, [outsider.pk], now=now)
    queue = Queue.objects.create(
        name="Service", team=service, first_answer_seconds=3600, resolution_seconds=86400, created_at=now
    )
    for shortcut, title, body in (
        (
            "card",
            "Card on its way",
            "Hello {first_name},\n\nyour new card is on its way and should reach you within two days.",
        ),
        ("thanks", "Thanks", "Thank you, {first_name}! Is there anything else I can do for you?"),
    ):
        CannedReply.objects.create(team=service, shortcut=shortcut, title=title, body=body, updated_at=now)
    chat = open_channel("Chat", queue, is_public=False, now=now)
    public = open_channel("Town square", queue, is_public=True, now=now)
    return Company(service, back_office, agent, colleague, outsider, lead, administrator, queue, chat, public)


@cache
def _hashed() -> str:
    """Hashing is slow on purpose: once for all tests."""
    return make_password(PASSWORD)


def open_channel(name: str, queue: Queue, *, is_public: bool, now: datetime, network: str = "simulator") -> Channel:
    """A channel whose work goes to a queue."""
    channel = Channel.objects.create(
        network=network,
        name=name,
        purpose="to be tried",
        scope=queue.team.scope,
        queue_id=queue.pk,
        can_send=True,
        is_public=is_public,
        created_at=now,
    )
    if network == "simulator":
        World.objects.create(channel_id=channel.pk, is_paused=True, per_minute=0, lived_until=now)
    return channel


def say(
    company: Company,
    channel: Channel,
    text: str,
    *,
    by: str = "Ana Lima",
    at: datetime,
    reply_to: str | None = None,
    subject: str | None = None,
    html: str | None = None,
) -> str:
    """Somebody says something on a channel. Returns the external id; `hear` brings it into the inbox."""
    company.said += 1
    external = f"https://simulator.example/{company.said}"
    handle = by.lower().replace(" ", ".")
    document = vocabulary.Document(
        id=f"{external}#create",
        actor=vocabulary.Actor(id=f"{handle}@simulator.example", name=by, preferred_username=handle),
        object=vocabulary.Object(
            id=external, content=text, name=subject, in_reply_to=reply_to, published=at, html=html
        ),
        published=at,
        audience="public" if channel.is_public else "private",
    )
    channels.receive(channel.pk, [vocabulary.encode(document)], now=at)
    return external


def hear(*, now: datetime) -> None:
    """Apply all that waits."""
    while arrive.apply_waiting(now=now):
        pass


def fill(company: Company, *, now: datetime, count: int = 24) -> None:
    """Conversations of different ages, the newest a minute old."""
    for number in range(count):
        channel = company.chat if number % 3 else company.public
        person = f"{PEOPLE[number % len(PEOPLE)]}{' ' * bool(number // len(PEOPLE))}{'I' * (number // len(PEOPLE))}"
        say(company, channel, TEXTS[number % len(TEXTS)], by=person, at=now - timedelta(minutes=7 * (count - number)))
        hear(now=now - timedelta(minutes=7 * (count - number)))


def viewer_of(user: User) -> account_queries.Viewer:
    """The viewer this person is."""
    return account_queries.viewer_for(user)
