"""A company's corrections move what is like them, a little everything, and nothing without them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from midchannel.engines.language import calibrating, letters, normal, reading
from midchannel.engines.language.calibrating import Adjustment, Corrected, Own
from midchannel.engines.language.features import Floats

NAMES = {"spam": ("spam",), "sentiment": ("negative", "neutral", "positive")}


def adjusted(own: Own, texts: list[str], said: float) -> list[float]:
    batch = letters.of([normal.read_form(text) for text in texts])
    found = calibrating.apply(
        Adjustment({"spam": {"spam": own}}), NAMES, batch, {"spam": np.full((len(texts), 1), said, np.float32)}
    )
    return [float(each) for each in found["spam"][:, 0]]


def test_a_correction_moves_its_like_more_than_any_other_text() -> None:
    own, worth = calibrating.learn([Corrected("the green parcel is haunted again", 0.05, holds=True)])

    same, like, other = adjusted(
        own,
        ["the green parcel is haunted again", "my green parcel is haunted", "what time do you open on Sunday"],
        0.05,
    )
    assert same > like > other
    assert same > 0.5
    assert abs(other - 0.05) < 0.03
    assert (worth.corrections, worth.held_out) == (1, 0)


def test_what_does_not_help_on_held_out_corrections_is_not_used() -> None:
    rng = np.random.default_rng(1)
    told = [Corrected(f"word{n} thing{n}", 0.5, holds=bool(rng.random() < 0.5)) for n in range(60)]

    own, worth = calibrating.learn(told)

    assert worth.held_out == 60
    assert worth.is_used or own == Own()


def test_a_lasting_error_is_learned_and_measured_on_what_was_held_out() -> None:
    told = [Corrected(f"refund please number {n}", 0.2, holds=True) for n in range(40)]
    told += [Corrected(f"nice weather number {n}", 0.2, holds=False) for n in range(40)]

    _own, worth = calibrating.learn(told)

    assert worth.is_used
    assert worth.loss_after < worth.loss_before / 2
    assert worth.right_after > 0.95


def test_a_reading_is_the_companys_own_with_its_adjustment() -> None:
    text = "This is sick, the new menu slaps"
    before = reading.read([text])[0]
    told = [Corrected(text, before.negative, holds=False)], [Corrected(text, before.positive, holds=True)]
    adjustment = Adjustment(
        {"sentiment": {"negative": calibrating.learn(told[0])[0], "positive": calibrating.learn(told[1])[0]}}
    )

    def adjust(batch: letters.Letters, said: dict[str, Floats]) -> dict[str, Floats]:
        return calibrating.apply(adjustment, NAMES, batch, said)

    after, empty = reading.read([text, ""], adjust=adjust)
    assert after.positive > before.positive
    assert empty.sentiment == ""


@given(
    st.lists(st.tuples(st.text(max_size=40), st.floats(0, 1), st.booleans()), min_size=1, max_size=25),
    st.text(max_size=60),
    st.floats(0, 1),
)
@settings(max_examples=30, deadline=None)
def test_probabilities_stay_probabilities(told: list[tuple[str, float, bool]], text: str, said: float) -> None:
    own, _worth = calibrating.learn([Corrected(*each) for each in told])

    (found,) = adjusted(own, [text], said)
    assert 0 <= found <= 1
