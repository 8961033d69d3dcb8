"""What the components are given: frozen records, so that a page cannot hand a lazy model to a template.

Words in them are already in the reader's language; texts from strangers are raw (the templates sanitise them).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# What a browser shows as a picture and cannot run.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Somebody's initials in a circle. `key` is anything stable about them (an id, an address): it chooses the colour."""

    name: str
    key: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock that runs: when it is due, and what it is called (`First answer`). `met` when it was stopped in time."""

    name: str
    due_at: datetime
    met: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a list, two lines, 56 px. With `target` it is loaded into that element by htmx, else it is a plain link."""

    id: str
    href: str
    face: Face
    name: str
    line: str
    at: datetime
    unread: int = 0
    clock: Clock | None = None
    mood: str = ""
    looking: tuple[Face, ...] = ()
    owner: Face | None = None
    is_current: bool = False
    has_draft: bool = False
    is_ours: bool = False
    state: str = ""
    target: str = ""
    sign: str = ""
    sign_title: str = ""
    sign_style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file on a message. Without `href` it is named but not offered (`reason` says why)."""

    name: str
    size: int
    href: str = ""
    reason: str = ""
    is_image: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far a reply has come. `state` is one of words.md: queued, sent, confirmed, failed, unknown (and `sending`, `cancelled`)."""

    state: str
    reason: str = ""
    at: datetime | None = None
    retry: str = ""
    take_back: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message of a thread, or one internal post.

    `audience` is public, private, partner or internal; `seen_by` says it in words (`Everybody on the fediverse`).
    `side` is theirs or ours. Exactly one of `text` (plain) and `html` is rendered, sanitised.
    """

    id: str
    author: Face
    audience: str
    at: datetime
    side: str = "theirs"
    text: str = ""
    html: str = ""
    subject: str = ""
    seen_by: str = ""
    network: str = ""
    delivery: Delivery | None = None
    edited_at: datetime | None = None
    versions: str = ""
    deleted_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    is_new: bool = False
    is_question: bool = False
    is_answered: bool = False
    actions: tuple["Action", ...] = ()
    signs: tuple["BubbleSign", ...] = ()
    says_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BubbleSign:
    """What a message is said to say, as a mark: a word, what it rests on, how it looks ("", loss, accent)."""

    words: str
    title: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something one can do: a link (`href`) or a post (`post`), with its key on the keyboard if it has one."""

    label: str
    href: str = ""
    post: str = ""
    icon: str = ""
    key: str = ""
    target: str = ""
    swap: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A reply that was not sent: what is new, and why. `needs_yes` when sending the same again has to be said outright."""

    messages: tuple[Bubble, ...]
    reason: str = ""
    needs_yes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Where one writes. Says where the reply will be published and who will see it before anything is typed.

    `blocked` (a reason in words) replaces the reply side when the channel cannot send; a note can always be written.
    `audiences` (value, where, seen by) when there is a choice.
    `client_id` makes a repeat harmless, `last_seen` is the id of the last message shown. `draft` is posted to while typing.
    """

    reply_to: str
    note_to: str
    audience: str
    where: str
    seen_by: str
    client_id: str
    note_id: str
    last_seen: str
    network: str = ""
    text: str = ""
    note: str = ""
    mode: str = "reply"
    blocked: str = ""
    held: Held | None = None
    error: str = ""
    limit: int = 0
    draft: str = ""
    undo_seconds: int = 5
    target: str = "#thread"
    canned: str = ""
    people: str = ""
    can_resolve: bool = True
    can_attach: bool = False
    audiences: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a list or a page says when it has nothing ordinary to show.

    `kind`: first (what this is for, one action), nothing (what was searched, how to widen), failed (what happened, what was
    kept, what to do), much (first part and how to narrow), denied (whom to ask). `is_page`: the title is the page's `h1`.
    """

    kind: str
    title: str
    words: str = ""
    icon: str = ""
    actions: tuple[Action, ...] = ()
    is_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One tab: a link, and how many are behind it."""

    label: str
    href: str
    is_current: bool = False
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One number with its name. `value` is formatted already; `href` opens the rows behind it; `definition` says what it is."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    href: str = ""
    definition: str = ""
    is_loss: bool = False
    spark: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice: who did what, where, and the words themselves."""

    id: str
    href: str
    face: Face
    words: str
    at: datetime
    excerpt: str = ""
    is_unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a timeline. `kind` is theirs, ours, internal, event or loss; `text` comes from a stranger."""

    at: datetime
    words: str
    kind: str = "event"
    icon: str = ""
    network: str = ""
    text: str = ""
    href: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`part` of `whole` that people judged, as a share from 0 to 1 with its interval."""

    part: int
    whole: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sure:
    """Of what was said with a probability of about `said`, so much was so."""

    said: float
    right: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One value of a chart; `href` opens the rows behind it; `low` and `high` are its interval."""

    label: str
    value: float | None
    href: str = ""
    low: float | None = None
    high: float | None = None
    tone: str = "0"
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line of a chart, labelled at its end. `is_reference`: what the others are held against, dashed and without points."""

    label: str
    marks: tuple[Mark, ...] = field(default=())
    tone: str = "0"
    is_reference: bool = False
