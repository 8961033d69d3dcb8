"""What the demo's people buy, allow and talk about among themselves: so that the social record and what they are worth have life."""

from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any
from zlib import crc32

from midchannel.insight.worth import actions as worth
from midchannel.insight.worth.rules import Rule
from midchannel.middle.consents import actions as consents
from midchannel.outside.channels.boxes import Someone
from midchannel.outside.channels.vocabulary import Actor, Document, Identifier, Object
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import fetch, text_array
from midchannel.usecases.demo_company import book

if TYPE_CHECKING:
    from midchannel.usecases.demo_history import Story

SEED = 2012
OTHERS = 118
BUYERS = 26
LONGEST_AGO = 480
MOST_ORDERS = 24
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
HOST = "app.lantern"


def plan(story: "Story") -> None:
    """Orders of a year and more, which the app hands in as they are made or, what is older, at the beginning; and talk among people."""
    chance = Random(SEED)  # noqa: S311 - a story, not a secret
    for who in _buyers(story, chance):
        for at, document in _orders_of(who, story, chance):
            story.contacts.append((max(at, story.begin), partial(_hand_in, story, document)))
    _plan_talk(story, chance)
    _plan_profiles(story, chance)


def _plan_profiles(story: "Story", chance: Random) -> None:
    """What the network shows of some people: who they say they are, and how many follow them, three times in the four weeks."""
    lives = book()["purchases"]["biographies"]
    for number, someone in enumerate(story.people[:14]):
        followers = int(chance.lognormvariate(5.5, 1.2))
        about: dict[str, Any] = {"full_name": someone.name, "biography": lives[number % len(lives)]}
        about |= {
            "language": someone.language,
            "website": f"https://{someone.handle.strip('@').partition('@')[0]}.example/",
        }
        if number % 3 == 0:
            about["x_preferred_channel"] = chance.choice(("app", "telephone"))
        for days in (26, 14, 3):
            at = story.now - days * DAY
            followers = int(followers * chance.uniform(0.95, 1.25)) + 1
            story.contacts.append((at, partial(_show, story, someone, about | {"x_followers": followers})))


def _show(story: "Story", someone: Someone, about: dict[str, Any], at: datetime) -> None:
    actor = Actor(id=someone.handle, name=someone.name, attributes=about)
    said = Object(id=f"profile:{someone.handle}", type="Person", updated=at)
    story.push(story.simulator, Document(type="Update", actor=actor, object=said, updated=at))


def _hand_in(story: "Story", document: Document, _at: datetime) -> None:
    story.push(story.company.channels["collector"], document)


def _buyers(story: "Story", chance: Random) -> list[Actor]:
    known = [app_user(each) for each in story.people[:BUYERS]]
    first, last = book()["purchases"]["first_names"], book()["purchases"]["last_names"]
    pairs = [(one, other) for one in first for other in last]
    chance.shuffle(pairs)
    return known + [
        _actor(f"{one}.{other}".lower(), f"{one} {other}", 10_000 + n) for n, (one, other) in enumerate(pairs[:OTHERS])
    ]


def app_user(someone: Someone) -> Actor:
    """A person of the story as the app knows them: signed in, so the address is proven."""
    user = someone.handle.strip("@").partition("@")[0]
    return _actor(user, someone.name, number_of(someone))


def number_of(someone: Someone) -> int:
    """What numbers of theirs are made of: nobody else's."""
    return crc32(someone.handle.encode()) % 10**7


def _actor(user: str, name: str, number: int) -> Actor:
    address = Identifier("email", f"{user}@mail.example", verified=True)
    customer_number = Identifier("customer_number", f"L-{number:07d}", verified=True)
    return Actor(id=f"{user}@{HOST}", name=name, identifiers=[address, customer_number])


def _orders_of(who: Actor, story: "Story", chance: Random) -> list[tuple[datetime, Document]]:
    """Bought at a rate of their own until they leave or today is reached: as the models take people to be."""
    rate = chance.gammavariate(1.1, 1 / 45)
    leaves = chance.betavariate(0.7, 5.0)
    generous = chance.lognormvariate(0.0, 0.35)
    ago = 30 + chance.random() * LONGEST_AGO
    made: list[tuple[datetime, Document]] = []
    while ago > 0.5 and len(made) < MOST_ORDERS:
        at = story.now - ago * DAY
        made.append((at, _order(who, at, generous, chance)))
        if len(made) > 1 and chance.random() < leaves:
            break
        ago -= 1 + chance.expovariate(rate)
    return made


