"""Small static embeddings: words that are used alike lie near each other, so that a few posts teach of words that they do not have.

They are made from MiniLM (Wang et al. 2020; the weights all-MiniLM-L6-v2, Apache-2.0): what that network says of each word by itself,
its first WIDTH principal components, rare words weighing more than common ones (Arora et al. 2017). What the file beside this module
holds is its output, eight bits a number:

python -m training.language.static --model FOLDER --data FOLDER

A text's embedding is a sum over its words. So a weight on it is a sum of weights on words, and is folded into the table of words: the
program has no embeddings, and they cost nothing when a text is read.
"""

import argparse
import json
import re
import struct
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from midchannel.engines.language import bank, features, letters
from training.language import data

Floats = NDArray[np.float32]
FILE = Path(__file__).parent / "static.npz"
WIDTH = 64
LEAST, SMOOTH = 4, 1e-3
"""So often a word is seen in the rows; below this share of all words it weighs full."""
HEADS, LAYERS = 12, 6
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_SETS = (
    "goemotions_train.tsv",
    "bitext_customer_service.tsv",
    "banking77_train.tsv",
    "clinc150_full.tsv",
    "uci_sentiment_sentences.tsv",
    "tse_tweet_sentiment.tsv",
)


def table(source: data.Source, bits: int) -> Floats:
    """The embeddings as rows of the table of words: (2**bits, WIDTH), zero where no known word falls."""
    with np.load(source.beside(FILE.name), allow_pickle=False) as kept:
        found = features.words_of(letters.of(kept["words"].tolist()), bits=bits, seed=bank.WORD_SEED)
        vectors = np.repeat(kept["vectors"] * kept["scale"], found.counts, axis=0)
    out = np.zeros((2**bits, WIDTH), np.float32)
    np.add.at(out, found.rows, vectors)
    return out


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--model", type=Path, required=True, help="model.safetensors and vocab.txt")
    asked.add_argument("--data", type=Path, required=True)
    given = asked.parse_args()
    seen: Counter[str] = Counter()
    for name in _SETS:
        seen.update(_WORD.findall((given.data / name).read_text("utf-8").lower()))
    vocabulary = (given.model / "vocab.txt").read_text("utf-8").split("\n")
    words = [word for word in vocabulary if seen[word] >= LEAST and not word.isdigit()]
    number = {word: at for at, word in enumerate(vocabulary)}
    whole = embedded(tensors(given.model / "model.safetensors"), [number[word] for word in words], number)
    often = np.array([seen[word] for word in words])
    vectors = narrowed(whole, often / often.sum())
    scale = np.abs(vectors).max(axis=0) / 127
    np.savez_compressed(
        FILE, words=np.array(words), vectors=np.round(vectors / scale).astype(np.int8), scale=scale.astype(np.float32)
    )


def narrowed(whole: Floats, share: NDArray[np.float64]) -> Floats:
    """The first components, of unit length, common words weighing less."""
    centred = whole.astype(np.float64) - whole.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    vectors = centred @ directions[:WIDTH].T
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors * (SMOOTH / (SMOOTH + share))[:, None], np.float32)


def tensors(path: Path) -> dict[str, Floats]:
    """The tensors of a file in the form of safetensors: the length of the heading, the heading (JSON), the numbers."""
    raw = path.read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    heading, start = json.loads(raw[8 : 8 + size]), 8 + size
    return {
        name: np.frombuffer(raw[start + at["data_offsets"][0] : start + at["data_offsets"][1]], np.float32).reshape(
            at["shape"]
        )
        for name, at in heading.items()
        if at.get("dtype") == "F32"
    }


def embedded(weights: dict[str, Floats], words: Sequence[int], number: dict[str, int]) -> Floats:
    """What the network says of each word by itself: the mean over its three pieces."""
    ids = np.array([[number["[CLS]"], word, number["[SEP]"]] for word in words])
    return np.concatenate([_forward(weights, ids[at : at + 512]).mean(axis=1) for at in range(0, len(ids), 512)])


def _forward(weights: dict[str, Floats], ids: NDArray[np.int64]) -> Floats:
    """The encoder (Devlin et al. 2019) over texts of one length: (texts, pieces, width)."""

    def linear(given: Floats, name: str) -> Floats:
        return np.asarray(given @ weights[f"{name}.weight"].T + weights[f"{name}.bias"], np.float32)

    def normed(given: Floats, name: str) -> Floats:
        own = (given - given.mean(-1, keepdims=True)) / np.sqrt(given.var(-1, keepdims=True) + 1e-12)
        return np.asarray(own * weights[f"{name}.weight"] + weights[f"{name}.bias"], np.float32)

    size, length = ids.shape
    place = weights["embeddings.position_embeddings.weight"][:length]
    state = normed(
        weights["embeddings.word_embeddings.weight"][ids]
        + place
        + weights["embeddings.token_type_embeddings.weight"][0],
        "embeddings.LayerNorm",
    )
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        query, key, value = (
            linear(state, f"{at}.attention.self.{part}").reshape(size, length, HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        heed = np.exp(query @ key.transpose(0, 1, 3, 2) / np.sqrt(query.shape[-1]))
        heed /= heed.sum(-1, keepdims=True)
        heard = (heed @ value).transpose(0, 2, 1, 3).reshape(size, length, -1)
        state = normed(state + linear(heard, f"{at}.attention.output.dense"), f"{at}.attention.output.LayerNorm")
        wide = linear(state, f"{at}.intermediate.dense")
        wide = wide * (1 + erf(wide / np.sqrt(2))) / 2
        state = normed(state + linear(np.asarray(wide, np.float32), f"{at}.output.dense"), f"{at}.output.LayerNorm")
    return np.asarray(state, np.float32)


if __name__ == "__main__":
    main()
