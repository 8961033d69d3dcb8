"""What somebody finds in the demo who looks around on the first day: work of every state, one change that is wanted, one that is done."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations.models import Conversation, State
from midchannel.outside.channels import actions as channels
from midchannel.platform.accounts.queries import Viewer
from midchannel.usecases import ask, deliver, improve, reply
from midchannel.usecases.demo_company import book

if TYPE_CHECKING:
    from midchannel.usecases.demo_history import Case, Story

LAST_TROUBLES = ("none", "none", "none", "refuse_for_good", "lose_both")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def plan(story: "Story") -> None:
    """One message that nobody needs."""

    def send(at: datetime) -> None:
        text = book()["story"]["spam"]
        external_id = story.box.say(story.simulator, story.people[-1].handle, text, is_public=False, now=at)
        story.junk = external_id

    story.contacts.append((story.now - 7 * HOUR, send))


def leave(story: "Story") -> None:
    """Leave it, behind the story itself."""
    _leave_lying(story)
    _improve(story)


def _open_cases(story: "Story", channel_id: int) -> list[tuple["Case", int]]:
    """What is open now, the newest first."""
    found = []
    for case in sorted(story.cases, key=lambda case: case.at, reverse=True):
        conversation_id = story.conversation_of(case) if case.channel_id == channel_id else None
        if conversation_id is not None:
            found.append((case, conversation_id))
    ids = [conversation_id for _case, conversation_id in found]
    live = set(Conversation.objects.filter(pk__in=ids, state=State.OPEN).values_list("pk", flat=True))
    return [(case, conversation_id) for case, conversation_id in found if conversation_id in live]


def _leave_lying(story: "Story") -> None:
    """What somebody finds who looks around on the first day: snoozed, asked, spam, parked, not sent, unknown."""
    now = story.now
    mia, tom, kofi, lea = (story.viewer(user) for user in ("mia", "tom", "kofi", "lea"))
    found = _open_cases(story, story.simulator)
    ids = list(dict.fromkeys(conversation_id for _case, conversation_id in found))
    lines = book()["story"]
    for conversation_id, question in zip(ids[1:], lines["questions"], strict=False):
        asked = ask.ask(mia, "conversation", conversation_id, text=question, now=now - HOUR)
        if asked.question_ids and question == lines["questions"][0]:
            ask.answer(kofi, asked.question_ids[0], text=lines["answers"][0], now=now - HOUR / 2)
    for conversation_id in ids[:1]:
        conversations.claim(mia, conversation_id, now=now)
    for hours, conversation_id in zip((3, 20), ids[6:8], strict=False):
        conversations.snooze(tom, conversation_id, until=now + hours * HOUR, now=now - MINUTE)
    junk = story.conversation_at(story.simulator, story.junk)
    if junk is not None:
        conversations.mark_spam(lea, junk, now=now - MINUTE)
    for (key, text), conversation_id in zip(enumerate(lines["last_replies"]), ids[1:6], strict=False):
        story.box.set_pace(story.simulator, trouble=LAST_TROUBLES[key])
        reply.send(
            mia,
            conversation_id,
            text=text,
            client_key=f"demo-last-{key}",
            saw_message_id=None,
            send_anyway=True,
            now=now - 3 * MINUTE,
        )
        deliver.send_due(now)
    story.box.set_pace(story.simulator, trouble="none")
    _park(story.company.channels["collector"], now=now)


def _park(channel_id: int, *, now: datetime) -> None:
    broken = (
        b'{"type": "Create", "actor": "olga@app.lantern", "object": {"content": "My card was declined."}}',
        b'{"type": "Create", "actor": "tariq@app.lantern",'
        b' "object": {"id": "app-77", "content": "Hello?", "published": "9999-01-01T00:00:00Z"}}',
    )
    channels.receive(channel_id, broken, now=now - 2 * HOUR)


def _improve(story: "Story") -> None:
    """One change that is wanted, and one that is done and of which everybody who asked was told, those apart who could not be."""
    ada, lea, now = story.viewer("ada"), story.viewer("lea"), story.now
    wanted = improve.begin(
        lea,
        "Say in the app where the new card is",
        change="Order, production and post are shown with their dates, so that nobody has to ask.",
        owner_id=ada.user_id,
        is_demo=True,
        now=now - 6 * DAY,
    )
    _tie(story, lea, wanted, _asking(story, "card_arrival")[:9], now=now - 5 * DAY)
    done = improve.begin(
        lea,
        "Change the PIN in the app, abroad too",
        change="The PIN is changed under Profile, Security, without a cash machine.",
        owner_id=ada.user_id,
        is_demo=True,
        now=now - 12 * DAY,
    )
    _tie(story, lea, done, _asking(story, "change_pin", before=now - 3 * DAY)[:6], now=now - 3 * DAY)
    improve.move(ada, done, "done", now=now - 2 * DAY)
    words = (
        "Hello {first_name}, you asked about changing your PIN. It now works in the app, abroad too: Profile, Security."
    )
    improve.tell(ada, done, words, now=now - 2 * DAY)
    while improve.tell_next(now=now - 2 * DAY):
        pass
    while deliver.send_due(now - DAY):
        pass
    improve.move(lea, wanted, "doing", now=now - DAY)


def _asking(story: "Story", topic: str, *, before: datetime | None = None) -> list["Case"]:
    return [case for case in story.cases if case.topic == topic and (before is None or case.at < before)][::-1]


def _tie(story: "Story", viewer: Viewer, improvement_id: int, cases: Sequence["Case"], *, now: datetime) -> None:
    tied = {conversation_id for case in cases if (conversation_id := story.conversation_of(case)) is not None}
    for conversation_id in sorted(tied):
        improve.tie(viewer, conversation_id, improvement_id, now)
