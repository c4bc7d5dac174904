"""A text folded for reading, its clauses, and what in them is preferred or denied."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from matchmaker.recommend.specification.in_vain import tells_of_others
from matchmaker.recommend.specification.vocabulary import Marker, TermMatch
from matchmaker.regex import regex
from matchmaker.remembered import remembered
from matchmaker.text import simplified

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；！？"}
_FOLDED = str.maketrans(
    {
        **{chr(code): chr(half) for code, half in _WIDTH.items()},
        "\u3000": " ", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\t": " ",
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "～": "~", "〜": "~", "∼": "~",
        "Φ": "φ", "Ø": "φ", "ø": "φ", "⌀": "φ", "∅": "φ", "ϕ": "φ", "µ": "μ", "″": '"', "”": '"', "“": '"',
        "’": "'", "‘": "'", "￥": "¥", "⩽": "≤", "≦": "≤", "≧": "≥", "⩾": "≥", "✕": "×", "✖": "×",
        "İ": "i",
    }
)  # fmt: skip


@remembered(2_000)
def fold(text: str) -> str:
    """Half-width, simplified, lower case, one kind of dash, quote and sign; every offset stays."""
    folded = text.translate(_FOLDED)
    lowered = folded.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := c.lower()) == 1 else c for c in folded)
    plain = simplified(lowered)
    return plain if len(plain) == len(text) else lowered


_SEPARATOR = regex(r"[，；。！？;!?\n,.:]")
# The next part of a list ("…, gate valves or fans"), which nothing but nouns stands in.
_NO_NOUN = (
    r"(?!(?:we|our|is|are|can|make|made|offer|they|it|please|with|only|within|in|from|at|by|under|for|near|up|"
    r"must|preferably|ideally|delivery|price|quantity)\b)"
)
_CONTINUED = regex(
    rf"\s*(?:{_NO_NOUN}[a-z0-9-]++(?: {_NO_NOUN}[a-z0-9-]++){{0,3}} ?,\s*){{0,4}}(?:{_NO_NOUN}[a-z0-9-]++ ){{0,4}}?(?:or|nor|and) {_NO_NOUN}"
)


# These speak of the one thing behind them, the verbs of a whole list.
_OF_WHAT = frozenset(
    {
        "不要",
        "不含",
        "不包含",
        "不包括",
        "不用",
        "不使用",
        "不接受",
        "不收",
        "不考虑",
        "没有",
        "无需",
        "从不",
        "从未",
    }
)
_OF_ONE = frozenset(
    {"without", "except", "except for", "excluding", "no", "other than", "apart from"}
)


_USED_IN = regex(
    r"\s*(?:use|contain|put|add|accept|charge)\b(?P<what>[^,;.]{1,40}?) (?:in|for|on|to|into) (?:our|all|the|your)\b"
)
# These deny nothing but who stands between a buyer and a maker: 避开障碍的无人机 are drones.
_BYPASSING = frozenset(
    {"绕开", "绕过", "跳过", "避开", "撇开", "抛开", "不通过", "bypassing", "without going through"}
)
_GO_BETWEEN = (
    r"(?:中间商|中间环节|贸易商|贸易公司|外贸公司|代理商|代理|经销商|批发商|渠道商|中介|掮客|二道贩子|"
    r"(?:trading compan|intermediar)(?:y|ies)|middlem[ae]n|(?:trader|distributor|agent|dealer|wholesaler|reseller|importer|broker)s?)"
)
_BETWEEN = regex(
    rf"(?:了|掉|所有的?|各种|那些|这些|一切|\s|the |all |any |local )*{_GO_BETWEEN}"
    rf"(?:(?:、|和|与|及|或| and | or |, )+(?:the |all |any )?{_GO_BETWEEN})*"
)
# Work that was not done on what is wanted: 未经热处理的齿轮.
_UNDERGOING = frozenset({"不经过", "不经", "未经", "未经过", "没经过", "没有经过"})
_NO_WORK = regex(r"[常销营意济典由]")  # 不经销, 不经常
# Who does not want what lacks something wants what has it: 未经认证的不要.
LACKED = regex(
    r"(?:没有?|无(?!缝|纺|人|尘|菌|铅|氧|油|毒)|不做|不能|不会|不具备|未经过?|未通过|未取得|不经过?|不是|非)[^，,;；。.的]{1,16}的[^，,;；。.]{0,8}?"
    r"(?:不要|不收|不接受|都?不考虑|不予考虑|不行|勿扰|勿入|免谈|不合作|谢绝|别来|就算了)|"
    r"\b(?:without|lacking|not|no) [^,;.]{1,40}? (?:need not apply|out of the question|not (?:be )?(?:accepted|considered|welcome))"
)
# Who types spaces for commas says the next thing behind one: 不要印花 要绣花.
_NEXT_SAID = regex(
    r"(?<=[\u4e00-\u9fff]) +(?=(?:但|只|就|还|也|另)?(?:要|需|求|找|用|做|接(?!头)|可以?|能|全|必须|最好|优先|交|价|单价|预算|数量|一?共|\d))"
)
_UNDERGONE = regex(r"[^，,;；。.的]{1,10}(?=的|$|[，,;；。])")
# Before what is offered besides, where more is said to be.
_BESIDES = frozenset({"除", "除了", "apart from", "other than", "except", "except for"})
_ALSO = regex(r"[^。.!?！？]{1,60}?[，,][^，,。.]{0,12}(?:还|也|并|另|\balso\b)")


class Clauses(NamedTuple):
    """The clauses of a folded text: their starts, and spans in them that are denied.

    `soft` and `hard` are the numbers of the clauses that say so.
    """

    starts: list[int]
    soft: set[int]
    hard: set[int]
    denials: list[tuple[int, int]]

    def number(self, offset: int) -> int:
        """Which clause an offset is in."""
        return bisect_right(self.starts, offset) - 1


def clauses(text: str, markers: list[TermMatch]) -> Clauses:
    """The clauses of a folded text with these markers."""
    starts = [0]
    for separator in _SEPARATOR.finditer(text):
        end = separator.end()
        following = text[end : end + 1]
        if following.isdigit() and separator[0] in ",.:" and text[end - 2 : end - 1].isdigit():
            continue  # within a number
        if separator[0] == "." and following.isascii() and not following.isspace() and following:
            continue
        starts.append(end)
    contrasts = [
        m.start
        for m in markers
        if m.start and Marker.CONTRAST in (m.term.kind, m.other and m.other.kind)
    ]
    if contrasts:
        starts = sorted({*starts, *contrasts})
    result = Clauses(starts, set(), set(), [])
    is_denying = any(marker.term.kind is Marker.DENIAL for marker in markers)
    next_said = [match.span() for match in _NEXT_SAID.finditer(text)] if is_denying else []
    scopes = _Scopes(text, starts, next_said, {})
    lacked = bytearray(len(text))
    for match in LACKED.finditer(text):
        lacked[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    for marker in markers:
        kind = marker.term.kind
        if kind is Marker.SOFT:
            result.soft.add(result.number(marker.start))
        elif kind is Marker.HARD:
            result.hard.add(result.number(marker.start))
        elif kind is Marker.DENIAL and not lacked[marker.start]:
            if tells_of_others(text, marker.start):
                continue  # "no foundry here pours duplex": it is sought
            if marker.term.value in _BESIDES and _ALSO.match(text, marker.end):
                continue  # 除了球阀，还生产蝶阀: both
            if marker.term.value in _BYPASSING:
                if between := _BETWEEN.match(text, marker.end):
                    result.denials.append((marker.start, between.end()))
                continue
            if marker.term.value in _UNDERGOING:
                if _NO_WORK.match(text, marker.end):
                    continue
                passed = _BETWEEN.match(text, marker.end) or _UNDERGONE.match(text, marker.end)
                if passed:
                    result.denials.append((marker.start, passed.end()))
                continue
            clause = result.number(marker.start)
            result.denials.append((marker.start, _end(scopes, clause, marker)))
    return result


class _Scopes(NamedTuple):
    """What says where the scopes of denials end, looked for once: a text may deny thousands of times.

    `starts` of clauses, the blanks behind which something else is said (`next_said`), and by
    clause the one with which the list that goes on in it is over.
    """

    text: str
    starts: list[int]
    next_said: list[tuple[int, int]]
    list_ends: dict[int, int]

    def list_end(self, clause: int) -> int:
        """The clause with which a list is over that may go on in this one."""
        read = []
        while clause < len(self.starts) and self.text[self.starts[clause] - 1] == ",":
            if clause in self.list_ends:
                clause = self.list_ends[clause]
                break
            read.append(clause)
            if not _CONTINUED.match(self.text, self.starts[clause]):
                break
            clause += 1
        self.list_ends.update(dict.fromkeys(read, clause))
        return clause


def _end(scopes: _Scopes, clause: int, marker: TermMatch) -> int:
    """Where the scope of a denial ends: with its clause, or with the list that it begins."""
    text, starts, next_said, _ = scopes
    word = marker.term.value
    if word in ("除", "除了"):  # 除…外
        stop = text.find("外", starts[clause])
        end = starts[clause + 1] if clause + 1 < len(starts) else len(text)
        return stop if 0 <= stop < end else end
    if word in _OF_WHAT:  # 不要石墨的垫片 are gaskets
        here = starts[clause + 1] if clause + 1 < len(starts) else len(text)
        stop = text.find("的", marker.end, here)
        if 0 <= stop < here - 1 and text[stop + 1] not in ",;。. ":
            return stop
    here = starts[clause + 1] if clause + 1 < len(starts) else len(text)
    spaced = bisect_left(next_said, (marker.end, 0))
    if spaced < len(next_said) and next_said[spaced][1] < here:
        return next_said[spaced][0]
    if used := _USED_IN.match(text, marker.end, here):  # no recycled brass in our valves
        return used.end("what")
    following = clause + 1 if word in _OF_ONE else scopes.list_end(clause + 1)
    return starts[following] if following < len(starts) else len(text)
