"""The encoder's training: one pass over the rows, its upper half, two threads with half of each batch.

AdamW (Loshchilov and Hutter 2019); the rate rises, stays, and falls to nothing at the end.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from midchannel.engines.language.bank import Head
from midchannel.engines.language.encoder_pieces import Pieces
from training.language import encoder_net
from training.language.encoder_rows import Rows

FROZEN = 3
"""So many of the lower layers stay as they are: half the work, and they know language, not feelings."""
BATCH, THREADS = 48, 2
BATCHES, RISEN_AT, FALLS_AT = 792, 55, 555
"""So many batches are learned from: the rows there are would give 1,104. The rate has risen at one, and falls from another."""
RATE, HEAD_RATE = 2e-4, 1e-3
SAY = {"sentiment": 1.0, "emotion": 0.25, "mood": 0.7, "toxicity": 0.4, "intent": 0.5}
"""What a head's loss weighs beside the others."""
TOLD_EVERY, KEPT_EVERY = 20, 60


def fitted(weights: Mapping[str, Tensor], rows: Rows, heads: Sequence[Head], pieces: Pieces, *, keep: Path) -> None:
    """Learn from rows, beginning with these weights; what was learned is kept in a file every few minutes."""
    torch.manual_seed(1)
    torch.set_num_threads(1)  # a thread for each half of a batch, which waits for nobody inside an operation
    net = begun(weights, rows)
    learning = [each for each in net.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [each for each in net.layers.parameters() if each.requires_grad], "base": RATE},
            {"params": list(net.heads.parameters()), "base": HEAD_RATE},
        ],
        weight_decay=0.01,
        fused=True,
    )
    loss = _Loss(rows, heads)
    numbers = [pieces.of(text) for text in rows.texts]
    started = time.time()
    with ThreadPoolExecutor(THREADS) as threads:
        for at, batch in enumerate(list(_batches(numbers))[:BATCHES]):
            for group in optimizer.param_groups:
                group["lr"] = group["base"] * _rate(at)
            parts = [batch[part::THREADS] for part in range(THREADS)]
            found = list(threads.map(lambda part: _slopes(net, learning, numbers, loss, part), parts))
            for parameter, *slopes in zip(learning, *(slopes for _, slopes in found), strict=True):
                parameter.grad = torch.stack(slopes).sum(0)
            torch.nn.utils.clip_grad_norm_(learning, 1.0)
            optimizer.step()
            if at % TOLD_EVERY == 0:
                print(
                    f"{at} of {BATCHES}, {time.time() - started:.0f} s, loss {sum(each for each, _ in found):.3f}",
                    flush=True,
                )
            if at % KEPT_EVERY == 0 or at == BATCHES - 1:
                torch.save(net.state_dict(), keep)


def begun(weights: Mapping[str, Tensor], rows: Rows) -> encoder_net.Net:
    """The net before it learns: its lower half stays, and its heads say how often each label holds."""
    net = encoder_net.begun(weights, rows.truth.shape[1])
    net.train()
    chance = ((rows.truth > 0).sum(0) + 1) / ((rows.truth >= 0).sum(0) + 2)
    net.heads.bias.data = torch.tensor(np.log(chance / (1 - chance)), dtype=torch.float32)
    for part in (net.pieces, net.places, net.begun_norm, *net.layers[:FROZEN]):
        part.requires_grad_(False)
    return net


def _rate(at: int) -> float:
    return min(1.0, (at + 1) / RISEN_AT) * min(1.0, (BATCHES - at) / (BATCHES - FALLS_AT + 1))


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


def _even(truth: NDArray[np.int8]) -> NDArray[np.float32]:
    held = np.maximum((truth > 0).sum(0), 1)
    return np.asarray(held.mean() / held, np.float32)
