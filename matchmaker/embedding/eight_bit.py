"""An encoder in 8 bits by ONNX Runtime, on processors that multiply bytes (AVX-512 VNNI).

Weights have one scale for each output, fixed at load; inputs one for each token, taken
as they come (Yao et al. 2022, ZeroQuant). A token's scale is its own and sums of products
of bytes are exact, so a text's vector does not depend on its company. A few channels are
far larger than the rest, and would leave these few steps: they are made smaller and their
weights larger (Xiao et al. 2023, SmoothQuant).

The layers are one graph: one text takes half the time of layer after layer in PyTorch, which
spends as long on the steps between products as on products. That of the packaged model is kept
(`eight_bit_model.py`), those of others are made anew at each load.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from matchmaker.embedding.bert import EncoderOutput
from matchmaker.embedding.session import multiplies_bytes, open_session

# Encoders whose vectors were compared with those of full precision; others keep it.
COMPARED_ENCODERS = frozenset({"bert", "roberta", "xlm-roberta"})
TINY = 1e-12  # step of a row whose values are all the same
PROBES = (8, 16)  # texts × tokens
_OPERATORS, _IR = (("", 18), ("com.microsoft", 1)), 9


class EightBitEncoder(torch.nn.Module):  # type: ignore[misc]
    """The layers of an encoder as one graph: (n, t, hidden) to (n, t, hidden), in float32.

    All texts are as long as each other: raises ValueError where some token is filling.
    """

    def __init__(self, graph: ModelProto) -> None:
        super().__init__()
        self._session = open_session(graph.SerializeToString())

    def forward(
        self, states: torch.Tensor, attention_mask: torch.Tensor | None = None, **_: Any
    ) -> EncoderOutput:
        if attention_mask is not None and not attention_mask.all():
            raise ValueError("texts of one batch must be as long as each other")
        (after,) = self._session.run(None, {"before": states.numpy()})
        return EncoderOutput(torch.from_numpy(after))


def quantise(transformer: Any) -> bool:
    """Replace the encoder's layers, where both model and processor are known to gain.

    Says whether it did; where not, `transformer` is as it was: also where nobody says how many
    tokens a text has, by which batches are made that need no filling.
    """
    model = getattr(transformer[0], "auto_model", None)
    encoder = getattr(model, "encoder", None)
    if model is None or encoder is None or not callable(getattr(transformer, "tokenizer", None)):
        return False
    config = model.config
    if config.model_type not in COMPARED_ENCODERS or config.hidden_act != "gelu":
        return False
    if model.dtype is not torch.float32 or not multiplies_bytes():
        return False
    model.encoder = EightBitEncoder(graph_of(model))
    return True


def graph_of(model: Any) -> ModelProto:
    """The encoder of a model of transformers' BERT (Devlin et al. 2019) in 8 bits."""
    config, encoder = model.config, model.encoder
    linears = {
        name: layer for name, layer in encoder.named_modules() if type(layer) is torch.nn.Linear
    }
    greatest = _greatest_inputs(model, linears)
    graph = _Graph(config.layer_norm_eps)
    states = "before"
    for number in range(config.num_hidden_layers):

        def linear(inputs: str, name: str, at: str = f"layer.{number}.") -> str:
            layer = linears[at + name]
            return graph.linear(inputs, layer, _smoothing(layer, greatest[at + name]))

        def norm(added: str, to: str, name: str, at: str = f"layer.{number}.") -> str:
            return graph.norm(added, to, encoder.get_submodule(at + name))

        parts = (linear(states, f"attention.self.{name}") for name in ("query", "key", "value"))
        heads = config.num_attention_heads
        seen = graph.fused("MultiHeadAttention", *parts, num_heads=heads)
        seen = linear(seen, "attention.output.dense")
        states = norm(seen, states, "attention.output.LayerNorm")
        inner = graph.fused("Gelu", linear(states, "intermediate.dense"))
        states = norm(linear(inner, "output.dense"), states, "output.LayerNorm")
    return graph.model(states, config.hidden_size)


