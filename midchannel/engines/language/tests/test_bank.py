"""Heads as columns of one table: what is kept is what scores, and the last head's labels are weighed against each other."""

from pathlib import Path

import numpy as np

from midchannel.engines.language import bank


def small(between: bank.Between | None) -> bank.Bank:
    heads = (
        bank.Head("spam", ("spam",), "many", 0, (1.0,), (0.0,), (0.7,)),
        bank.Head("intent", ("complaint", "praise"), "many", 1, (1.0, 1.0), (0.0, 0.0), (0.5, 0.5)),
    )
    words = np.tile(np.array([[1, 2, 3]], np.float32), (2**4, 1))
    scale, nothing = np.ones(3, np.float32), np.zeros((0, 3), np.float32)
    return bank.Bank(bank.Shape("t/1", 4, 0, 0, heads), words, nothing, scale, scale, nothing, scale * 0, {}, between)


def test_the_labels_of_the_last_head_are_weighed_against_each_other() -> None:
    less = bank.Between(
        np.array([[1, 0], [0, 1], [0, 0]], np.float32), np.array([[1, 0], [-1, 1], [0, 0.5]], np.float32)
    )
    plain, weighed = small(None).score(["late again"]), small(less).score(["late again"])
    complaint, praise = plain[0, 1:]
    assert weighed[0].tolist() == [plain[0, 0], complaint - praise, praise + 0.5]
    assert small(less).score([]).shape == (0, 3)


def test_a_bank_is_read_as_it_was_written(tmp_path: Path) -> None:
    layer = bank.Between(np.ones((3, 4), np.float32), np.ones((5, 2), np.float32))
    for between in (None, layer):
        bank.save(small(between), tmp_path / "bank.npz")
        again = bank.load(tmp_path / "bank.npz")
        assert again.score(["late again"]).tolist() == small(between).score(["late again"]).tolist()
