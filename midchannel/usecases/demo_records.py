"""What the demo bank's own system knows of some people, who works where, and who may be whom: so that there is something to review."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from midchannel.middle.customers import actions as customers
from midchannel.middle.customers.queries import reviewing
from midchannel.outside.channels.vocabulary import Actor, Document, Identifier, Object, Provenance, Tie
from midchannel.usecases.demo_company import book

if TYPE_CHECKING:
    from datetime import datetime

    from midchannel.usecases.demo_history import Story

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def plan(story: "Story") -> None:
    """The system hands in what it knows: first companies, then people, then those who were noted twice."""
    for number, entry in enumerate(book()["record"]):
        at = story.begin + (1 + entry.get("day", 0)) * DAY + number * HOUR / 6
        story.contacts.append((at, partial(_know, story, entry)))


def settle(story: "Story") -> None:
    """Colleagues have answered some of the questions, one each way; the rest waits for whoever looks around."""
    lead = story.viewer("lea")
    waiting = {pair.right.address: pair for pair in reviewing.list_pairs(lead, limit=100)}
    for answer in book()["review"]:
        pair = waiting.get(answer["address"])
        if pair is not None:
            at = story.now - answer["days"] * DAY
            customers.answer_pair(
                story.viewer(answer["who"]), pair.id, label=answer["label"], reason=answer["reason"], now=at
            )


def _know(story: "Story", entry: Mapping[str, Any], at: "datetime") -> None:
    """An `Update` of a profile, as a business system tells it."""
    kind = "Organization" if entry.get("is_organisation") else "Person"
    address = entry["address"]
    actor = Actor(
        id=address,
        type=kind,
        name=entry["name"],
        identifiers=[Identifier("email", value, verified=True) for value in entry.get("confirmed", ())],
        attributes=dict(entry["attributes"]),
        provenance=Provenance(kind="business"),
        ties=[Tie(id=tie["id"], name=tie["name"], role=tie["role"]) for tie in entry.get("ties", ())] or None,
    )
    said = Object(id=f"record:{address}", type=kind, name=entry["name"], updated=at)
    story.push(
        story.company.channels["collector"],
        Document(id=f"record:{address}", type="Update", actor=actor, object=said, updated=at),
    )
