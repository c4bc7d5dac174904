"""Damaged files of every format: no traceback, no hang, no line lost. A sample of the benchmark."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "mutations.py"
READERS = BENCHMARK.with_name("reader_mutations.py")


def loaded(path: Path, patch: pytest.MonkeyPatch):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    patch.setitem(sys.modules, path.stem, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def benchmark():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARK.parent))
        yield loaded(BENCHMARK, patch)


@pytest.fixture(scope="module")
def readers(benchmark):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "mutations", benchmark)
        yield loaded(READERS, patch)


@pytest.mark.slow
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


@pytest.mark.slow
def test_every_line_of_a_mutant_is_accounted_for(benchmark, capsys) -> None:
    counts = benchmark.run(160, seed=7)
    assert set(counts) == {"read", "refused"}, capsys.readouterr().out


@pytest.mark.slow
def test_the_same_holds_of_every_other_reader_and_of_importing(readers, capsys) -> None:
    """Mappings, CORDIS, OCDS, ROR, OpenAlex and GLEIF: 37 good files, each damaged three times."""
    counts = readers.run(111, seed=3)
    assert set(counts) == {"read", "refused"}, capsys.readouterr().out


@pytest.mark.slow
def test_the_good_files_of_every_reader_load_whole(readers, tmp_path: Path) -> None:
    for file in readers.good_files(tmp_path):
        path = tmp_path / file.name
        path.write_bytes(file.content)
        parsed = file.read(path)
        assert sum(parsed.read.values()) > 0, file.name
        assert [p for p in parsed.problems if p.severity == "error"] == [], file.name
