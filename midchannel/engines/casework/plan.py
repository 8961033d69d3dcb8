"""What a plan says. Frozen; made by the readers, put together by hand in tests, and indexed once by `compiled.compile_plan`.

Words are the house's; what CMMN calls the same stands in brackets. An item is a plan item together with its definition: where a definition
is used by several plan items, their `definition` is the same name. Nothing that a file says is lost: documentation, and in `Extra` whatever
is not understood, stay where they were.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Kind(StrEnum):
    """What an item is. The values are the names of CMMN's elements."""

    CASE = "casePlanModel"
    STAGE = "stage"
    TASK = "task"
    HUMAN_TASK = "humanTask"
    PROCESS_TASK = "processTask"
    CASE_TASK = "caseTask"
    DECISION_TASK = "decisionTask"
    MILESTONE = "milestone"
    EVENT_LISTENER = "eventListener"
    USER_LISTENER = "userEventListener"
    TIMER = "timerEventListener"

    @property
    def family(self) -> str:
        """`case`, `stage`, `task`, `milestone` or `listener`: what decides the table of transitions."""
        return _FAMILIES.get(self, "task")

    @property
    def is_task(self) -> bool:
        """Whether somebody or something works on it."""
        return self.family == "task"


_FAMILIES = {
    Kind.CASE: "case",
    Kind.STAGE: "stage",
    Kind.MILESTONE: "milestone",
    Kind.EVENT_LISTENER: "listener",
    Kind.USER_LISTENER: "listener",
    Kind.TIMER: "listener",
}


class Source(StrEnum):
    """What an on-part waits for."""

    ITEM = "item"
    FILE = "file"
    VARIABLE = "variable"


@dataclass(frozen=True)
class Extra:
    """What a file says that the engine does not use: attributes by qualified name, and elements as XML."""

    attributes: tuple[tuple[str, str], ...] = ()
    elements: tuple[str, ...] = ()


NOTHING = Extra()


@dataclass(frozen=True)
class OnPart:
    """An event that is waited for: of an item (`source` is its id), a case file item, or a value of the case."""

    kind: Source
    source: str
    event: str
    exit_criterion: str | None = None
    """Only when the source left through the criterion of this id."""
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Criterion:
    """All on-parts have happened and the if-part, if any, is true now [criterion with its sentry]."""

    on: tuple[OnPart, ...] = ()
    condition: str | None = None
    id: str | None = None
    name: str | None = None
    sentry: str | None = None
    """The id of the sentry in XML; criteria that share one have the same."""
    about: str = ""
    trigger: str = ""
    """`onEvent`: the on-parts must happen in one step (Flowable); empty: each is remembered."""
    extra: Extra = NOTHING


@dataclass(frozen=True)
class Rule:
    """A rule that is there. Without a condition it is true."""

    condition: str | None = None
    id: str | None = None
    name: str | None = None
    about: str = ""
    extra: Extra = NOTHING


@dataclass(frozen=True)
class Control:
    """Required, manual activation and repetition; None: not said [itemControl, defaultControl]."""

    required: Rule | None = None
    manual: Rule | None = None
    repeat: Rule | None = None
    repeat_on: tuple[str, ...] = ()
    """For an item without entry criteria: the transitions on which it repeats; empty: complete and terminate."""
    counter: str | None = None
    """The name under which conditions see how often the item has been there."""
    neutral: Rule | None = None
    """Does not keep its stage open while it waits (Flowable's completionNeutralRule)."""
    parent_completion: str = ""
    """Flowable's parentCompletionRule: `ignore`, `ignoreIfAvailable` ...; empty: the standard."""
    extra: Extra = NOTHING

    def over(self, default: "Control") -> "Control":
        """These rules, and where one is not said the default's [itemControl wins, rule by rule]."""
        return replace(
            self,
            required=self.required or default.required,
            manual=self.manual or default.manual,
            repeat=self.repeat or default.repeat,
            repeat_on=self.repeat_on or default.repeat_on,
            counter=self.counter or default.counter,
            neutral=self.neutral or default.neutral,
            parent_completion=self.parent_completion or default.parent_completion,
        )


PLAIN = Control()


@dataclass(frozen=True)
class Timing:
    """A timer: the text of its time, and what it waits for before it begins to count."""

    expression: str
    start: OnPart | None = None
    id: str | None = None


@dataclass(frozen=True)
class Applicability:
    """When a discretionary item may be added."""

    id: str
    condition: str | None = None
    name: str | None = None
    about: str = ""
    context: str | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True)
class Discretionary:
    """An item that may be added [discretionaryItem]: by whom, and when."""

    item: "Item"
    rules: tuple[Applicability, ...] = ()
    roles: tuple[str, ...] = ()
    extra: Extra = NOTHING


@dataclass(frozen=True)
class Table:
    """What may be added to a stage, a case or a human task [planningTable]."""

    items: tuple["Discretionary | Table", ...] = ()
    roles: tuple[str, ...] = ()
    rules: tuple[Applicability, ...] = ()
    """Of a table in a table: when all of it may be used. Of the outermost: rules that its items name."""
    id: str | None = None
    name: str | None = None
    about: str = ""
    extra: Extra = NOTHING


@dataclass(frozen=True)
class Work:
    """What a kind of task needs besides: who does it, and what another program would be told."""

    performer: str | None = None
    """The role that does it."""
    blocking: bool = True
    blocking_expression: str | None = None
    reference: str | None = None
    """The process, case or decision that a task of that kind runs."""
    form: str | None = None
    show: tuple[str, ...] = ()
    """The data that is needed at that moment: names that the case page knows (`orders`, `promises` ...)."""


PLAIN_WORK = Work()


@dataclass(frozen=True)
class Item:
    """A plan item with its definition: a stage (with items of its own), task, milestone or listener."""

    id: str
    kind: Kind
    name: str | None = None
    about: str = ""
    definition: str | None = None
    definition_name: str | None = None
    entry: tuple[Criterion, ...] = ()
    exit: tuple[Criterion, ...] = ()
    control: Control = PLAIN
    default: Control = PLAIN
    work: Work = PLAIN_WORK
    timing: Timing | None = None
    auto_complete: bool = False
    items: tuple["Item", ...] = ()
    table: Table | None = None
    extra: Extra = NOTHING
    definition_extra: Extra = NOTHING

    @property
    def title(self) -> str:
        """What people read: the name, or the definition's, or the id."""
        return self.name or self.definition_name or self.id

    @property
    def rules(self) -> Control:
        """The rules in force: the item's before the definition's."""
        return self.control.over(self.default)


@dataclass(frozen=True)
class FileItem:
    """Something in the case file [caseFileItem]: a document, an order, a mention."""

    id: str
    name: str | None = None
    about: str = ""
    multiplicity: str = ""
    definition: str | None = None
    items: tuple["FileItem", ...] = ()
    extra: Extra = NOTHING


@dataclass(frozen=True)
class Role:
    """Who may do something in this case [role]."""

    id: str
    name: str | None = None


@dataclass(frozen=True)
class Plan:
    """A whole case plan. `root` is the case plan model: its items are the first level."""

    id: str
    root: Item
    name: str | None = None
    about: str = ""
    version: str = ""
    roles: tuple[Role, ...] = ()
    file: tuple[FileItem, ...] = ()
    extra: Extra = NOTHING
    document: Extra = NOTHING
    """What a CMMN file says outside its case: diagrams, definitions of case file items."""
    places: dict[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)
    """Where things stand in their text: line and column by id of an item, and by `item>source` for what it waits for."""

    @property
    def title(self) -> str:
        """What people read."""
        return self.name or self.root.name or self.id
