"""What personas say: customers' real questions between openers and closers of our own."""

import tomllib
from functools import cache
from importlib import resources
from random import Random
from typing import Any

import zstandard

from midchannel.outside.networks.simulator.models import Persona

COMPANY = "@lantern"
LONGEST_REPEAT = 200


@cache
def questions() -> dict[str, list[str]]:
    """Every question by its topic."""
    packed = (resources.files(__package__) / "texts" / "banking77.tsv.zst").read_bytes()
    by_topic: dict[str, list[str]] = {}
    for line in zstandard.decompress(packed).decode().splitlines():
        topic, _, text = line.partition("\t")
        by_topic.setdefault(topic, []).append(text)
    return by_topic


@cache
def lines() -> dict[str, Any]:
    """The lines of our own."""
    return tomllib.loads((resources.files(__package__) / "texts" / "lines.toml").read_text(encoding="utf-8"))


def ask(persona: Persona, chance: Random, *, topic: str = "") -> tuple[str, str]:
    """A request in the persona's language and temper: (text, topic). A given topic is asked in other words."""
    if persona.language != "en":
        said = chance.choice(lines()[persona.language]["complaints"])
        return said, topic
    topic = topic if topic in questions() else chance.choice(sorted(questions()))
    question = chance.choice(questions()[topic])
    question = question[0].upper() + question[1:]
    if persona.temper == "angry" and chance.random() < 0.4:
        question = question.rstrip(".?! ") + ("?!" if question.endswith("?") else "!!")
    opener = chance.choice(lines()["openers"][persona.temper])
    closer = chance.choice(lines()["closers"][persona.temper])
    return " ".join(part for part in (opener, question, closer) if part), topic


def react(persona: Persona, chance: Random, how: str) -> str:
    """A reaction: "thank", "ask", "complain", "nudge", in the persona's language."""
    own = lines().get(persona.language, {})
    return str(chance.choice(own.get(how) or lines()["reactions"][how]))


def overhear(chance: Random) -> str:
    """Something said about the company, not to it."""
    return str(chance.choice(lines()["mentions"]["texts"]))


def ask_again(persona: Persona, chance: Random, *, topic: str, before: str) -> str:
    """The same request, days later."""
    if persona.language != "en" or topic not in questions():
        return before
    return f"{chance.choice(lines()['reactions']['repeat'])} {ask(persona, chance, topic=topic)[0]}"


def move_to_private(chance: Random, text: str) -> str:
    """The words with which somebody goes on in private."""
    plain = text.removeprefix(COMPANY).strip()[:LONGEST_REPEAT]
    return str(chance.choice(lines()["reactions"]["private"])).replace("{text}", plain)
