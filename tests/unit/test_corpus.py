"""What fuzzing kept is read or refused in our words: `benchmarks/fuzz.py` found these inputs."""

from __future__ import annotations

import pytest

from benchmarks.fuzz import CORPUS, PARSERS, feed


@pytest.mark.parametrize("parser", sorted(PARSERS))
def test_the_corpus_of_a_parser_is_read_or_refused(parser: str) -> None:
    inputs = sorted((CORPUS / parser).iterdir())
    assert len(inputs) >= 5
    for path in inputs:
        try:
            feed(parser, path.read_bytes())
        except Exception as error:
            raise AssertionError(path.name) from error
