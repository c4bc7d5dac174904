"""What every benchmark shares: the machine in words, percentiles, a table."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

# `tools` is beside the package, not in it.
sys.path.insert(0, str(Path(__file__).parents[1]))


def machine() -> str:
    """Processor, cores, memory and Python of the machine measured on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":", 1)[1].strip() if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


@dataclass
class Stopwatch:
    """Named wall-clock times in seconds, in the order taken."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Time the block and print it at once, so that a long run shows where it is."""
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
        print(f"  {name:<44} {self.seconds[name]:9.2f} s", flush=True)


def percentiles(seconds: Sequence[float]) -> str:
    """p50, p95 and the largest, in milliseconds."""
    p50, p95 = np.percentile(np.asarray(seconds) * 1000, [50, 95])
    return f"p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   max {max(seconds) * 1000:7.1f} ms"


def verdict(name: str, value: float, bound: float, unit: str) -> None:
    """Print one figure beside the bound that it is held against."""
    word = "within" if value <= bound else "OVER"
    print(f"  {name:<44} {value:9.2f} {unit}   {word} {bound:g} {unit}", flush=True)
