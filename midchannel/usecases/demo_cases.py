"""Cases of the demo, of all six plans: open, waiting, ended, over the past weeks, done through the same actions as in real life."""

import contextlib
import tomllib
from datetime import datetime, timedelta
from functools import partial
from importlib import resources
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

from midchannel.engines.casework import commands, yaml_editing
from midchannel.engines.casework.commands import AnyCommand
from midchannel.engines.casework.state import FREE
from midchannel.engines.casework.states import FileTransition, Transition
from midchannel.inside.partners import actions as partners
from midchannel.inside.partners.queries import guests
from midchannel.inside.swarms import actions as swarms
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries
from midchannel.middle.cases.queries import versions
from midchannel.middle.conversations import queries as conversations
from midchannel.platform.errors import ConflictError, NotFoundError
from midchannel.usecases import case_plans, move_cases, open_case, partner_room

if TYPE_CHECKING:
    from collections.abc import Callable

    from midchannel.platform.accounts.queries import Viewer
    from midchannel.usecases.demo_history import Story

SEED = 1901
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
VERBS = {
    "done": Transition.COMPLETE,
    "start": Transition.MANUAL_START,
    "happens": Transition.OCCUR,
    "skip": Transition.TERMINATE,
}
FILE = {"created": FileTransition.CREATE, "updated": FileTransition.UPDATE}
NEWER = {
    "late_delivery": ("Offer to hand the card out at a branch", "Branches hand out cards since this week"),
    "complaint": ("Send a handwritten card", "Asked for by the team"),
}
SWARM_REASON = "Nobody of us alone knows where it is"
NEWER_AGO = timedelta(hours=20)


def tell(story: "Story") -> None:
    """All cases, in the order of time; two plans are changed on the way, and who follows the older version goes on with it."""
    case_plans.seed(story.viewer("lea"), now=story.begin)
    chance = Random(SEED)  # noqa: S311 - a story, not a secret
    book = tomllib.loads((resources.files(__package__) / "demo_cases.toml").read_text(encoding="utf-8"))
    plot = _Plot(story, chance)
    plot.partners = book["partner"]
    for way in book["way"]:
        for number, days in enumerate(way["days"]):
            plot.plan(way, number, story.now - days * DAY)
    plot.deeds.append((story.now - NEWER_AGO, partial(_write_newer, story)))
    plot.run()


def _write_newer(story: "Story", at: datetime) -> None:
    lead = story.viewer("lea")
    for name, (title, reason) in NEWER.items():
        text = versions.get_version(lead, name)[1]
        cases.save_plan(lead, yaml_editing.add_option(text, title, role="agent"), reason=reason, now=at)


