"""Models are made from rows alone: the same rows give the same model, and the list beside a model names the rows there are."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from midchannel.engines import language

TRAINING = Path(__file__).parents[2] / "training" / "language"


def test_the_same_rows_give_the_same_weights() -> None:
    pytest.importorskip("sklearn")
    from training.language import fit

    lines = {
        code: (TRAINING / "phrases" / f"{code}.txt").read_text("utf-8").splitlines()[:60] for code in ("fr", "pl", "tr")
    }
    texts = [line for own in lines.values() for line in own]
    right = np.repeat(np.arange(len(lines)), [len(own) for own in lines.values()])

    def made() -> list[np.ndarray]:
        matrix = fit.Matrix(texts, {"bien": 2.0}, word_bits=10, run_bits=11, longest=3)
        joined = matrix.joined([fit.rarity(matrix.blocks[0], 2.0), fit.rarity(matrix.blocks[1], 2.0), None])
        truth = np.eye(3, dtype=np.int8)[right]
        even = np.ones(len(texts), np.float32)
        one, bias = fit.one_against_all(joined, truth, even, alpha=1e-4, epochs=3)
        other, other_bias = fit.softmax(joined, right, 3, even, epochs=3)
        fitted = fit.calibrate(np.asarray(joined @ other + other_bias), truth, "one")
        return [one, bias, other, other_bias, np.array(fitted), *fit.eight_bits(other)]

    first, second = made(), made()
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_hindi_is_put_in_latin_letters_the_same_way_each_time() -> None:
    from training.language import romanise

    text = "मेरा ऑर्डर अभी तक नहीं आया है।"
    made = {romanise.romanised(text, number) for number in range(12)}
    assert made == {romanise.romanised(text, number) for number in range(12)}
    assert len(made) > 3
    assert all(each.isascii() for each in made)


def test_what_a_model_learned_from_here_is_what_is_here() -> None:
    manifest = json.loads((language.FOLDER / "manifest.json").read_text())
    named = {name: digest for made in manifest.values() for name, digest in made["rows"].items()}
    own = {name: digest for name, digest in named.items() if name.startswith("phrases/")}
    assert len(own) > 25
    for name, digest in own.items():
        assert hashlib.sha256((TRAINING / name).read_bytes()).hexdigest() == digest, name
