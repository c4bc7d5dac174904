"""The packaged model read and computed with PyTorch alone, to the last bit as elsewhere.

SentenceTransformer gives the same vectors, and imports 2,000 modules first, for architectures,
training and hubs that the packaged model does not need: two thirds of the time in which it is
loaded. What is here answers as a SentenceTransformer does, where the processor keeps full
precision and where the layers in 8 bits are made. Names of modules are
those of transformers' BertModel, as its weights have them; what is computed, in which order, too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import torch
from safetensors import safe_open
from tokenizers import Tokenizer
from torch import Tensor, nn

from matchmaker.embedding.packaged import TOKENIZER

WEIGHTS, CONFIG = "model.safetensors", "config.json"
_IMPLEMENTED = {"model_type": "bert", "hidden_act": "gelu"}


class BertAttention(nn.Module):  # type: ignore[misc]
    """Every token of a text looks at every other (Vaswani et al. 2017): (n, t, h) to (n, t, h)."""

    def __init__(self, hidden: int, heads: int) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(hidden, hidden) for _ in range(3))
        self._width = hidden // heads

    def forward(self, states: Tensor) -> Tensor:
        def split(projected: Tensor) -> Tensor:
            return projected.view(*projected.shape[:-1], -1, self._width).transpose(1, 2)

        seen = nn.functional.scaled_dot_product_attention(
            split(self.query(states)), split(self.key(states)), split(self.value(states)),
            scale=self._width**-0.5,
        )  # fmt: skip
        return seen.transpose(1, 2).contiguous().reshape(states.shape)


class BertOutput(nn.Module):  # type: ignore[misc]
    """What a part of a layer adds to what came into it, normalised."""

    def __init__(self, inputs: int, hidden: int, epsilon: float) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, hidden)
        self.LayerNorm = nn.LayerNorm(hidden, eps=epsilon)

    def forward(self, states: Tensor, before: Tensor) -> Tensor:
        return self.LayerNorm(self.dense(states) + before)


class BertLayer(nn.Module):  # type: ignore[misc]
    """One layer: attention, then a feed-forward of each token."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        hidden, inner = config["hidden_size"], config["intermediate_size"]
        epsilon = config["layer_norm_eps"]
        self.attention = nn.ModuleDict(
            {
                "self": BertAttention(hidden, config["num_attention_heads"]),
                "output": BertOutput(hidden, hidden, epsilon),
            }
        )
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(hidden, inner)})
        self.output = BertOutput(inner, hidden, epsilon)

    def forward(self, states: Tensor) -> Tensor:
        states = self.attention["output"](self.attention["self"](states), states)
        return self.output(nn.functional.gelu(self.intermediate["dense"](states)), states)


class EncoderOutput(NamedTuple):
    """What transformers' models read of their encoders."""

    last_hidden_state: Tensor
    past_key_values: None = None


class BertEncoder(nn.Module):  # type: ignore[misc]
    """One layer after the other: (n, t, h) to (n, t, h)."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        layers = (BertLayer(config) for _ in range(config["num_hidden_layers"]))
        self.layer = nn.ModuleList(layers)

    def forward(self, states: Tensor) -> EncoderOutput:
        for layer in self.layer:
            states = layer(states)
        return EncoderOutput(states)


class Bert(nn.Module):  # type: ignore[misc]
    """An encoder of tokens (Devlin et al. 2019), of texts that are all as long as each other."""

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.config = SimpleNamespace(**config)
        tables = {
            name: nn.Embedding.from_pretrained(weights[f"embeddings.{name}.weight"])
            for name in ("word_embeddings", "position_embeddings", "token_type_embeddings")
        }
        with torch.device("meta"):  # no memory and no values for what is replaced at once
            norm = nn.LayerNorm(config["hidden_size"], eps=config["layer_norm_eps"])
            self.encoder = BertEncoder(config)
        self.embeddings = nn.ModuleDict({**tables, "LayerNorm": norm})
        self.load_state_dict(weights, assign=True)
        self.requires_grad_(False)

    @property
    def dtype(self) -> torch.dtype:
        return self.embeddings["LayerNorm"].weight.dtype

    def get_input_embeddings(self) -> nn.Module:
        return self.embeddings["word_embeddings"]

    def set_input_embeddings(self, table: nn.Module) -> None:
        self.embeddings["word_embeddings"] = table

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """Vectors (n, t, h) of tokens (n, t). Raises ValueError where one is filling."""
        if attention_mask is not None and not attention_mask.all():
            raise ValueError("texts of one batch must be as long as each other")
        embeddings = self.embeddings
        states = embeddings["word_embeddings"](input_ids)
        states = states + embeddings["token_type_embeddings"].weight[0]
        states = states + embeddings["position_embeddings"].weight[: input_ids.shape[1]]
        return self.encoder(embeddings["LayerNorm"](states)).last_hidden_state


class FirstModule(nn.Module):  # type: ignore[misc]
    """The first module, under the name that sentence-transformers gives its model."""

    def __init__(self, auto_model: Bert) -> None:
        super().__init__()
        self.auto_model = auto_model


class PackagedTransformer(nn.Sequential):  # type: ignore[misc]
    """What an Embedder asks of a SentenceTransformer: mean of the tokens, unit length."""

    prompts: Mapping[str, str] = {}
    default_prompt_name = None

    def __init__(self, model: Bert, tokenizer: Tokenizer) -> None:
        super().__init__(FirstModule(model))
        self._tokenizer = tokenizer

    def get_embedding_dimension(self) -> int:
        return int(self[0].auto_model.config.hidden_size)

    def tokenizer(self, texts: Sequence[str], **_: Any) -> dict[str, Any]:
        """Numbers of each text's tokens, as far as the model reads."""
        encoded = self._tokenizer.encode_batch_fast(list(texts))
        return {"input_ids": [text.ids for text in encoded]}

    def preprocess(self, texts: Sequence[str], **_: Any) -> dict[str, Tensor]:
        """Tokens of texts that are as long as each other."""
        return {"input_ids": torch.tensor(self.tokenizer(texts)["input_ids"])}

    def forward(self, features: dict[str, Tensor]) -> dict[str, Tensor]:
        states = self[0].auto_model(features["input_ids"])
        mean = states.sum(dim=1) / states.shape[1]
        return {"sentence_embedding": nn.functional.normalize(mean, dim=1)}


def load_packaged(folder: Path) -> PackagedTransformer:
    """The model in `folder`, its weights mapped; what it raises is the libraries' own."""
    config = json.loads((folder / CONFIG).read_text("utf-8"))
    if any(config[name] != value for name, value in _IMPLEMENTED.items()):
        raise ValueError(f"{folder / CONFIG} is of another model")
    with safe_open(str(folder / WEIGHTS), "pt") as file:
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.enable_truncation(config["max_position_embeddings"])
    transformer = PackagedTransformer(Bert(config, weights), tokenizer)
    transformer.eval()
    return transformer
