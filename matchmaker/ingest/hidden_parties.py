"""Whoever opted out, in the lists of those who do not find it: neither named nor guessed at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from matchmaker.domain import DuplicateCandidate
from matchmaker.ingest.report import Problem
from matchmaker.messages import message

# Whoever it is, nothing is told of it: neither its name or id, nor how alike the two are, by which
# a guess could be made better step by step.
SOMEBODY = message("Somebody on record may be the same: an administrator decides.")


def aliases_found(
    aliases: Mapping[str, str], hidden: Collection[str], in_file: Collection[str]
) -> dict[str, str]:
    """Other ids of organisations, without those by which a file could ask for a hidden one.

    Who comes `in_file` under one is still the same: it is not written a second time.
    """
    return {id: kept for id, kept in aliases.items() if kept not in hidden or id in in_file}


def pairs_found(
    pairs: Sequence[DuplicateCandidate], hidden: Collection[str]
) -> tuple[DuplicateCandidate, ...]:
    """The pairs of which nobody is hidden."""
    return tuple(pair for pair in pairs if not any(id in hidden for id in pair.key))


def told_of_hidden(
    pairs: Sequence[DuplicateCandidate],
    hidden: Collection[str],
    origins: Mapping[tuple[str, str], tuple[str, int]],
) -> Iterator[Problem]:
    """A problem for each line whose organisation may be a hidden one; one, however many are."""
    alike = {id for pair in pairs for id in pair.key if any(each in hidden for each in pair.key)}
    places = {origins[key] for id in alike if (key := ("organizations", id)) in origins}
    for file, line in sorted(places):
        yield Problem(file, line, "name", SOMEBODY, "warning")