def _order(who: Actor, at: datetime, generous: float, chance: Random) -> Document:
    lines = []
    for article in chance.choices(book()["article"], k=chance.choice((1, 1, 2))):
        price = round(article["price"] * generous * chance.uniform(0.8, 1.25), 2)
        lines.append({"sku": article["sku"], "name": article["name"], "quantity": 1, "price": price})
    total = round(sum(line["price"] for line in lines), 2)
    number = f"LB-{at:%y%m%d}-{chance.randrange(10**6):06d}"
    data: dict[str, Any] = {"number": number, "total": total, "currency": "EUR", "state": "completed", "lines": lines}
    luck = chance.random()
    if luck < 0.03:
        data |= {"state": "refunded", "ordered": total, "total": 0}
    elif luck < 0.06:
        data |= {"state": "refunded", "ordered": total, "total": round(total / 2, 2)}
    elif luck < 0.09:
        data["currency"] = "GBP"
    said = Object(id=f"order:{number}", type="mc:Order", content=f"{number}, {total} {data['currency']}", published=at)
    return Document(id=said.id, actor=who, object=said, data=data, audience="private")


def _plan_talk(story: "Story", chance: Random) -> None:
    """In every circle somebody posts every second day, and others answer; all of it overheard, none of it work."""
    circles = book()["talk"]
    for number, circle in enumerate(circles):
        members = story.people[number :: len(circles)]
        for day in range(1, 27, 2):
            voice = members[0] if chance.random() < 0.6 else chance.choice(members)
            at = story.now - day * DAY - chance.random() * DAY / 2
            thread: dict[str, str] = {}
            story.contacts.append((at, partial(_speak, story, voice, chance.choice(circle["posts"]), thread)))
            others = [each for each in members if each is not voice]
            for k, other in enumerate(chance.sample(others, min(len(others), chance.randint(2, 4)))):
                text = chance.choice(circle["replies"])
                words = f"{voice.handle} {text}" if chance.random() < 0.3 else text
                story.contacts.append((at + (5 + 11 * k) * MINUTE, partial(_speak, story, other, words, thread)))


def _speak(story: "Story", someone: Someone, text: str, thread: dict[str, str], at: datetime) -> None:
    """The first begins the thread, the others answer it."""
    said = story.box.say(
        story.simulator,
        someone.handle,
        text,
        is_addressed=False,
        answers_id=thread.get("id", ""),
        now=at,
    )
    thread.setdefault("id", said)


def settle(story: "Story") -> None:
    """What people allowed, and the rules of what to offer them."""
    chance = Random(SEED)  # noqa: S311 - a story, not a secret
    addresses = [app_user(each).id for each in story.people[:BUYERS]]
    for (record_id,) in fetch(
        "SELECT r.id FROM handle h JOIN source_record r ON r.handle_id = h.id WHERE h.address = ANY(%s::text[])"
        " OR h.address LIKE %s ORDER BY h.address",
        [text_array(addresses), f"%@{HOST}"],
    ):
        for purpose, share in (("profiling", 0.85), ("marketing", 0.6)):
            if chance.random() < share:
                consents.record_consent(
                    audit.Actor("Lantern app"),
                    record_id,
                    purpose=purpose,
                    state="granted",
                    how="form",
                    proof={"text": "I agree", "form": "app-settings-3"},
                    said_at=story.begin + DAY,
                    now=story.begin + DAY,
                )
    for each in book()["offer"]:
        rule = Rule(
            0,
            each["name"],
            each["offer"],
            each["reason"],
            bought=tuple(each.get("bought", ())),
            not_bought=tuple(each.get("not_bought", ())),
            days=each.get("days", 0),
            least_spent=each.get("least_spent"),
            currency=each.get("currency", ""),
            least_days_since=each.get("least_days_since"),
        )
        worth.keep_rule(story.viewer("lea"), rule, now=story.begin + 2 * DAY, is_demo=True)
