"""The encoder's training: one pass over the rows, its upper half, two threads with half of each batch.

AdamW (Loshchilov and Hutter 2019); the rate rises, stays, and falls to nothing at the end, so that a run may be kept shorter.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from midchannel.engines.language.bank import Head
from midchannel.engines.language.encoder_pieces import Pieces
from training.language import encoder_net
from training.language.encoder_rows import Rows

FROZEN = 3
"""So many of the lower layers stay as they are: half the work, and they know language, not feelings."""
BATCH, THREADS = 48, 2
RATE, HEAD_RATE = 2e-4, 1e-3
RISING, FALLING = 0.05, 0.3
SAY = {"sentiment": 1.0, "emotion": 0.25, "mood": 0.7, "toxicity": 0.4, "intent": 0.5}
"""What a head's loss weighs beside the others."""
KEPT_EVERY = 180.0


def fitted(
    weights: Mapping[str, Tensor], rows: Rows, heads: Sequence[Head], pieces: Pieces, *, keep: Path, until: float = 0.0
) -> encoder_net.Net:
    """A net that learned from rows. `until`: the second (time.time) at which the rate begins to fall, wherever it is then.

    What it has learned is kept in a file every few minutes.
    """
    torch.manual_seed(1)
    torch.set_num_threads(1)  # a thread for each half of a batch waits for nobody inside an operation
    net = encoder_net.begun(weights, rows.truth.shape[1]).train()
    chance = ((rows.truth > 0).sum(0) + 1) / ((rows.truth >= 0).sum(0) + 2)
    net.heads.bias.data = torch.tensor(np.log(chance / (1 - chance)), dtype=torch.float32)
    for part in (net.pieces, net.places, net.begun_norm, *net.layers[:FROZEN]):
        part.requires_grad_(False)
    learning = [each for each in net.layers.parameters() if each.requires_grad]
    own = list(net.heads.parameters())
    steps = torch.optim.AdamW(
        [{"params": learning, "lr": RATE, "base": RATE}, {"params": own, "lr": HEAD_RATE, "base": HEAD_RATE}],
        weight_decay=0.01,
        fused=True,
    )
    loss = _Loss(rows, heads)
    numbers = [pieces.of(text) for text in rows.texts]
    batches = list(_batches(numbers))
    began, kept = time.time(), time.time()
    falls_at = int(len(batches) * (1 - FALLING))
    with ThreadPoolExecutor(THREADS) as threads:
        at = 0
        while at < len(batches):
            if until and time.time() > until and at < falls_at:
                falls_at, batches = at, batches[: int(at / (1 - FALLING))]
                print(f"falls at {at} of {len(batches)} batches", flush=True)
            for group in steps.param_groups:
                group["lr"] = group["base"] * _rate(at, falls_at, len(batches))
            halves = [batches[at][each::THREADS] for each in range(THREADS)]
            found = list(threads.map(lambda half: _slopes(net, [*learning, *own], numbers, loss, half), halves))
            for parameter, *slopes in zip([*learning, *own], *(slopes for _, slopes in found), strict=True):
                parameter.grad = torch.stack(slopes).sum(0) if len(slopes) > 1 else slopes[0]
            torch.nn.utils.clip_grad_norm_([*learning, *own], 1.0)
            steps.step()
            at += 1
            if at % 20 == 0:
                said = sum(each for each, _ in found)
                print(f"{at}/{len(batches)} {time.time() - began:.0f} s, loss {said:.3f}", flush=True)
            if time.time() > kept + KEPT_EVERY or at == len(batches):
                torch.save(net.state_dict(), keep)
                kept = time.time()
    return net.eval()


def _rate(at: int, falls_at: int, end: int) -> float:
    rising = min(1.0, (at + 1) / (RISING * end))
    return rising * min(1.0, (end - at) / (end - falls_at + 1))


def _batches(numbers: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Rows of about one length together, without moving them far: sorted within twenty batches, those in any order."""
    chance = np.random.default_rng(1)
    for first in range(0, len(numbers), 20 * BATCH):
        some = sorted(range(first, min(first + 20 * BATCH, len(numbers))), key=lambda at: len(numbers[at]))
        parts = [some[at : at + BATCH] for at in range(0, len(some), BATCH)]
        yield from (parts[at] for at in chance.permutation(len(parts)))


def padded(numbers: Sequence[Sequence[int]]) -> Tensor:
    """Texts of several lengths as one (texts, pieces)."""
    width = max(map(len, numbers))
    return torch.tensor([[*each, *[0] * (width - len(each))] for each in numbers])


def _slopes(
    net: encoder_net.Net,
    parameters: Sequence[Tensor],
    numbers: Sequence[Sequence[int]],
    loss: "_Loss",
    rows: Sequence[int],
) -> tuple[float, Sequence[Tensor]]:
    said = loss.of(net(padded([numbers[at] for at in rows])), rows)
    return float(said.detach()), torch.autograd.grad(said, parameters)


class _Loss:
    """How wrong scores are over all heads: cross-entropy where labels exclude each other, each label weighing as much as another."""

    def __init__(self, rows: Rows, heads: Sequence[Head]) -> None:
        self._heads = heads
        self._truth = torch.from_numpy(rows.truth.astype(np.float32))
        self._weight = torch.from_numpy(rows.weight)
        self._even = {
            head.name: torch.from_numpy(_even(rows.truth[:, head.columns])) for head in heads if head.kind == "one"
        }

    def of(self, scores: Tensor, rows: Sequence[int]) -> Tensor:
        """`scores` are (texts, columns) of the rows by these numbers."""
        truth, weight = self._truth[list(rows)], self._weight[list(rows)]
        total = scores.new_zeros(())
        for head in self._heads:
            own, true, counts = scores[:, head.columns], truth[:, head.columns], weight[:, head.columns]
            if head.kind == "one":
                known = (true >= 0).all(1)
                each = -(true * functional.log_softmax(own, 1) * self._even[head.name] * counts).sum(1)
                total = total + SAY[head.name] * each[known].sum()
            else:
                each = functional.binary_cross_entropy_with_logits(own, true.clamp(min=0), reduction="none")
                total = total + SAY[head.name] * (each * counts * (true >= 0)).sum()
        return total / BATCH


def _even(truth: np.ndarray) -> np.ndarray:
    held = np.maximum((truth > 0).sum(0), 1)
    return (held.mean() / held).astype(np.float32)
