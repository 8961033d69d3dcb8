"""What the inbox's templates are given."""

from dataclasses import dataclass, field

from midchannel.web.components import records


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewTab:
    """One view of the inbox with how many it holds (`99+` at most; empty for none)."""

    label: str
    href: str
    icon: str
    count: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPane:
    """The list: its views and rows, or what it says without any. `more` loads the next rows; `much` is said when they are too many."""

    label: str
    views: tuple[ViewTab, ...]
    quick: tuple[ViewTab, ...]
    rows: tuple[records.Row, ...]
    rows_href: str
    more: str = ""
    much: str = ""
    empty: records.State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing in the thread: a bubble, or a line with words (a day, the border of what is unread)."""

    bubble: records.Bubble | None = None
    words: str = ""
    is_unread_mark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A window of the thread; `earlier` and `newer` load what is beyond it."""

    items: tuple[Item, ...]
    earlier: str = ""
    newer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """A line over the thread: who writes right now, an open question, why nothing can be done."""

    words: str
    icon: str
    style: str = ""
    text: str = ""
    href: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A moment to come back at."""

    value: str
    label: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """An action of the menu."""

    post: str
    label: str
    icon: str
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands over the thread, and the addresses of what one may do."""

    id: str
    title: str
    state: str
    state_words: str
    audience: str
    seen_by: str
    channel_name: str
    clock: records.Clock | None
    owner: records.Face | None
    owner_words: str
    owner_short: str
    can_claim: bool
    is_done: bool
    looking: tuple[records.Face, ...]
    looking_words: str
    banners: tuple[Banner, ...]
    snoozes: tuple[Choice, ...]
    more_actions: tuple[Doing, ...]
    claim_href: str
    resolve_href: str
    reopen_href: str
    snooze_href: str
    assign_href: str
    live_href: str
    presence_href: str
    tie_href: str
    says_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHandle:
    """A handle of the customer, with why it is linked."""

    address: str
    network: str
    icon: str
    why: str = ""
    is_blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One of the customer's other conversations."""

    href: str
    line: str
    state: str
    at: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The customer beside the thread."""

    name: str
    face: records.Face
    href: str = ""
    first_seen: str = ""
    is_provisional: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    handles: tuple[KnownHandle, ...] = ()
    past: tuple[Past, ...] = ()
    notes: tuple[records.Entry, ...] = field(default=())
    participants: tuple[str, ...] = ()
    asks_for: tuple[records.Action, ...] = ()
