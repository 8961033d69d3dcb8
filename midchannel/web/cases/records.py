"""What the pages of cases are given: frozen records, in the reader's words."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.cases.queries.finding import Reason
from midchannel.web.cases.wording import Way
from midchannel.web.components import records


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A milestone on the line of progress: `reached_at`, or open, or out of reach."""

    title: str
    reached_at: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A case in the list. `reason` is why words found it."""

    id: int
    href: str
    title: str
    customer: str
    plan: str
    state: str
    state_words: str
    is_open: bool
    next: str
    others: str
    owner: records.Face | None
    workers: tuple[records.Face, ...]
    clock: records.Clock | None
    changed_at: datetime
    steps: tuple[Step, ...]
    progress: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands over a case."""

    id: int
    title: str
    state: str
    state_words: str
    state_style: str
    is_open: bool
    plan: str
    plan_number: int
    is_changed: bool
    owner: records.Face | None
    owner_words: str
    is_mine: bool
    customer: str
    customer_href: str
    parent: tuple[str, str] | None
    revision: int
    opened_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    steps: tuple[Step, ...]
    progress: str
    keeps_open: tuple[str, ...]
    can_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value of the case file to type. `kind`: number, choice, yes_no or text; `choices` (value, words)."""

    name: str
    label: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a block: what, the value, and where it leads. `text` is a stranger's."""

    label: str
    value: str
    href: str = ""
    text: str = ""
    at: datetime | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What an item needs at that moment, of one kind. `empty` says what is not known."""

    name: str
    title: str
    icon: str
    lines: tuple[Line, ...] = ()
    empty: str = ""
    href: str = ""
    href_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Does:
    """Something one may do with an item or the case. `brings` says beforehand what comes of it; `asks_why` wants a reason."""

    do: str
    label: str
    icon: str
    brings: tuple[tuple[str, str], ...] = ()
    asks_why: bool = False
    style: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a list."""

    instance: int
    title: str
    about: str
    kind: str
    is_task: bool
    stages: str
    role: str
    state: str
    is_over: bool
    mark: str
    required: bool
    assignee: records.Face | None
    is_mine: bool
    due: records.Clock | None
    due_at: datetime | None
    at: datetime | None
    said: str
    why: str
    ways: tuple[Way, ...]
    leaves: tuple[Way, ...]
    main: Does | None
    others: tuple[Does, ...]
    fields: tuple[Field, ...]
    blocks: tuple[Block, ...]
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Something that may be added, or why it may not."""

    key: str
    holder: int
    title: str
    about: str
    stage: str
    roles: str
    possible: bool
    objection: str
    brings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the five lists. `more` is how many are not shown."""

    name: str
    title: str
    icon: str
    items: tuple[Item, ...]
    count: int
    more: int
    empty: str
