"""Signals: what texts say, by message and as a list, with how sure it is and by what it was read; and corrections of them."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from pydantic import ConfigDict, Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.messages import OneMessage
from midchannel.api.operations import answers
from midchannel.api.shapes import WORDS, Id, In, Line, Listed, Out, PageOut, SmallId, Time
from midchannel.middle.conversations.queries import knowing
from midchannel.middle.signals import actions, labels, queries
from midchannel.middle.signals.actions import correcting
from midchannel.middle.signals.errors import SignalNotFoundError
from midchannel.middle.signals.queries import Signal, listing
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError

router = Router(tags=["Signals"])
READ = Right("read:conversations")
WRITE = Right("write:conversations")
Sentiment = Literal["negative", "neutral", "positive", "mixed"]
Intent = Literal["complaint", "question", "praise", "purchase_interest", "idea", "churn_risk", "cancellation", "other"]
Topic = Annotated[str, Field(pattern=WORDS, max_length=correcting.LONGEST_TOPIC)]


class SecondOut(Out):
    """What a larger model says of the mood, where the first reading was unsure or the person matters. No measure goes by it."""

    sentiment: str
    negative: float
    positive: float
    model: str


class SignalOut(Out):
    """What a text says. Probabilities are 0 to 1; "" and empty lists mean that it is not known."""

    message_id: Id
    conversation_id: Id | None = Field(description="None where it was only overheard.")
    said_at: datetime
    language: str = Field(description="BCP 47")
    language_sure: float
    sentiment: str = Field(description="negative, neutral, positive or mixed")
    sentiment_sure: float
    mood: float = Field(description="From -1, negative, to 1, positive")
    intents: list[str]
    topics: list[str]
    emotions: list[str]
    is_urgent: bool
    urgency_rules: list[str] = Field(description="What made it urgent")
    is_spam: bool
    offensive: float
    press: float = Field(description="What orders the view `pressing`, 0 to 1")
    said_by_a_person: list[str] = Field(description="In which respects a colleague has the last word")
    reader_id: Id = Field(description="By which models and calibration it was read")
    second: SecondOut | None = Field(description="A second reading")


class SignalPage(PageOut):
    """A page of signals, newest first."""

    items: list[SignalOut]


class Which(Listed):
    """Which texts."""

    sentiment: Sentiment | None = None
    intent: Intent | None = None
    is_urgent: bool = False
    language: Line | None = Field(default=None, description="BCP 47")
    channel_id: SmallId | None = None
    since: Time | None = Field(default=None, description="What arrived from then on.")


class CorrectionIn(In):
    """What a person says that a text says. What is left out stays as it was read; "" and empty lists say: none of them."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    sentiment: Literal["", "negative", "neutral", "positive", "mixed"] = ""
    intents: list[Intent] = Field(default=[], max_length=len(labels.INTENTS))
    topics: list[Topic] = Field(default=[], max_length=correcting.MOST_HELD)
    is_urgent: bool = False
    is_spam: bool = False
    language: Line = Field(default="", description="BCP 47, one that can be told apart")

    def told(self) -> dict[str, list[str]]:
        """What was said, as the room takes it."""
        holds: dict[str, list[str]] = {
            "sentiment": [self.sentiment],
            "intents": [*self.intents],
            "topics": self.topics,
            "is_urgent": [labels.URGENT] if self.is_urgent else [],
            "is_spam": [labels.SPAM] if self.is_spam else [],
            "language": [self.language],
        }
        return {RESPECTS.get(name, name): holds[name] for name in self.model_fields_set}


RESPECTS = {"is_urgent": "urgency", "is_spam": "spam"}
"""The respects of `labels.WHATS` that have another name here."""


@router.get("/signals", auth=READ, response=answers(SignalPage), summary="List what texts say")
def list_signals(request: HttpRequest, asked: Query[Which]) -> SignalPage:
    """Newest first, of what one may see; every condition that is given holds."""
    wanted = tuple(label for label in (asked.sentiment, asked.intent, "urgent" if asked.is_urgent else None) if label)
    page = listing.list_signals(
        viewer_of(request),
        labels=wanted,
        language=asked.language,
        channel_id=asked.channel_id,
        since=asked.since,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    places = knowing.conversations_of([signal.id for signal in page.items])
    return SignalPage(
        items=[_out(signal, places.get(signal.id)) for signal in page.items], next_cursor=page.next_cursor
    )


@router.get(
    "/messages/{message_id}/signal", auth=READ, response=answers(SignalOut, 404), summary="Get what a message says"
)
def get_signal(request: HttpRequest, path: Path[OneMessage]) -> SignalOut:
    """What one message from outside says; also one that was only overheard."""
    found = queries.of(viewer_of(request), [path.message_id]).get(path.message_id)
    if found is None:
        raise SignalNotFoundError
    return _placed(found)


@router.patch(
    "/messages/{message_id}/signal",
    auth=WRITE,
    response=answers(SignalOut, 404, body=True),
    summary="Correct what a message says",
)
def correct_signal(request: HttpRequest, path: Path[OneMessage], body: CorrectionIn) -> SignalOut:
    """As `L` in the inbox: it holds at once, stays when the text is read again, and is learned from. The same as is shown confirms it."""
    viewer = viewer_of(request)
    if not body.model_fields_set:
        raise InvalidError(_("Say in at least one respect what the text says."))
    return _placed(actions.correct(viewer, path.message_id, body.told(), now=clock.now()))


def _placed(signal: Signal) -> SignalOut:
    return _out(signal, knowing.conversations_of([signal.id]).get(signal.id))


def _out(signal: Signal, conversation_id: int | None) -> SignalOut:
    return SignalOut(
        message_id=str(signal.id),
        conversation_id=str(conversation_id) if conversation_id else None,
        said_at=signal.at,
        language=signal.language,
        language_sure=signal.language_sure,
        sentiment=signal.sentiment,
        sentiment_sure=round(signal.sentiment_sure, 3),
        mood=round(signal.mood, 3),
        intents=list(signal.intents),
        topics=list(signal.topics),
        emotions=list(signal.emotions),
        is_urgent=signal.is_urgent,
        urgency_rules=list(signal.rules),
        is_spam=signal.is_spam,
        offensive=signal.offensive,
        press=signal.press,
        said_by_a_person=list(signal.corrected),
        reader_id=str(signal.reader_id),
        second=SecondOut.model_validate(signal.second) if signal.second else None,
    )
