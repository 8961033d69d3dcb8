"""What stands over the thread: who has it, where it stands, and what one may do."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from midchannel.inside.teamwork.queries import PostItem
from midchannel.middle.conversations.queries import ComposerState, ConversationDetail
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.components import records
from midchannel.web.inbox import lists, threads
from midchannel.web.inbox.records import Banner, Choice, Doing, Head

EVENING, MORNING = time(18), time(9)
MONDAY = 0


def head_of(
    viewer: Viewer, detail: ConversationDetail, composing: ComposerState, posts: Sequence[PostItem], *, now: datetime
) -> Head:
    """The head of a conversation."""
    row = detail.row
    others = [looker for looker in row.lookers if looker.user_id != viewer.user_id]
    is_mine = row.owner_id == viewer.user_id
    return Head(
        id=str(detail.id),
        title=row.subject or lists.name_of(row),
        state=row.state,
        state_words=_state_words(detail),
        audience=row.audience,
        seen_by=composing.seen_by,
        channel_name=row.channel_name,
        clock=lists.clock_of(row),
        owner=records.Face(name=row.owner_name, key=str(row.owner_id)) if row.owner_id else None,
        owner_words=_("You own this") if is_mine else _("%(name)s owns this") % {"name": row.owner_name},
        owner_short=_("You") if is_mine else row.owner_name.split(" ")[0],
        can_claim=row.owner_id is None and row.state != "spam",
        is_done=row.state in {"resolved", "spam"},
        looking=tuple(records.Face(name=looker.name, key=str(looker.user_id)) for looker in others),
        looking_words=_("Also here: %(names)s") % {"names": ", ".join(looker.name for looker in others)},
        banners=tuple(_banners(viewer, detail, posts)),
        snoozes=snooze_choices(now),
        more_actions=tuple(_more(detail)),
        claim_href=_address("claim", detail),
        resolve_href=_address("resolve", detail),
        reopen_href=_address("not-spam" if row.state == "spam" else "reopen", detail),
        snooze_href=_address("snooze", detail),
        assign_href=_address("assign", detail),
        live_href=_address("live", detail),
        presence_href=_address("presence", detail),
        tie_href=reverse("improvement-tying", args=[detail.id]),
        says_href=reverse("inbox-says", args=[detail.id, row.last_in_id]) if row.last_in_id else "",
    )


def _address(name: str, detail: ConversationDetail) -> str:
    return reverse(f"inbox-{name}", args=[detail.id])


def _state_words(detail: ConversationDetail) -> str:
    words = {
        "open": _("Open"),
        "waiting": _("Waiting for the customer"),
        "snoozed": _("Snoozed"),
        "resolved": _("Resolved"),
        "spam": _("Spam"),
    }
    return words.get(detail.row.state, detail.row.state)


def _banners(viewer: Viewer, detail: ConversationDetail, posts: Sequence[PostItem]) -> list[Banner]:
    row = detail.row
    banners = []
    writing = [looker.name for looker in row.lookers if looker.mode == "typing" and looker.user_id != viewer.user_id]
    if writing:
        words = _("%(names)s is writing here right now.") % {"names": ", ".join(writing)}
        banners.append(Banner(words=words, icon="pencil"))
    if detail.joined_into_id:
        href = reverse("inbox-conversation", args=[detail.joined_into_id])
        words = _("This turned out to belong to another conversation; its messages are there.")
        banners.append(Banner(words=words, icon="git-merge", href=href, label=_("Open it")))
    if row.state == "snoozed" and row.snoozed_until:
        words = _("Comes back %(when)s.") % {"when": when(row.snoozed_until)}
        banners.append(Banner(words=words, icon="alarm-clock"))
    if row.is_blocked:
        words = _("%(name)s is blocked: what they write goes to spam.") % {"name": lists.name_of(row)}
        banners.append(Banner(words=words, icon="ban", style="loss"))
    if detail.is_guest:
        words = _("You see this because a colleague asked you. Your answer goes to them, not to the customer.")
        banners.append(Banner(words=words, icon="hand-helping", style="internal"))
    return banners + _questions(viewer, posts)


def _questions(viewer: Viewer, posts: Sequence[PostItem]) -> list[Banner]:
    banners = []
    for post in posts:
        asked = [question for question in post.questions if question.state == "open"]
        if not asked:
            continue
        names = ", ".join(question.asked_name for question in asked)
        if any(question.asked_id == viewer.user_id for question in asked):
            words = _("%(name)s asks you:") % {"name": post.author_name}
        elif post.author_id == viewer.user_id:
            words = _("You wait for an answer of %(names)s:") % {"names": names}
        else:
            words = _("%(name)s waits for an answer of %(names)s:") % {"name": post.author_name, "names": names}
        href = f"#message-{threads.key_of_post(post.id)}"
        banners.append(
            Banner(words=words, text=post.text, icon="circle-help", style="internal", href=href, label=_("Go to it"))
        )
    return banners


def _more(detail: ConversationDetail) -> list[Doing]:
    row = detail.row
    doings = []
    if row.owner_id:
        doings.append(Doing(post=_address("release", detail), label=_("Give back to the queue"), icon="corner-up-left"))
    doings.append(Doing(post=_address("unread", detail), label=_("Mark as unread"), icon="mail"))
    if row.state in {"waiting", "snoozed"}:
        doings.append(Doing(post=_address("reopen", detail), label=_("Open again now"), icon="rotate-ccw"))
    if row.state == "spam":
        doings.append(Doing(post=_address("not-spam", detail), label=_("Not spam"), icon="undo-2"))
    else:
        doings.append(Doing(post=_address("spam", detail), label=_("Mark as spam"), icon="shield-alert"))
    if row.is_blocked:
        doings.append(Doing(post=_address("unblock", detail), label=_("Unblock this person"), icon="lock-open"))
    else:
        style = "menu-item-danger"
        doings.append(Doing(post=_address("block", detail), label=_("Block this person"), icon="ban", style=style))
    return doings


def when(moment: datetime) -> str:
    """A moment to come, in the reader's zone."""
    local = timezone.localtime(moment)
    return formats.date_format(local, "D j M, H:i")


def snooze_choices(now: datetime) -> tuple[Choice, ...]:
    """When a conversation may come back: soon, this evening, tomorrow, on Monday, in the reader's zone."""
    local = timezone.localtime(now)
    evening = local.replace(hour=EVENING.hour, minute=0, second=0, microsecond=0)
    tomorrow = (local + timedelta(days=1)).replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    monday = tomorrow + timedelta(days=(MONDAY - tomorrow.weekday()) % 7)
    choices = [(_("In an hour"), local + timedelta(hours=1)), (_("In three hours"), local + timedelta(hours=3))]
    if evening - local > timedelta(hours=1):
        choices.append((_("This evening"), evening))
    choices.append((_("Tomorrow"), tomorrow))
    if monday != tomorrow:
        choices.append((_("On Monday"), monday))
    choices.append((_("In a week"), tomorrow + timedelta(days=6)))
    return tuple(
        Choice(value=moment.isoformat(timespec="minutes"), label=label, shown=when(moment)) for label, moment in choices
    )
