"""A filter by a class of industry finer than anybody is coded: who says in words that it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matchmaker.messages import Message, message
from matchmaker.recommend.specification import RequirementKind, names_of, read
from matchmaker.regex import regex
from matchmaker.services.directory.codes import rows_named, with_below
from matchmaker.snapshot.model import BoolArray, IntArray, Snapshot

# What names of classes say of every class alike.
_KIND_OF_WORK = regex(
    r"(?:及类似|及其他|和其他|其他|相关|专用|通用)|(?:的)?(?:制造|加工|生产|修理|服务|销售|批发|零售)?业?$|"
    r"\b(?:manufactur\w+|production|processing|repair|services?|other|and related)\b"
)
_LISTED = regex(r"[、，,;/]|和|及|与|或|\band\b|\bor\b")


@dataclass(frozen=True, slots=True)
class CoarserIndustry:
    """A class as which nobody is coded, and who is coded wider and says so, rows (k,)."""

    industry: str
    wider: str
    organizations: frozenset[int]

    @property
    def notice(self) -> Message:
        """A notice that says why the list holds organisations of a wider industry."""
        if self.organizations:
            return message(
                "Nobody is coded as %(industry)s: shown are those of %(wider)s whose words say it.",
                industry=self.industry,
                wider=self.wider,
            )
        return message(
            "Nobody is coded as %(industry)s, and nobody of a wider class says it in words.",
            industry=self.industry,
        )


def coarser_industries(snapshot: Snapshot, names: Iterable[str]) -> tuple[CoarserIndustry, ...]:
    """Of the industries that are named, those as which nobody is coded.

    Raises InvalidInput where a name is unknown or may be several.
    """
    tops = [row for name in sorted(names) for row in rows_named(snapshot, "industries", name)]
    coded = snapshot.organizations.industry
    return tuple(
        snapshot.cached(("coarser industry", top), partial(_coarser, snapshot, top))
        for top in tops
        if not np.isin(coded, sorted(with_below(snapshot, "industries", [top]))).any()
    )


def _coarser(snapshot: Snapshot, top: int) -> CoarserIndustry:
    columns = snapshot.industries
    name, coded = str(columns["name"][top].as_py()), snapshot.organizations.industry
    above = _above(columns, top)
    held = [row for row in above if (coded == row).any()]
    wider = "、".join(str(columns["name"][row].as_py()) for row in held)
    english = str(columns["name_en"][top].as_py() or "")
    says = np.isin(coded, held) & _mentions(snapshot, _words(f"{name}、{english}"))
    return CoarserIndustry(name, wider, frozenset(np.flatnonzero(says).tolist()))


def _above(columns: pa.Table, row: int) -> list[int]:
    """The wider classes of one, nearest first."""
    above: list[int] = []
    while (row := int(columns["parent"][row].as_py())) >= 0:
        above.append(row)
    return above


def _words(name: str) -> frozenset[str]:
    """Words for what those of a class make, in either language: 阀门, 阀, valve."""
    words: set[str] = set()
    for part in _LISTED.split(_KIND_OF_WORK.sub("", name)):
        word = _KIND_OF_WORK.sub("", part).strip()
        if len(word) < 2:
            continue
        words.add(word)
        for item in read(word).of(RequirementKind.PRODUCT):
            words.update(names_of(item.value))
    return frozenset(words)


def _mentions(snapshot: Snapshot, words: frozenset[str]) -> BoolArray:
    """A mask of those whose name or active statements hold one of the words, (N,)."""
    says = np.zeros(len(snapshot), dtype=np.bool_)
    if not words:
        return says
    pattern = "|".join(re.escape(word) for word in sorted(words))
    table, entries = snapshot.organizations.table, snapshot.organization_statements
    for column in ("name", "name_en"):
        says |= _matches(table[column], pattern)
    spoken = _matches(snapshot.statements.table["text"], pattern) & snapshot.statements.active
    owners: IntArray = np.repeat(np.arange(len(snapshot), dtype=np.int32), np.diff(entries.indptr))
    says[owners[spoken[entries.indices]]] = True
    return says


def _matches(column: pa.ChunkedArray, pattern: str) -> BoolArray:
    matches = pc.match_substring_regex(column, pattern, ignore_case=True)
    return np.asarray(pc.fill_null(matches, False).to_numpy(), dtype=np.bool_)
