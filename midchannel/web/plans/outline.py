"""A plan as one reads it: stages, tasks and milestones in the order of the text, each with short sentences instead of a diagram."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from midchannel.engines.casework import checking, plan
from midchannel.engines.casework.plan import Kind
from midchannel.web.plans import wording

ICONS = {
    Kind.STAGE: "layers",
    Kind.MILESTONE: "flag",
    Kind.TIMER: "alarm-clock",
    Kind.USER_LISTENER: "hand",
    Kind.EVENT_LISTENER: "radio",
    Kind.CASE_TASK: "briefcase",
    Kind.DECISION_TASK: "split",
    Kind.PROCESS_TASK: "settings",
}
DEEPEST_SHOWN = 6
MOST_SHOWN = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence about an item: what it is about (`begins`, `ends`, `needed` ...), its name, and the words."""

    aspect: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as it is read. `level` is how deep it is; `line` where it stands in the text (0: nowhere)."""

    key: str
    id: str
    kind: str
    kind_word: str
    icon: str
    title: str
    about: str
    who: str
    level: int
    is_option: bool
    is_required: bool
    lines: tuple[Line, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole plan. `left` items are not shown, because there are too many."""

    name: str
    title: str
    about: str
    version: str
    roles: tuple[str, ...]
    files: tuple[str, ...]
    lines: tuple[Line, ...]
    entries: tuple[Entry, ...]
    count: int
    left: int

    @property
    def stages(self) -> int:
        """How many stages there are."""
        return sum(each.kind == Kind.STAGE for each in self.entries)


def of(said: plan.Plan, *, most: int = MOST_SHOWN) -> Outline:
    """A plan as one reads it."""
    teller = Teller(said)
    entries = list(teller.entries(said.root, "", 0))
    return Outline(
        said.id, said.title, said.about.strip(), said.version, tuple(each.name or each.id for each in said.roles),
        tuple(each.name or each.id for each in checking.walk_files(said.file)), tuple(teller.case_lines()),
        tuple(entries[:most]), len(entries), max(len(entries) - most, 0),
    )  # fmt: skip


class Teller:
    """Makes sentences, knowing the titles of all items."""

    def __init__(self, said: plan.Plan) -> None:
        self.plan = said
        self.titles = wording.titles_of(said)
        self.files = {each.id: each.name or each.id for each in checking.walk_files(said.file)}
        self.roles = {each.id: each.name or each.id for each in said.roles}

    def entries(self, holder: plan.Item, above: str, level: int) -> Iterator[Entry]:
        """What an item holds, from the top: first what the plan has, then what may be added."""
        for each in holder.items:
            yield self.entry(each, above, level, None)
            yield from self.entries(each, f"{above}{each.id}/", level + 1)
        for option in checking.options(holder.table):
            yield self.entry(option.item, above, level, option)
            yield from self.entries(option.item, f"{above}{option.item.id}/", level + 1)

    def entry(self, item: plan.Item, above: str, level: int, option: plan.Discretionary | None) -> Entry:
        """One item."""
        rules = item.rules
        return Entry(
            key=f"{above}{item.id}",
            id=item.id,
            kind=item.kind.value,
            kind_word=wording.kind_word(item.kind),
            icon=ICONS.get(item.kind, "circle"),
            title=item.title,
            about=item.about.strip(),
            who=self.roles.get(item.work.performer or "", item.work.performer or ""),
            level=min(level, DEEPEST_SHOWN),
            is_option=option is not None,
            is_required=rules.required is not None and not rules.required.condition,
            lines=tuple(self.lines(item, option)),
            line=self.plan.places.get(item.id, (0, 0))[0],
        )

    def case_lines(self) -> Iterator[Line]:
        """What holds for the whole case."""
        root = self.plan.root
        if root.auto_complete:
            yield Line("complete", _("Completes"), _("by itself, as soon as nothing that is needed is left"))
        else:
            yield Line("complete", _("Completes"), _("when somebody says so, and nothing that is needed is left"))
        if root.exit:
            yield Line("ends", _("Ends early"), self.criteria(root.exit, _("when"), _("as soon as")))

    def lines(self, item: plan.Item, option: plan.Discretionary | None) -> Iterator[Line]:
        """The sentences about an item."""
        if option is not None:
            yield Line("added", _("May be added"), self.when(option))
        if item.kind is Kind.TIMER and item.timing:
            yield Line("begins", _("Goes off"), self.timer(item.timing))
        elif item.entry:
            yield Line("begins", _("Begins"), self.criteria(item.entry, _("when"), _("as soon as")))
        elif item.kind in {Kind.USER_LISTENER, Kind.EVENT_LISTENER}:
            yield Line("begins", _("Happens"), self.listened(item))
        if item.rules.manual:
            yield Line("offered", _("Offered"), self.ruled(item.rules.manual, _("for somebody to start or to leave")))
        if item.rules.required and item.rules.required.condition:
            yield Line("needed", _("Needed"), _("if %s") % wording.condition(item.rules.required.condition))
        if item.rules.repeat:
            yield Line("repeats", _("Comes again"), self.ruled(item.rules.repeat, _("each time")))
        if item.exit:
            yield Line("ends", _("Ends early"), self.criteria(item.exit, _("when"), _("as soon as")))
        if item.kind is Kind.STAGE and item.auto_complete:
            yield Line("complete", _("Completes"), _("by itself"))
        if item.work.show:
            yield Line("shows", _("Brings"), ", ".join(wording.spoken(each) for each in item.work.show))
        if item.work.reference:
            yield Line("runs", _("Runs"), item.work.reference)

    def listened(self, item: plan.Item) -> str:
        """Who says that a listener happens."""
        return _("when somebody says so") if item.kind is Kind.USER_LISTENER else _("when another system says so")

    def when(self, option: plan.Discretionary) -> str:
        """When something may be added, and by whom."""
        rules = [wording.condition(rule.condition) for rule in option.rules]
        said = _("if %s") % wording.together(rules) if rules else _("at any time")
        if option.roles:
            who = wording.alternatives([self.roles.get(each, each) for each in option.roles])
            return _("%(when)s, by %(who)s") % {"when": said, "who": who}
        return said

    def ruled(self, rule: plan.Rule, always: str) -> str:
        """A rule that always holds, or holds on a condition."""
        if not rule.condition:
            return always
        return _("%(always)s, if %(condition)s") % {"always": always, "condition": wording.condition(rule.condition)}

    def timer(self, timing: plan.Timing) -> str:
        """When a timer goes off."""
        length = wording.duration(timing.expression)
        if timing.start is None:
            return _("after %s") % length if timing.expression.strip().upper().startswith("P") else length
        after = wording.event(timing.start, self.titles, self.files)
        return _("%(length)s, counted from when %(event)s") % {"length": length, "event": after}

    def criteria(self, criteria: tuple[plan.Criterion, ...], when: str, alone: str) -> str:
        """Several ways, each of which suffices."""
        return _("; or ").join(self.criterion(each, when, alone) for each in criteria)

    def criterion(self, criterion: plan.Criterion, when: str, alone: str) -> str:
        """All of it together."""
        parts = [wording.event(part, self.titles, self.files) for part in criterion.on]
        asked = wording.condition(criterion.condition) if criterion.condition else ""
        if asked == wording.condition("true"):
            asked = "" if parts else _("its stage begins")
        if not parts:
            return f"{alone} {asked}"
        said = f"{when} {wording.together(parts)}"
        return _("%(events)s, if %(condition)s") % {"events": said, "condition": asked} if asked else said
