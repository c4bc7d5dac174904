"""Whom the organisations of a list deal with, by name: relations with those who are known."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from matchmaker.domain import UNDIRECTED_LAYERS, Layer, Tie
from matchmaker.ingest import title_words
from matchmaker.ingest.consortia import listed_members, without_others
from matchmaker.ingest.made_ids import made_id
from matchmaker.ingest.names import normal_name
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.ingest.report import NamedDealing, Parsed, Problem
from matchmaker.ingest.title_keys import title_keys
from matchmaker.ingest.words import word_key
from matchmaker.messages import message
from matchmaker.regex import regex
from matchmaker.store.ports import DuplicateKeys
from matchmaker.text import normal

# The layer of each column, and whether those whom it names stand at the tie's beginning.
DEALINGS: Mapping[str, tuple[Layer, bool]] = {
    "suppliers": (Layer.SUPPLIES, True),
    "customers": (Layer.SUPPLIES, False),
    "partners": (Layer.COOPERATES_WITH, False),
    "competitors": (Layer.COMPETES_WITH, False),
}
# Titles that head names of the list itself where no other does.
_ONLY_BESIDE_NAMES = {
    "suppliers": "供应商|供货商|供应商名单|suppliers|supplier names|lieferanten|fournisseurs",
    "customers": "客户|客户名单|用户|customers|clients|kunden|abnehmer",
    "partners": "合作企业|合作方|合作机构|合作对象",
}
_COUNTED = regex(r"[\s_#-]*[1-9一二三四五][)）]?$")
_COMMAS = regex(r"\s*[,，/]\s*")
# What stands there and is nobody's name: 自产, 出口欧美, 国内各大主机厂, various OEMs.
_NO_NAME = regex(
    r"自产|自供|自有|自用|自行.{0,8}|内部.{0,6}|出口.{0,12}|内销.{0,6}|外销.{0,6}|外贸.{0,8}"
    r"|(?:国内|国外|海外|省内|省外|市内|本地|周边|全国|各地|欧美)[^公司厂院校]{0,14}"
    r"(?:客户|企业|市场|厂家|经销商|主机厂|商家)?"
    r"|(?:各大|众多|多家|若干|知名).{0,16}"
    r"|.{0,8}(?:经销商|代理商|散客|终端用户|个人用户|政府采购|网店|电商平台)"
    r"|in-?house|own production|export(?:s)?(?: .{0,20})?|(?:various|several|many|diverse) .{0,30}"
    r"|oems?|end users?|private customers?|eigenfertigung",
    re.IGNORECASE,
)


def dealings_of_titles(taken: Mapping[str, str]) -> dict[str, str]:
    """Columns of whom the named ones of a list deal with, by title: 供应商, 主要客户2.

    `taken` are the columns of all titles, "" for none.
    """
    if "name" not in taken.values():
        return {}
    known = _columns()
    found = {}
    for title in (title for title, name in taken.items() if not name):
        plain = _COUNTED.sub("", title) or title
        keys = (*title_keys(title), *title_keys(plain))
        column = next((known[key] for key in keys if key in known), "")
        if column:
            found[title] = column
    return found


@cache
def _columns() -> Mapping[str, str]:
    words = {
        "suppliers": title_words.SUPPLIERS, "customers": title_words.CUSTOMERS,
        "partners": title_words.PARTNERS, "competitors": title_words.COMPETITORS,
    }  # fmt: skip
    return {
        word_key(word): column
        for column, usual in words.items()
        for word in f"{usual}|{_ONLY_BESIDE_NAMES.get(column, '')}".split("|")
        if word
    }


def named_in(cell: str) -> Iterator[str]:
    """The names in a cell that lists several, each once, and words in the place of any."""
    for name in dict.fromkeys(_parts(cell)):
        name = without_others(name).strip()  # noqa: PLW2901
        if name and not is_placeholder(name):
            yield name.removesuffix("等").strip()


def _parts(cell: str) -> Iterator[str]:
    for part in listed_members(cell):
        names = [each for each in _COMMAS.split(part) if each]
        is_han = any("一" <= character <= "鿿" for character in part)
        yield from names if is_han and len(names) > 1 else [part]


def with_dealings(
    parsed: Parsed, known: Iterable[DuplicateKeys], members: Collection[str] | None
) -> Parsed:
    """With a relation for each name of one who is known; of the others it is told.

    Known are those of the file and those on record, of a cluster's `members` where these are
    given. Names are compared as they are written, in any spelling of the legal form.
    """
    if not parsed.dealings:
        return parsed
    in_file: defaultdict[str, set[str]] = defaultdict(set)
    for row in parsed.rows.organizations:
        for name in (row.name, row.name_en, *row.other_names):
            in_file[normal_name(name)].add(row.id)
    on_record: defaultdict[str, set[str]] = defaultdict(set)
    for keys in known:
        if members is None or keys.id in members:
            for name in (keys.name, keys.name_en, *keys.other_names):
                on_record[normal_name(name)].add(keys.id)
    ties = {row.id: row for row in parsed.rows.ties}
    problems, origins = list(parsed.problems), dict(parsed.origins)
    present = parsed.organization_ids
    for each in parsed.dealings:
        if each.organization not in present:
            continue  # its line is left out
        key = normal_name(each.name)
        ids = in_file.get(key) or on_record.get(key, set())
        if len(ids) != 1 or each.organization in ids:
            problems.append(_not_kept(each, len(ids), is_itself=each.organization in ids))
            continue
        tie = _tie(each, next(iter(ids)))
        ties.setdefault(tie.id, tie)
        origins.setdefault(("ties", tie.id), (each.file, each.line))
    only_these = not parsed.rows.ties and not parsed.rows.engagements
    return replace(
        parsed,
        rows=replace(parsed.rows, ties=tuple(ties.values())),
        problems=tuple(problems),
        origins=origins,
        dealings=(),
        # Stated by the other side, too, they are one.
        are_ids_made=parsed.are_ids_made or only_these,
    )


def _tie(dealing: NamedDealing, other: str) -> Tie:
    layer, is_from_other = DEALINGS[dealing.column]
    ends = (other, dealing.organization) if is_from_other else (dealing.organization, other)
    if layer in UNDIRECTED_LAYERS:
        ends = (min(ends), max(ends))
    source = dealing.organization.partition(":")[0]
    return Tie(
        made_id(source, ("dealing", *ends, layer)), *ends, layer, provenance=dealing.provenance
    )


def _not_kept(dealing: NamedDealing, count: int, *, is_itself: bool) -> Problem:
    if is_itself:
        reason = message("'%(name)s' is itself: no relation.", name=dealing.name)
    elif not count and _NO_NAME.fullmatch(normal(dealing.name)):
        reason = message("'%(cell)s' names nobody.", cell=dealing.name)
    elif count:
        reason = message(
            "'%(name)s' is what several are called: no relation is kept. Name it in a list of "
            "relations, with its place or id.",
            name=dealing.name,
        )
    else:
        reason = message(
            "'%(name)s' is nobody known here by that name: no relation is kept. Import it as an "
            "organisation first, or write its whole name.",
            name=dealing.name,
        )
    return Problem(dealing.file, dealing.line, dealing.column, reason, "warning", is_lost=True)
