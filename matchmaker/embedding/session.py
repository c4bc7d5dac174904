"""ONNX Runtime for the layers of an encoder: whether they run in 8 bits here, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_ONLY_ERRORS = 3
_PROCESSOR = Path("/proc/cpuinfo")
_FLAG = "avx512_vnni"


def multiplies_bytes() -> bool:
    """Tell whether 8 bits are faster here than 32, and exact.

    Before VNNI, processors add products of bytes in 16 bits, and saturate. What else
    might be faster (AMX alone, ARM) was not measured: there, too, full precision stays.
    """
    try:
        told = _PROCESSOR.read_text("utf-8", "replace")
    except OSError:  # no Linux: PyTorch asks the processor itself
        import torch

        return bool(torch.cpu.get_capabilities().get(_FLAG))
    return any(_FLAG in line.split() for line in told.splitlines() if line.startswith("flags"))


def open_session(graph: bytes | str) -> Any:
    """A session of a graph, or of the file of that name, which outlives a fork: no threads."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = _ONLY_ERRORS
    # Batches are computed side by side, each by one thread.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # What it keeps for each shape that it meets, it keeps for ever.
    options.enable_mem_pattern = False
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])
