"""Specifications as they are kept in a snapshot: written once, read at each comparison.

A text of statements is read as the snapshot is made, and not by each process again at the first
question that it may answer: of 14,408 titles that was half of a question's time.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from matchmaker import compiled, messages, regex, terms, text, thesaurus
from matchmaker import remembered as remembered_module
from matchmaker.marks import mark_of
from matchmaker.recommend.specification.model import (
    ItemRole,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.reading import CACHED, read
from matchmaker.remembered import remembered
from matchmaker.snapshot.model import Snapshot
from matchmaker.snapshot.specified import TextReader

# What reading imports beside the lists and programs of its own folder and the thesaurus.
_MODULES = (compiled, messages, regex, remembered_module, terms, text)
_KINDS = {kind.value: kind for kind in RequirementKind}
_ROLES = {role.value: role for role in ItemRole}


@lru_cache(maxsize=1)
def reader() -> TextReader:
    """How statements are read for a snapshot."""
    return TextReader(_mark(), lambda said: written(read(said)))


def _mark() -> str:
    """Another for each version of what texts are read by: the programs and their lists."""
    folders = [Path(__file__).parent, Path(thesaurus.__file__).parent]
    files = [file for folder in folders for file in folder.iterdir() if file.is_file()]
    files += [Path(str(each.__file__)) for each in _MODULES]
    return mark_of(files)


def written(specification: Specification) -> str:
    """A specification as it is kept, "" where a text specifies nothing."""
    if not specification.items and not specification.denials:
        return ""
    items = [list(item) for item in specification.items]
    return json.dumps([items, specification.denials], ensure_ascii=False, separators=(",", ":"))


def specification_of(snapshot: Snapshot, statement: int) -> Specification:
    """What a statement specifies, as it was read for the snapshot; else it is read now."""
    said = snapshot.string("statements", "text", statement)
    if snapshot.meta.specified_by != reader().mark:
        return read(said)
    return _from_written(said, snapshot.string("statements", "specification", statement))


@remembered(CACHED)
def _from_written(said: str, kept: str) -> Specification:
    if not kept:
        return Specification(said)
    items, denials = json.loads(kept)
    return Specification(
        said,
        tuple(
            Requirement._make([_KINDS[kind], *rest, _ROLES[role], clause])
            for kind, *rest, role, clause in items
        ),
        denials=tuple((start, end) for start, end in denials),
    )
