"""Rows for the intents: posts and phrases of our own, and what other sets let one say of an intent.

A row of another set says something of some labels and nothing of others; what it says nothing of is left open (-1 - number), as
with emotions. Of our posts only the part `train` is learned from; `calibration` sets probabilities and thresholds; `test` is for measuring.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from midchannel.engines.language.intents import LABELS
from training.language.data import EMOTIONS, Example, Source

POSTS, PHRASES = "own_posts.tsv", "own_phrases.tsv"
NUMBER = {label: at for at, label in enumerate(LABELS)}
OWN, PHRASE, REVIEW, OTHERS = 10.0, 12.0, 0.15, 0.3
"""What a row weighs by where it is from."""
_ASKS = re.compile(
    r"^(?:how|what|when|where|which|who|why|is|are|does|did|do i|can i|could i|may i|should i|will|am)\b", re.I
)
_REQUESTS = re.compile(r"\b(?:can|could|would|will) (?:you|u)\b|\bhelp\b|\bassistance\b", re.I)


@dataclass(frozen=True)
class Post:
    """One post of our own."""

    text: str
    labels: frozenset[str]
    urgency: int
    tone: str
    language: str
    industry: str
    split: str

    @property
    def example(self) -> Example:
        """As a row to learn from: all its labels are known."""
        return Example(self.text, tuple(sorted(NUMBER[label] for label in self.labels)), OWN)


def posts(source: Source, *splits: str) -> list[Post]:
    """Our posts of these parts, in the file's order."""
    return [
        Post(
            row["text"],
            frozenset(row["labels"].split(",")),
            int(row["urgency"]),
            row["tone"],
            row["language"],
            row["industry"],
            row["split"],
        )
        for row in source.written(POSTS)
        if row["split"] in splits
    ]


def phrases(source: Source) -> list[Example]:
    """The words in which an intent is usually put. A phrase says what it is; what else its writer may want stays open."""
    alone = {"other", "praise", "idea"}
    out = []
    for row in source.written(PHRASES):
        label = row["labels"]
        open_ = set() if label in alone else {"complaint", "question", "churn_risk"} - {label}
        out.append(_known({label}, open_, row["text"], PHRASE))
    return out


def other_sets(source: Source, *, tweets: bool = True) -> Iterator[Example]:
    """What other sets say of intents. `tweets`: with the tweets whose licence is not certain."""
    yield from _support(source)
    yield from _banking(source)
    yield from _assistants(source)
    yield from _talk(source)
    if tweets:
        for row in source.rows("tse_tweet_sentiment.tsv")[:6000]:
            if row["sentiment"] == "neutral" and "?" not in row["text"]:
                yield _known({"other"}, {"idea", "purchase_interest", "complaint"}, row["text"], OTHERS / 3)


def _known(true: Collection[str], open_: Collection[str], text: str, weight: float) -> Example:
    return Example(
        text,
        tuple(sorted(NUMBER[each] for each in true)) + tuple(-1 - NUMBER[each] for each in sorted(open_)),
        weight,
    )


def _asked(text: str) -> tuple[set[str], set[str]]:
    """Whether a question is asked: as what is true, and what is open."""
    if _REQUESTS.search(text):
        return set(), {"question"}
    return ({"question"}, set()) if _ASKS.search(text) or text.rstrip().endswith("?") else (set(), {"question"})


_WANTED = {
    "cancel_order": "cancellation",
    "delete_account": "cancellation",
    "complaint": "complaint",
    "payment_issue": "complaint",
    "registration_problems": "complaint",
    "place_order": "purchase_interest",
}


def _support(source: Source) -> Iterator[Example]:
    for row in source.rows("bitext_customer_service.tsv")[::3]:
        intent = row["intent"]
        if intent in {"newsletter_subscription", "review", "switch_account", "create_account", "intent"}:
            continue
        true, open_ = _asked(row["utterance"])
        wanted = _WANTED.get(intent)
        yield _known(
            true | ({wanted} if wanted else set()), open_ | {"other"}, row["utterance"], OTHERS * (1 if wanted else 0.5)
        )


_WRONG = re.compile(
    r"declined|not_working|failed|wrong|not_received|not_recognised|extra_charge|charged_twice|pending|reverted|stolen|compromised"
    r"|not_updated|swallowed|late|delay|unable|not_as|why|didnt|balance_not|card_arrival|refund|forgotten|lost"
)


def _banking(source: Source) -> Iterator[Example]:
    for row in source.quoted("banking77_train.tsv")[::2]:
        true, open_ = _asked(row["text"])
        label = row["label"].lower()
        if label in {"terminate_account", "cancel_transfer"}:
            true = true | {"cancellation"}
            open_ = open_ | {"churn_risk"}
        if _WRONG.search(label):
            open_ = open_ | {"complaint"}
        if re.search(r"order|getting|get_|supported|top_up|exchange|virtual|disposable", label):
            open_ = open_ | {"purchase_interest"}
        yield _known(true, open_ | {"other"}, row["text"], OTHERS * (1.5 if "cancellation" in true else 0.5))


def _assistants(source: Source) -> Iterator[Example]:
    for row in source.rows("clinc150_full.tsv")[::4]:
        true, open_ = _asked(row["text"])
        if row["label"].startswith("cancel"):
            true = true | {"cancellation"}
        yield _known(
            true, open_ | {"other", "purchase_interest", "complaint", "cancellation"} - true, row["text"], OTHERS / 3
        )
    for row in source.rows("nlu_eval_hwu64_fold4.tsv")[::4]:
        true, open_ = _asked(row["text"])
        yield _known(true, open_ | {"other", "purchase_interest", "complaint"}, row["text"], OTHERS / 3)


def reviews(source: Source) -> Iterator[Example]:
    """Sentences of reviews of shops and restaurants: a complaint or praise."""
    for row in source.rows("uci_sentiment_sentences.tsv"):
        if row["label"] in {"0", "1"} and not row.get("src", "").startswith("imdb"):
            bad = row["label"] == "0"
            open_ = {"churn_risk", "idea"} if bad else {"idea"}
            yield _known({"complaint" if bad else "praise"}, open_, row["text"], REVIEW)


def _talk(source: Source) -> Iterator[Example]:
    warm, cross = {"gratitude", "admiration"}, {"anger", "annoyance", "disappointment", "disapproval", "disgust"}
    for row in source.rows("goemotions_train.tsv")[::4]:
        felt = {EMOTIONS[int(each)] for each in row["labels"].split(",")}
        asks = {"question"} if "?" in row["text"] and felt & {"curiosity", "confusion"} else set()
        open_ = {"idea", "purchase_interest"} | (set() if asks or "?" not in row["text"] else {"question"})
        if felt == {"neutral"} and not asks and "?" not in row["text"]:
            yield _known({"other"}, open_, row["text"], OTHERS / 2)
        elif felt <= warm:
            yield _known({"praise"}, open_ | {"other"}, row["text"], OTHERS / 2)
        elif felt & cross:
            yield _known(asks, open_ | {"complaint", "churn_risk", "other"}, row["text"], OTHERS / 3)
        else:
            yield _known(asks, open_ | {"praise", "other", "complaint"}, row["text"], OTHERS / 3)