class _Graph:
    """A graph as it is made: its steps and constants, each named by its number."""

    def __init__(self, epsilon: float) -> None:
        self._epsilon = epsilon
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._last = self.constant(np.array([-1], dtype=np.int64))
        self._one, self._tiny, self._steps = (
            self.constant(np.array(value, dtype=np.float32)) for value in (1, TINY, 1 / 255)
        )

    def constant(self, values: Any) -> str:
        name = f"constant{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def step(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = f"step{len(self._nodes)}"
        self._nodes.append(
            helper.make_node(operator, inputs, [name], name, domain=domain, **attributes)
        )
        return name

    def fused(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """One of the operators that ONNX Runtime has beside those of ONNX."""
        return self.step(operator, *inputs, domain="com.microsoft", **attributes)

    def norm(self, added: str, to: str, layer: torch.nn.LayerNorm) -> str:
        weights = (self.constant(each.detach().numpy()) for each in (layer.weight, layer.bias))
        return self.fused("SkipLayerNormalization", added, to, *weights, epsilon=self._epsilon)

    def linear(self, inputs: str, layer: torch.nn.Linear, smoothing: torch.Tensor | None) -> str:
        """x · Wᵀ + b with x = low + step · byte for each row, W = scale · byte for each output."""
        weight = layer.weight.detach()
        if smoothing is not None:
            weight = weight * smoothing
            inputs = self.step("Mul", inputs, self.constant((1 / smoothing).numpy()))
        scales = weight.abs().amax(dim=1).clamp_min(TINY) / 127
        rounded = (weight / scales[:, None]).round().to(torch.int8)
        low, high = (
            self.step(f"Reduce{end}", inputs, self._last, keepdims=1) for end in ("Min", "Max")
        )
        width = self.step("Max", self.step("Sub", high, low), self._tiny)
        step = self.step("Mul", width, self._steps)
        whole = self.step("Round", self.step("Div", self.step("Sub", inputs, low), step))
        product = self.fused(
            "MatMulIntegerToFloat", self.step("Cast", whole, to=TensorProto.UINT8),
            self.constant(rounded.numpy().T), self._one, self.constant(scales.numpy()),
        )  # fmt: skip
        least = self.step("Mul", low, self.constant((rounded.sum(dim=1) * scales).numpy()))
        least = self.step("Add", least, self.constant(layer.bias.detach().numpy()))
        return self.step("Add", self.step("Mul", product, step), least)

    def model(self, states: str, hidden: int) -> ModelProto:
        before, after = (
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "t", hidden])
            for name in ("before", states)
        )
        graph = helper.make_graph(self._nodes, "encoder", [before], [after], self._constants)
        operators = [helper.make_opsetid(*each) for each in _OPERATORS]
        return helper.make_model(graph, opset_imports=operators, ir_version=_IR)


def _greatest_inputs(model: Any, linears: dict[str, torch.nn.Linear]) -> dict[str, torch.Tensor]:
    """Greatest absolute value (inputs,) that each layer sees in texts of random tokens.

    Which channels are large is the model's doing, hardly the text's: real texts do not
    make the vectors any better.
    """
    greatest: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Callable[..., None]:
        def seen(_: Any, inputs: tuple[torch.Tensor]) -> None:
            greatest[name] = inputs[0].abs().flatten(0, -2).amax(dim=0)

        return seen

    watching = [linear.register_forward_pre_hook(watch(name)) for name, linear in linears.items()]
    always_the_same = torch.Generator().manual_seed(1)
    tokens = torch.randint(model.config.vocab_size, PROBES, generator=always_the_same)
    with torch.no_grad():
        model(input_ids=tokens, attention_mask=torch.ones_like(tokens))
    for handle in watching:
        handle.remove()
    return greatest


def _smoothing(linear: torch.nn.Linear, greatest: torch.Tensor) -> torch.Tensor | None:
    """What to divide each input by: √(greatest input / greatest weight), shape (inputs,).

    None for a layer that narrows, the second of a feed-forward: which of its inputs are
    large does change from text to text.
    """
    if linear.in_features > linear.out_features:
        return None
    weights = linear.weight.detach().abs().amax(dim=0)
    return (greatest.clamp_min(1e-4) / weights.clamp_min(1e-4)).sqrt()
