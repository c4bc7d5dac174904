"""Damaged files of every format: no traceback, no hang, no line lost. A sample of the benchmark."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "mutations.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("mutations", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, "mutations", module)
        spec.loader.exec_module(module)
        yield module


def test_good_files_load_whole(benchmark, tmp_path: Path) -> None:
    """Forty files of four rows each, one of five."""
    files = benchmark.good_files()
    loaded = {}
    for name, content in files.items():
        path = tmp_path / f"organizations.{name}"
        path.write_bytes(content)
        loaded[name] = len(benchmark.read_files([("organizations", path)]).rows.organizations)
    assert len(files) == 40
    assert {name for name, count in loaded.items() if count != 4} == {"multiline.csv"}


def test_every_line_of_a_mutant_is_accounted_for(benchmark, capsys) -> None:
    counts = benchmark.run(160, seed=7)
    assert set(counts) == {"read", "refused"}, capsys.readouterr().out
