"""What is made of packaged files is made once, and never read where it is not of them."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np
import pytest

from matchmaker import dictionary as module
from matchmaker.compiled import compiled


@pytest.fixture(autouse=True)
def _is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def test_it_is_made_once_of_a_source_and_anew_of_another(tmp_path: Path) -> None:
    made: list[bytes] = []

    def of(source: bytes) -> bytes:
        return compiled(tmp_path, "name", source, lambda: made.append(source) or source.upper())

    assert [of(b"valve"), of(b"valve"), of(b"pumps"), of(b"pumps")] == [
        b"VALVE", b"VALVE", b"PUMPS", b"PUMPS",
    ]  # fmt: skip
    assert made == [b"valve", b"pumps"]


def test_a_bit_that_flipped_has_it_made_anew(tmp_path: Path) -> None:
    compiled(tmp_path, "name", b"source", lambda: b"content")
    (kept,) = (tmp_path / "__pycache__").iterdir()
    content = kept.read_bytes()
    kept.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert compiled(tmp_path, "name", b"source", lambda: b"anew") == b"anew"


def test_the_dictionary_that_was_kept_is_the_one_that_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "dictionary.py"
    program.write_bytes(Path(module.__file__).read_bytes())
    monkeypatch.setattr(module, "__file__", str(program))
    read = module.dictionary.__wrapped__()
    monkeypatch.delattr(gzip, "decompress")
    kept = module.dictionary.__wrapped__()
    assert kept.words == read.words
    assert kept.chinese == read.chinese
    for name in ("begins", "headwords", "shares"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(read, name))
    assert kept.headwords_of("casting")["铸件"] == 1