class _Plot:
    """What is done in which case, and when."""

    def __init__(self, story: "Story", chance: Random) -> None:
        self.story, self.chance = story, chance
        self.partners: dict[str, Any] = {}
        self.used: set[int] = set()
        self.opened: dict[str, int] = {}
        self.deeds: list[tuple[datetime, Callable[[datetime], None]]] = []

    def plan(self, way: dict[str, Any], number: int, begin: datetime) -> None:
        """One case of a way: it begins then, and its steps follow."""
        user = way["people"][number % len(way["people"])]
        key = f"{way['plan']} {way['titles'][number]}"
        at, deed, known = begin, partial(self.open, way, number, user, key), dict[str, Any]()
        for step in way["steps"]:
            verb, _, rest = step.partition(" ")
            if verb == "set":
                name, _, value = rest.partition(" ")
                known[name] = _value(value)
                continue
            self.deeds.append((at, partial(deed, known)))
            at += way["gap"] * HOUR * (0.4 + 1.2 * self.chance.random())
            deed, known = partial(self.do, key, user, verb, rest), {}
        self.deeds.append((at, partial(deed, known)))

    def run(self) -> None:
        """Everything that has happened by now, with the timers that went off in between."""
        day = self.story.begin
        for at, deed in sorted(self.deeds, key=lambda each: each[0]):
            if at >= self.story.now:
                break
            if at - day > 12 * HOUR:
                day = at
                cases.pass_time(now=at)
            with contextlib.suppress(ConflictError):
                deed(at)
        cases.pass_time(now=self.story.now)

    def open(  # noqa: PLR0917
        self, way: dict[str, Any], number: int, user: str, key: str, known: dict[str, Any], at: datetime
    ) -> None:
        viewer = self.story.viewer(user)
        conversation_id = self.conversation(viewer, way["topics"], at)
        plan, title = way["plan"], way["titles"][number]
        if conversation_id is None:
            self.opened[key] = cases.open_case(
                viewer, plan=plan, title=title, scope_id=viewer.scope_ids[0], values=known, now=at
            )
        else:
            self.opened[key] = open_case.from_conversation(
                viewer, conversation_id, plan=plan, title=title, values=known, now=at
            )

    def conversation(self, viewer: "Viewer", topics: list[str], at: datetime) -> int | None:
        """What a customer of these topics said last before that, and is not in a case yet."""
        for case in sorted(self.story.cases, key=lambda each: (each.topic not in topics, at - each.at)):
            if case.at >= at or case.who not in {"mia", "tom", "lea", "kofi", "rosa"}:
                continue
            conversation_id = self.story.conversation_of(case)
            if conversation_id is None or conversation_id in self.used or not _sees(viewer, conversation_id):
                continue
            self.used.add(conversation_id)
            return conversation_id
        return None

    def do(  # noqa: PLR0917
        self, key: str, user: str, verb: str, rest: str, known: dict[str, Any], at: datetime
    ) -> None:
        case_id = self.opened.get(key)
        if case_id is not None:
            viewer = self.story.viewer(user)
            if verb == "swarm":
                self.gather(viewer, case_id, rest.split(), at)
                return
            if verb == "partner":
                self.let_in(viewer, case_id, self.partners[rest], at)
                return
            command = self.own_done(viewer, case_id) if (verb, rest) == ("done", FREE) else command_of(verb, rest)
            if command is not None:
                cases.do(viewer, case_id, msgspec.structs.replace(command, values=known), now=at)

    def gather(self, viewer: "Viewer", case_id: int, users: list[str], at: datetime) -> None:
        """Colleagues of other teams come to the case."""
        swarms.start(viewer, case_id, [self.story.viewer(user).user_id for user in users], reason=SWARM_REASON, now=at)

    def let_in(self, viewer: "Viewer", case_id: int, who: dict[str, Any], at: datetime) -> None:
        """A partner is invited into a room, comes in, and what has been said there by now is said."""
        made = partners.invite(
            viewer,
            case_id,
            email=who["email"],
            name=who["name"],
            organisation=who["organisation"],
            subject=who["subject"],
            now=at,
        )
        joined = partners.accept(made.token, name=who["name"], organisation=who["organisation"], now=at + 5 * MINUTE)
        guest = guests.get_guest(joined.partner_id, joined.epoch, joined.room_id)
        for number, (minutes, side, text) in enumerate(who["says"]):
            then = at + minutes * MINUTE
            if then >= self.story.now:
                return
            if side == "us":
                partner_room.say(viewer, case_id, joined.room_id, text=text, client_key=str(number), now=then)
            else:
                partner_room.answer(guest, text=text, client_key=str(number), now=then)
                partners.note_seen(guest.id, now=then)
                while move_cases.work(now=then):
                    pass

    def own_done(self, viewer: "Viewer", case_id: int) -> AnyCommand | None:
        """The task of one's own that is open is done."""
        rows = queries.get_case(viewer, case_id).lists.do_now
        instance = next((each.instance for each in rows if each.item == FREE), None)
        return None if instance is None else commands.Move(instance=instance, transition=Transition.COMPLETE)


def _sees(viewer: "Viewer", conversation_id: int) -> bool:
    try:
        conversations.get_conversation(viewer, conversation_id)
    except NotFoundError:
        return False
    return True


def command_of(verb: str, rest: str) -> AnyCommand:
    """A step of `demo_cases.toml` as a command of the engine."""
    first, _, last = rest.partition(" ")
    match verb:
        case "add":
            return commands.AddPlanned(item=rest)
        case "own":
            return commands.AddTask(title=rest)
        case "file":
            return commands.FileEvent(item=first, event=FILE[last])
        case _:
            return commands.Move(item=rest, transition=VERBS[verb])


def _value(text: str) -> bool | float | str:
    if text in {"yes", "no"}:
        return text == "yes"
    return float(text) if text.replace(".", "", 1).isdigit() else text.strip("'")
