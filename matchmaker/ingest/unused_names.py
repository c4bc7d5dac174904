# ruff: noqa: E501 -- words, as a list is read
"""Marks in names by which people say that an entry is no longer to be used: `** DO NOT USE **`, zz_old, （已退会）."""

from __future__ import annotations

import re

from matchmaker.regex import regex

# Said of an entry by nobody's name, with or without marks around.
_PHRASES = (
    r"do not use|don'?t use|not to be used|no longer (?:used|in use)|marked for deletion|to be deleted|deletion flag"
    r"|nicht (?:mehr )?(?:verwenden|benutzen)|ne (?:plus|pas) utiliser|no usar|non usare|nie używać|nepoužívat"
    r"|请勿使用|不要使用|不再使用|勿用|不得使用"
)
# Those that only say so in brackets or behind a mark.
_WORDS = (
    r"blocked|purchasing block|blacklisted|obsolete|old vendor|old supplier|old customer|duplicate|inactive vendor"
    r"|gesperrt|obsolet|löschvormerkung|löschkennzeichen|bloqué|bloqueado|bloccato|zablokowany"
    r"|(?:已|被)?(?:停用|禁用|作废|冻结|废弃|删除|退会|除名|拉黑)|待删除|(?:现?已)?(?:搬离|搬走|迁出|迁离|退租)(?:园区|本会)?|黑名单|former member|membership ended"
)
_OPEN, _CLOSE = r"[(\[（【<{]", r"[)\]）】>}]"
_BRACKETED = (
    rf"{_OPEN}\s{{0,9}}(?:{_PHRASES}|{_WORDS})(?![^\W\d_])[^()\[\]（）【】<>{{}}]{{0,30}}{_CLOSE}"
)
_SIGN = r"[*#!_~=|/:：—–-]"
_BEFORE = regex(
    rf"\s{{0,9}}(?:{_BRACKETED}|{_SIGN}{{0,9}}\s{{0,9}}(?:{_PHRASES})(?!\w)\s{{0,9}}{_SIGN}{{0,9}}"
    rf"|{_SIGN}{{1,9}}\s{{0,9}}(?:{_WORDS})\s{{0,9}}{_SIGN}{{1,9}}|(?:{_WORDS})\s{{0,9}}{_SIGN}{{1,9}}"
    r"|[zx]{2,9}_(?:old_?|alt_?)?|z{3,9}[\s.-]{1,9}|zz[\s.-]{0,9}(?:old|alt|inactive)[\s._-]{1,9})\s{0,9}",
    re.IGNORECASE,
)
_BEHIND = regex(
    rf"\s{{0,9}}(?:{_BRACKETED}|{_SIGN}{{0,9}}\s{{0,9}}\b(?:{_PHRASES})\s{{0,9}}{_SIGN}{{0,9}}"
    rf"|{_SIGN}{{1,9}}\s{{0,9}}(?:{_WORDS})\s{{0,9}}{_SIGN}{{0,9}}|_(?:old|alt|zzz?))\s{{0,9}}$",
    re.IGNORECASE,
)
_EDGES = regex(rf"^(?:\s|{_SIGN}){{1,9}}|(?:\s|{_SIGN}){{1,9}}$")
_LONGEST = 400


def without_unused_mark(name: str) -> tuple[str, str]:
    """A name without the mark that it is no longer to be used, and that mark; "" where there is none.

    `** DO NOT USE ** Meier Zerspanung` is ("Meier Zerspanung", "** DO NOT USE **").
    """
    if len(name) > _LONGEST:
        return name, ""
    before = _BEFORE.match(name)
    behind = None if before else _BEHIND.search(name)
    mark = before or behind
    if mark is None:
        return name, ""
    rest = _EDGES.sub("", name[mark.end() :] if before else name[: mark.start()])
    return (rest, mark[0].strip()) if len(rest) > 1 else (name, "")
