"""Cells that name several organisations: consortia, joint bidders, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

from matchmaker.domain import MAX_NAME
from matchmaker.ingest.legal_forms import split_form
from matchmaker.ingest.names import name_parts
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.regex import regex
from matchmaker.text import normal

_CONSORTIUM = regex(
    r"联合体|联营体|牵头(?:人|单位|方|企业)|成员(?:单位|企业)|\bconsorti(?:um|a)\b|\bjv\b"
    r"|\bjoint venture\b|\bkonsortium\b|\barge\b|\bbietergemeinschaft\b"
    r"|\barbeitsgemeinschaft\b|\bgroupement\b|\bute\b|\bati\b|\brti\b|\bkonsorcjum\b",
    re.IGNORECASE,
)
# A share or a part in brackets after a name: (55%), (capogruppo mandataria), (牵头人).
_ASIDE = regex(
    r"\s{0,9}[(（\[【]\s{0,9}(?:\d{1,3}(?:[.,]\d+)?\s*[%％]|(?:lead(?:er)?|lider|partner|member|capogruppo|mandante"
    r"|mandataria|mandataire|cotraitant|federführ\w*|konsortialführer|牵头|主办|成员|参与)[^()（）\[\]]{0,20})"
    r"\s{0,9}[)）\]】]",
    re.IGNORECASE,
)
# What says who is who among them, beside their names.
_LABEL = regex(
    r"联合体|联营体|牵头(?:人|单位|方|企业)?|成员(?:单位|方|企业)?\d*|主办(?:人|方)|主体单位|"
    r"\b(?:the )?consorti(?:um|a)(?: (?:of|leader|lead|members?|partners?|between))?\b|"
    r"\bjoint venture(?: (?:of|between))?\b|\bjv\b|\bkonsortium\b|\barge\b|\bbietergemeinschaft\b|"
    r"\barbeitsgemeinschaft\b|\bgroupement\b|\bkonsorcjum(?: firm)?\b|"
    r"\b(?:lead(?:er)?|members?|partners?)\b(?=\s*[:：)）])|"
    r"\bute\b|\bati\b|\brti\b",
    re.IGNORECASE,
)
# Blanks are bounded: a cell of thousands would be looked through from each of them anew.
_SEPARATOR = regex(r"\s{0,9}(?:[;；|\n、+＋]|\s/\s|\s[–—]\s)\s{0,9}")
_SEPARATOR_OF_CONSORTIA = regex(_SEPARATOR.pattern + r"|\s{0,9}[/，]\s{0,9}")
# Weaker ones, which are parts of names too.
_JOINED = regex(r"\s{0,9}(?:[/,，&＆]|\s(?:and|und|et|with)\s|[与和及暨])\s{0,9}", re.IGNORECASE)
_STROKE = regex(r"\s[/|]\s")
# What parts names in lists, and never stands in one.
_LISTED = regex(r"\s{0,9}[;；|\n、]\s{0,9}")
# What says that others stand beside the one that is named.
_AND_OTHERS = regex(
    r"\s{0,9}等\s{0,9}(?:共?\s{0,9}(?:\d{1,5}|[一二两三四五六七八九十几多]{1,9})?\s{0,9}(?:家|个|所)?)?(?:其他|相关)?"
    r"(?:单位|企业|公司|机构|高校|院校|会员)?$|\s{0,9}(?:及|和)其他(?:单位|企业|公司|机构)?$"
    r"|[\s,]{1,9}(?:et al\.?|(?:and|&) (?:\d{1,5} |several )?others?|u\. ?a\.|et autres|y otros"
    r"|e altri)$",
    re.IGNORECASE,
)
_COMMA = regex(r"\s{0,9}[,，]\s{0,9}")
# A number before a name in a numbered list: 1. 2) (3) 4、 ⑤
_NUMBERED = regex(
    r"(?:(?<!\w)|(?<=[^\W\da-zA-Z_]))"
    r"(?:[(（](?P<a>\d{1,2})[)）]|(?P<b>\d{1,2})[.)）、．](?!\d))\s*"
    r"|(?P<c>[①-⑳])\s*"
)
# Forms that are names of well-known firms too.
_KNOWN_BY_A_FORM = frozenset({("sas",), ("sia",)})
_BRACKETS = regex(r"[()（）\[\]【】]")
_EMPTY_BRACKETS = regex(r"[(（\[【]\s{0,9}[:：,，、;；]{0,9}\s{0,9}[)）\]】]")
_EDGES = " \t,，;；、:：/+&＆-–—"
_INSTITUTION = regex(
    r"(?:大学|学院|学校|研究院|研究所|研究中心|设计院|工程院|医院|中心|集团|公司|厂|局|社|所|院|站|协会|商会|银行)$"
    r"|\b(?:universit\w*|institut\w*|college|hochschule|fachhochschule|school|academy|hospital|council"
    r"|ministry|department|agency|authority|laborator(?:y|ies)|foundation|stiftung|politecnico"
    r"|association|gesellschaft|verein|centre|center|fraunhofer|cnrs|csic|prüfzentrum|zentrum)\b"
    r"|^(?:tu|th|fh|eth|epfl|rwth|kit|tüv|uni|vtt|tno|cea|ntnu|kth|dtu|mit)\b"
)


def consortium_members(name: str) -> tuple[str, ...]:
    """The organisations that a cell names, leader first as written; the name itself if it is one.

    `A Ltd; B GmbH` are two. A name is divided only where every part looks like the name of an
    organisation, or where the parts are numbered: "Johnson & Son" and "A+B Plastics Ltd" stay
    whole. What names nobody is none of them: `Unknown; A Ltd` is one.
    """
    whole = " ".join(name.split())
    if numbered := _numbered(whole):
        return numbered
    if not _CONSORTIUM.search(whole) and "\n" in name.strip():
        lines = _members("；".join(filter(str.strip, name.splitlines())), _SEPARATOR)
        if lines:
            return lines
    if _CONSORTIUM.search(whole):
        unlabelled = _EMPTY_BRACKETS.sub("", _LABEL.sub("；", whole))
        for text in (unlabelled, _BRACKETS.sub("；", unlabelled)):
            members = _members(text, _SEPARATOR_OF_CONSORTIA)
            if len(members) > 1:
                return members
        return (whole,)
    named = _named(_LISTED.split(whole))
    if len(named) == 1 and whole != named[0]:
        return named
    members = _members(whole, _SEPARATOR)
    is_repeated = len(members) == 1 and whole.count(members[0]) > 1
    return members if len(members) > 1 or is_repeated else (whole,)


# Each with its country: KU Beispiel (BE), Sample University (CN).
_IN_COUNTRY = regex(r".{2,200}[(（][A-Z]{2}[)）]")


def listed_members(cell: str) -> tuple[str, ...]:
    """The organisations of a cell that is meant to name several, whatever their names look like.

    Parted by ; 、 | or lines; where there is none of these by commas, if there are two or each
    part is a name for certain: "University of Sample, Campus" stays whole.
    """
    parts = _named(_LISTED.split(cell.strip()))
    if len(parts) > 1:
        return tuple(dict.fromkeys(each for part in parts for each in consortium_members(part)))
    members = consortium_members(cell)
    if len(members) > 1 or _CONSORTIUM.search(cell):
        return members
    names = _between_commas(members[0])
    are_names = len(names) > 2 or all(
        is_organization_name(each) or _IN_COUNTRY.fullmatch(each) for each in names
    )
    return tuple(dict.fromkeys(names)) if names and are_names else members


def may_be_several(name: str, *, by_comma: bool = False) -> bool:
    """Tell whether a name that was not divided has what parts names: `Alpha GmbH; Beta`."""
    return len(_named(_LISTED.split(name.strip()))) > 1 or (
        by_comma and (len(_between_commas(name)) > 1 or len(_named(_STROKE.split(name))) > 1)
    )


def without_others(name: str) -> str:
    """A name without what says that it stands for others too: `甲公司等3家单位`, `A Ltd et al.`.

    The name itself where it says nothing of the kind.
    """
    rest = _AND_OTHERS.sub("", name).strip(_EDGES)
    return rest if rest != name.strip(_EDGES) and is_organization_name(rest) else name


def _between_commas(cell: str) -> tuple[str, ...]:
    """Names between commas; one before a legal form parts none."""
    names: list[str] = []
    for part in _COMMA.split(cell):
        if names and is_only_form(part):
            names[-1] += f", {part}"
        else:
            names.append(part)
    return _named(names)


def is_only_form(name: str) -> bool:
    """Tell whether a text is nothing but a legal form: "GmbH", "Co., Ltd.", 有限公司."""
    words = name_parts(name).words
    return (
        bool(words)
        and words not in _KNOWN_BY_A_FORM
        and split_form(("a name", *words))[0] == ("a name",)
    )


def _named(parts: Iterable[str]) -> tuple[str, ...]:
    """Parts that name somebody, each once."""
    names = (" ".join(part.split()).strip(_EDGES) for part in parts)
    return tuple(dict.fromkeys(name for name in names if not is_placeholder(name)))


def _numbered(whole: str) -> tuple[str, ...]:
    """The names of a numbered list, from 1 or ① on; none where it is no such list."""
    marks = list(_NUMBERED.finditer(whole))
    numbers = [
        int(mark["a"] or mark["b"]) if mark["c"] is None else ord(mark["c"]) - ord("①") + 1
        for mark in marks
    ]
    if len(marks) < 2 or marks[0].start() or numbers != list(range(1, len(marks) + 1)):
        return ()
    ends = [*(mark.start() for mark in marks[1:]), len(whole)]
    return _named(whole[mark.end() : end] for mark, end in zip(marks, ends, strict=True))


def _members(text: str, separator: re.Pattern[str]) -> tuple[str, ...]:
    """Parts that all look like names of organisations, each once; empty when one does not."""
    parts = [part.strip(_EDGES) for part in separator.split(_ASIDE.sub("", text))]
    members = [member for part in parts if not is_placeholder(part) for member in _joined(part)]
    if not all(map(is_organization_name, members)):
        return ()
    return tuple(dict.fromkeys(members))


def _joined(part: str) -> list[str]:
    """A part divided at weaker separators, where both sides look like names for certain."""
    names: list[str] = []
    while divided := _divided(part):
        name, part = divided
        names.append(name)
    return [*names, part]


def _divided(part: str) -> tuple[str, str] | None:
    """The first name, and what stands behind it; None where it is not to be divided."""
    for match in _JOINED.finditer(part, 0, MAX_NAME):
        left, right = part[: match.start()].strip(_EDGES), part[match.end() :].strip(_EDGES)
        # Of many names the last one tells: whoever reads all of them for each is done never.
        if (
            _has_form(left)
            and is_organization_name(left)
            and is_organization_name(right[-MAX_NAME:])
        ):
            return left, right
    return None


def _has_form(name: str) -> bool:
    return name_parts(name).form not in ("", "co", "公司")  # "Wright & Co. and Sons Ltd" is one


def is_organization_name(name: str) -> bool:
    """Tell whether a text ends as names of firms and institutions do: by a form, by what it is."""
    parts = name_parts(name)
    if parts.form:
        # "Co. KG" and "Ltd" alone are the end of a name, not a name.
        return split_form(("a name", *parts.words))[1] == ""
    return _INSTITUTION.search(normal(name)) is not None
