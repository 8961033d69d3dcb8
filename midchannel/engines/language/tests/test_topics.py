"""Topics are learned from what people labelled, read where they are sure, and discovered where nobody labelled anything."""

import io

import pytest

from midchannel.engines.language import discovering, topics

DELIVERY = [
    "my parcel is late",
    "where is the parcel",
    "the parcel never arrived",
    "the delivery is late again",
    "courier lost the parcel",
    "delivery man was rude",
    "package is late",
    "still waiting for the delivery",
]
BILLING = [
    "the invoice is wrong",
    "charged twice on the bill",
    "the bill is too high",
    "refund my payment",
    "wrong amount on the invoice",
    "send the invoice please",
    "billing error",
    "payment failed for the invoice",
]
LABELS = ["delivery"] * len(DELIVERY) + ["billing"] * len(BILLING)


@pytest.fixture(scope="module")
def learned() -> topics.Topics:
    model = topics.learn_topics(DELIVERY + BILLING, LABELS)
    assert model is not None
    return model


def test_topics_are_learned_and_read_in_new_texts(learned: topics.Topics) -> None:
    found = topics.read_topics(learned, ["my delivery never came", "a question about the invoice"])
    assert [each[0][0] for each in found] == ["delivery", "billing"]
    assert learned.shape.right > 0.7
    assert learned.shape.texts == (8, 8)


def test_of_words_it_has_never_seen_it_says_nothing(learned: topics.Topics) -> None:
    assert topics.read_topics(learned, ["hello", "", "zebra"]) == [(), (), ()]


def test_below_enough_texts_a_topic_is_not_learned() -> None:
    assert topics.learn_topics(DELIVERY + BILLING[:7], LABELS[:15]) is None
    assert topics.read_topics(None, ["anything"]) == [()]


def test_what_is_about_none_of_them_can_be_taught() -> None:
    none = [
        "good morning",
        "thank you all",
        "see you tomorrow",
        "happy friday",
        "nice weather",
        "what a day",
        "hello all",
        "good night",
    ]
    model = topics.learn_topics(DELIVERY + BILLING + none, LABELS + [topics.NONE] * len(none))
    assert topics.read_topics(model, ["good morning all"]) == [()]


def test_a_model_is_written_and_read_again(learned: topics.Topics) -> None:
    kept = io.BytesIO()
    topics.save(learned, kept)
    kept.seek(0)
    again = topics.load(kept)
    texts = ["the parcel is lost", "the invoice is too high"]
    assert topics.read_topics(again, texts) == topics.read_topics(learned, texts)


def test_groups_of_like_texts_are_found_named_and_keep_their_names() -> None:
    texts = [f"{said} {number}" for number in "abc" for said in DELIVERY + BILLING] + ["quiet day", "a walk by the sea"]
    first = discovering.discover(texts, groups=4)
    assert first == discovering.discover(texts, groups=4)
    assert any("parcel" in each.words for each in first)
    assert any("invoice" in each.words for each in first)
    before = [discovering.Group("old name", each.words, (), 0.0) for each in first[:1]]
    assert discovering.discover(texts, before=before, groups=4)[0].name == "old name"


def test_few_texts_have_no_groups() -> None:
    assert discovering.discover(["one", "two"]) == []
    assert discovering.discover([""] * 30) == []
