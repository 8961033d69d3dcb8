"""The encoder as it is trained: BERT's layers (Devlin et al. 2019), the mean over a text's pieces, and one linear head for every task.

The weights begun from are all-MiniLM-L6-v2's: six layers, 384 wide, 12 heads. Embeddings stay as they are.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

LAYERS, WIDTH, HEADS, INNER = 6, 384, 12, 1536
LEFT_OUT = 0.0


class Layer(nn.Module):
    """Attention and two linear maps, each added to what was there and brought to one scale."""

    def __init__(self) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.attended_norm = nn.LayerNorm(WIDTH, 1e-12)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.outer_norm = nn.LayerNorm(WIDTH, 1e-12)
        self.leave_out = nn.Dropout(LEFT_OUT)

    def forward(self, given: Tensor, hidden: Tensor) -> Tensor:
        """`given` is (texts, pieces, WIDTH), `hidden` (texts, 1, 1, pieces): minus infinity where there is no piece."""
        texts, pieces, _ = given.shape
        split = self.query_key_value(given).view(texts, pieces, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        score = split[0] @ split[1].transpose(-1, -2) * (WIDTH // HEADS) ** -0.5 + hidden
        seen = (score.softmax(-1) @ split[2]).transpose(1, 2).reshape(texts, pieces, WIDTH)
        given = self.attended_norm(given + self.leave_out(self.attended(seen)))
        found: Tensor = self.outer_norm(given + self.leave_out(self.outer(functional.gelu(self.inner(given)))))
        return found


class Net(nn.Module):
    """Numbers of pieces to the raw scores of all heads. Piece 0 is no piece."""

    def __init__(self, pieces: int, columns: int, places: int = 512) -> None:
        super().__init__()
        self.pieces, self.places = nn.Embedding(pieces, WIDTH), nn.Embedding(places, WIDTH)
        self.begun_norm = nn.LayerNorm(WIDTH, 1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.leave_out = nn.Dropout(LEFT_OUT)
        self.heads = nn.Linear(WIDTH, columns)

    def forward(self, numbers: Tensor) -> Tensor:
        """`numbers` is (texts, pieces), whole numbers of 64 bits; the scores are (texts, columns)."""
        there = (numbers != 0).to(self.heads.weight.dtype)
        hidden = ((1 - there) * -1e4)[:, None, None]
        found = self.begun_norm(self.pieces(numbers) + self.places.weight[: numbers.shape[1]])
        for layer in self.layers:
            found = layer(found, hidden)
        mean = (found * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        scores: Tensor = self.heads(self.leave_out(mean))
        return scores


def begun(weights: Mapping[str, Tensor], columns: int) -> Net:
    """A net with all-MiniLM-L6-v2's weights, by the names that BERT gives them, and heads that know nothing."""
    net = Net(len(weights["embeddings.word_embeddings.weight"]), columns)
    own = {
        "pieces.weight": weights["embeddings.word_embeddings.weight"],
        "places.weight": weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0],
        **_pair("begun_norm", weights, "embeddings.LayerNorm"),
    }
    for at in range(LAYERS):
        there, here = f"encoder.layer.{at}", f"layers.{at}"
        for kind in ("weight", "bias"):
            parts = [weights[f"{there}.attention.self.{each}.{kind}"] for each in ("query", "key", "value")]
            own[f"{here}.query_key_value.{kind}"] = torch.cat(parts)
        own |= _pair(f"{here}.attended", weights, f"{there}.attention.output.dense")
        own |= _pair(f"{here}.attended_norm", weights, f"{there}.attention.output.LayerNorm")
        own |= _pair(f"{here}.inner", weights, f"{there}.intermediate.dense")
        own |= _pair(f"{here}.outer", weights, f"{there}.output.dense")
        own |= _pair(f"{here}.outer_norm", weights, f"{there}.output.LayerNorm")
    nn.init.normal_(net.heads.weight, std=0.02)
    nn.init.zeros_(net.heads.bias)
    net.load_state_dict(own | {name: each for name, each in net.state_dict().items() if name.startswith("heads.")})
    return net


def _pair(here: str, weights: Mapping[str, Tensor], there: str) -> dict[str, Tensor]:
    return {f"{here}.{kind}": weights[f"{there}.{kind}"] for kind in ("weight", "bias")}
