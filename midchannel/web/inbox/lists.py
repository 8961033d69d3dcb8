"""The list of conversations: its views, rows and states."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from midchannel.middle.conversations import queries as conversations
from midchannel.middle.conversations.queries import ConversationRow
from midchannel.middle.signals import queries as signals
from midchannel.middle.signals.queries import Signal
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.components import records
from midchannel.web.inbox.records import ListPane, ViewTab
from midchannel.web.understanding import said

FIRST_VIEW = "waiting_longest"
PAGE = 40
MOST = 200
COUNTED = 100
VIEWS: dict[str, tuple[str | Promise, str]] = {
    "waiting_longest": (gettext_lazy("Waiting longest"), "hourglass"),
    "pressing": (gettext_lazy("Presses most"), "flame"),
    "mine": (gettext_lazy("Mine"), "user-check"),
    "unassigned": (gettext_lazy("Unassigned"), "inbox"),
    "open": (gettext_lazy("All open"), "messages-square"),
    "waiting": (gettext_lazy("Waiting for the customer"), "clock"),
    "snoozed": (gettext_lazy("Snoozed"), "alarm-clock"),
    "resolved": (gettext_lazy("Resolved"), "circle-check"),
    "spam": (gettext_lazy("Spam"), "ban"),
}
QUICK = ("waiting_longest", "mine", "unassigned")
QUICK_LABELS: dict[str, str | Promise] = {"waiting_longest": gettext_lazy("Longest")}


def view_of(slug: str | None) -> str:
    """The view with this name in addresses, or the first one."""
    name = (slug or "").replace("-", "_")
    return name if name in VIEWS else FIRST_VIEW


def slug_of(view: str) -> str:
    """A view's name in addresses."""
    return view.replace("_", "-")


def href_of(conversation_id: int | str, view: str) -> str:
    """A conversation's address, which keeps the list it was opened from."""
    return f"{reverse('inbox-conversation', args=[conversation_id])}?{urlencode({'view': slug_of(view)})}"


def list_pane(
    viewer: Viewer, view: str, *, cursor: str | None = None, shown: int = PAGE, current: int | None = None
) -> ListPane:
    """One page of a view. `shown` as many rows as the page has already, when it is refreshed in place."""
    page = conversations.list_conversations(viewer, view=view, cursor=cursor, limit=max(PAGE, min(shown, MOST)))
    counts = conversations.count_views(viewer)
    says = signals.of(viewer, [row.last_in_id for row in page.items if row.last_in_id])
    rows_href = reverse("inbox-rows", args=[slug_of(view)])
    return ListPane(
        label=str(VIEWS[view][0]),
        views=_tabs(tuple(VIEWS), counts, view),
        quick=_tabs(QUICK, counts, view, QUICK_LABELS),
        rows=tuple(
            row_of(row, viewer, view, current=current, says=says.get(row.last_in_id or 0)) for row in page.items
        ),
        rows_href=rows_href,
        more=f"{rows_href}?{urlencode({'cursor': page.next_cursor})}" if page.next_cursor else "",
        much=_too_much() if shown >= MOST and page.next_cursor else "",
        empty=None if page.items or cursor else _empty(view),
    )


def _tabs(
    names: tuple[str, ...], counts: dict[str, int], view: str, labels: dict[str, str | Promise] | None = None
) -> tuple[ViewTab, ...]:
    return tuple(
        ViewTab(
            label=str((labels or {}).get(name, VIEWS[name][0])),
            href=reverse("inbox-view", args=[slug_of(name)]),
            icon=VIEWS[name][1],
            count=_counted(counts.get(name, 0)),
            is_current=name == view,
        )
        for name in names
    )


def _counted(count: int) -> str:
    if not count:
        return ""
    return f"{COUNTED - 1}+" if count >= COUNTED else str(count)


def row_of(
    row: ConversationRow, viewer: Viewer, view: str, *, current: int | None = None, says: Signal | None = None
) -> records.Row:
    """A conversation as a row of the list."""
    others = tuple(looker for looker in row.lookers if looker.user_id != viewer.user_id)
    sign = said.mark_of(says)
    return records.Row(
        id=str(row.id),
        href=href_of(row.id, view),
        face=records.Face(name=name_of(row), key=str(row.customer_id or row.handle_id), network=row.network),
        name=name_of(row),
        line=row.snippet or row.subject,
        at=row.last_at,
        unread=1 if row.is_unread else 0,
        clock=clock_of(row),
        looking=tuple(records.Face(name=looker.name, key=str(looker.user_id)) for looker in others),
        owner=records.Face(name=row.owner_name, key=str(row.owner_id)) if row.owner_id else None,
        is_current=row.id == current,
        is_ours=row.last_direction == "out",
        target="#conversation",
        mood=said.mood_of(says),
        sign=sign.words if sign else "",
        sign_title=_("On top because: %(why)s") % {"why": sign.title}
        if sign and view == "pressing"
        else sign.title
        if sign
        else "",
        sign_style=sign.style if sign else "",
    )


def name_of(row: ConversationRow) -> str:
    """What the person is called here."""
    return row.customer_name or row.handle_name or row.handle_address


def clock_of(row: ConversationRow) -> records.Clock | None:
    """The clock that runs on a conversation: the first answer's, then the resolution's; none when nothing is owed."""
    if row.state not in {"open", "waiting", "snoozed"}:
        return None
    if row.first_answer_due_at and not row.first_answered_at:
        return records.Clock(name=_("First answer"), due_at=row.first_answer_due_at)
    if row.resolution_due_at and row.state == "open":
        return records.Clock(name=_("Resolution"), due_at=row.resolution_due_at)
    return None


def _too_much() -> str:
    words = _("The first %(count)d are kept up to date here. Work from the top, or choose a narrower view.")
    return words % {"count": MOST}


def _empty(view: str) -> records.State:
    words = {
        "waiting_longest": (
            _("Nobody is waiting"),
            _("Everything that came in has been answered. New words appear here by themselves."),
        ),
        "pressing": (
            _("Nobody is waiting"),
            _("What is urgent, a complaint, or from somebody who may leave stands here first, and says why."),
        ),
        "mine": (
            _("You have no open conversation"),
            _("Take one from the queue: the one that has waited longest comes first."),
        ),
        "unassigned": (_("Everything has an owner"), _("What arrives next waits here until somebody claims it.")),
        "open": (_("Nothing is open"), _("What customers say on your team's channels appears here.")),
        "waiting": (
            _("You are waiting for nobody"),
            _("A conversation comes here when you have answered and it is the customer's turn."),
        ),
        "snoozed": (
            _("Nothing is snoozed"),
            _("Put a conversation aside until a day or an hour; it comes back by itself."),
        ),
        "resolved": (_("Nothing is resolved yet"), _("A resolved conversation opens again when the customer writes.")),
        "spam": (_("No spam"), _("What you mark as spam, and what blocked people write, is kept here.")),
    }
    title, text = words[view]
    actions: tuple[records.Action, ...] = ()
    if view == "mine":
        href = reverse("inbox-view", args=[slug_of("waiting_longest")])
        actions = (records.Action(label=_("Waiting longest"), href=href, icon="hourglass"),)
    return records.State(kind="first", title=title, words=text, icon=VIEWS[view][1], actions=actions)
