"""Linear layers in 8 bits, on processors that multiply bytes (AVX-512 VNNI).

Weights have one scale for each output, fixed at load; inputs one for each token, taken
as they come (Yao et al. 2022, ZeroQuant). A token's scale is its own and sums of products
of bytes are exact, so a text's vector does not depend on its company. A few channels are
far larger than the rest, and would leave these few steps: they are made smaller and their
weights larger (Xiao et al. 2023, SmoothQuant).
"""

from __future__ import annotations

from typing import Any

import torch

# Encoders whose vectors were compared with those of full precision; others keep it.
COMPARED_ENCODERS = frozenset({"bert", "roberta", "xlm-roberta"})
TINY = 1e-12  # step of a row whose values are all the same
PROBES = (8, 16)  # texts × tokens


class EightBitLinear(torch.nn.Module):  # type: ignore[misc]
    """x · Wᵀ + b with x = low + step · byte for each row, W = scale · byte for each output.

    From (…, inputs) to (…, outputs), both in float32.
    """

    def __init__(self, linear: torch.nn.Linear, smoothing: torch.Tensor | None) -> None:
        super().__init__()
        weight = linear.weight.detach()
        if smoothing is not None:
            weight = weight * smoothing
        scales = weight.abs().amax(dim=1).clamp_min(TINY) / 127
        rounded = (weight / scales[:, None]).round().to(torch.int8)
        self._packed = torch.ops.onednn.qlinear_prepack(rounded, None)
        self._scales = scales
        self._zeros = torch.zeros(len(scales), dtype=torch.int32)
        self._sums = rounded.sum(dim=1) * scales
        self._bias = torch.zeros(len(scales))
        if linear.bias is not None:  # a copy: the layer's own may be part of a mapped file
            self._bias = linear.bias.detach().clone()
        self._shrink = None if smoothing is None else 1 / smoothing

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        rows = values.reshape(-1, values.shape[-1])
        if self._shrink is not None:
            rows = rows * self._shrink
        low = rows.amin(dim=1, keepdim=True)
        step = rows.amax(dim=1, keepdim=True).sub_(low).clamp_min_(TINY).div_(255)
        # Conversion cuts, so half more makes it round; by way of 16 bits it is five times
        # as fast as straight.
        steps = rows.sub(low).div_(step).add_(0.5).to(torch.int16).to(torch.uint8)
        product = torch.ops.onednn.qlinear_pointwise(
            steps, 1.0, 0, self._packed, self._scales, self._zeros,
            None, 1.0, 0, torch.float32, "none", [], "",
        )  # fmt: skip
        least = torch.addcmul(self._bias, low, self._sums)
        return least.addcmul_(product, step).view(*values.shape[:-1], -1)


def multiplies_bytes() -> bool:
    """Tell whether 8 bits are faster here than 32, and exact.

    Before VNNI, processors add products of bytes in 16 bits, and saturate. What else
    might be faster (AMX alone, ARM) was not measured: there, too, full precision stays.
    """
    return bool(torch.cpu.get_capabilities().get("avx512_vnni"))


def quantise(transformer: Any) -> bool:
    """Replace the encoder's linear layers, where both model and processor are known to gain.

    Says whether it did; where not, `transformer` is as it was.
    """
    model = getattr(transformer[0], "auto_model", None)
    encoder = getattr(model, "encoder", None)
    if model is None or encoder is None or model.config.model_type not in COMPARED_ENCODERS:
        return False
    if model.dtype is not torch.float32 or not multiplies_bytes():
        return False
    linears = {
        name: layer for name, layer in encoder.named_modules() if type(layer) is torch.nn.Linear
    }
    greatest = _greatest_inputs(model, linears)
    for name, linear in linears.items():
        encoder.set_submodule(name, EightBitLinear(linear, _smoothing(linear, greatest[name])))
    return True


def _greatest_inputs(model: Any, linears: dict[str, torch.nn.Linear]) -> dict[str, torch.Tensor]:
    """Greatest absolute value (inputs,) that each layer sees in texts of random tokens.

    Which channels are large is the model's doing, hardly the text's: real texts do not
    make the vectors any better.
    """
    greatest: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Any:
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
