"""Things named by a listed one and a head of their own: 云台壳, "gate valve wedges"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from matchmaker.recommend.specification.model import UNLISTED, Requirement, RequirementKind
from matchmaker.recommend.specification.roles import ACCESSORIES, SOLD_AS_PARTS
from matchmaker.recommend.specification.unlisted import ENDS, HAN
from matchmaker.recommend.specification.vocabulary import Term, TermMatch, tools
from matchmaker.regex import regex

_COMPOUND = regex(
    rf"(?!礼盒|品牌|贴牌|挂牌|[单整大小散]件|带[a-z0-9]|[供备来送用]料)(?:[{HAN}]|(?![一两二三四五六七八九十百千万几半每])[{HAN}]{{2}}(?=[柜架台箱盒墙袋杯灯屏牌膜网伞板]))?[{ENDS}](?=$|[^{HAN}]|的|厂)"
    rf"|(?![一两二三四五六七八九十百千万几半每])[{HAN}]{{2}}台(?=$|[^{HAN}]|的|厂)"
)
# English words that make another thing of what stands before them, and are none by themselves.
OTHER_THING = frozenset(
    re.split(
        " ",
        (
            "accessories accessory adapter adapters assemblies assembly bag bags base bearing bearings bodies body bolt bolts box "
            "boxes bracket brackets cable cables cap caps case cases casing casings cleaner cleaners clip clips component "
            "components connector connectors controller controllers core cores cover covers equipment feeder feeders filter "
            "filters fixture fixtures frame frames guard guards handle handles head heads holder holders hose hoses housing "
            "housings jig jigs kit kits lid lids liner liners machine machinery machines magnet magnets material materials "
            "module modules mould moulds mold molds nozzle nozzles part parts pin pins plate plates powder powders rack racks "
            "ring rings rod rods seal seals seat seats sensor sensors shaft shafts sleeve sleeves software spring springs "
            "stand stands basket bumper cage cart cradle crate hanger hook hub lever knob leg mat net panel parachute plug rail roller "
            "strap tank tower trolley wedge belt clamp "
            "nameplate nameplates label labels badge badges sticker stickers logo logos tester testers tool tooling tools tray trays tube tubes wheel wheels wire wires"
        ),
    )
)
# A short name ends in the next character wherever it stands: 阀套, 袜卡.
_SHORT_COMPOUND = regex(rf"(?!礼盒|带[a-z0-9])[{ENDS}]")
# Plurals that name no other thing than the word before them.
_SAME_THING = (
    r"(?:systems|units|sets|kits|modules|products|types|models|versions|grades|works|tools|solutions|series|orders|lots|"
    r"batches|samples|prototypes|pieces|pairs|blanks|packs|sizes|makers|suppliers|manufacturers|producers|mills|shops|brands|"
    r"firms|companies|factories|plants|foundries|users|operators|buyers|importers|distributors|agents|developers|designers|"
    r"engineers|experts|specialists|providers|clusters|parks|services|licen[cs]es|programmes|programs|facilities|trials|"
    r"lives|parts|needs|wants|always|business|process|analysis|apparatus|less|plus|this|is|has|was|does|"
    r"[gli]c[a-z]*ms|[a-z]+(?:coustics|namics|hanics|matics|istics))"
)
# Such as are as often the thing itself: a camera module.
_AS_OFTEN = frozenset(
    {"module", "kit", "component", "machinery", "machine", "equipment", "software"}
)
_THING = "|".join(sorted(word for word in OTHER_THING - _AS_OFTEN if not word.endswith("s")))
_ENGLISH_HEAD = regex(
    rf"[ -](?:[a-z]{{3,}}ing )?(?:(?!{_SAME_THING}(?![a-z]))[a-z]{{2,}}(?<![siu])s|(?:{_THING})(?![a-z]))(?= ?(?:$|[,.;:()\d\n]|"
    r"(?:gets?|got|keeps?|wear|break|crack|leak|stick|fail|in|with|for|from|to|of|on|at|by|under|over|that|which|wanted|needed|required|made|and|or|as|per|near|within|overlaid|"
    r"coated|etched|engraved|printed|laser|stamped|embossed|please|who|where|we|must|should|can|are|is|have|has)\b))"
)
_PLURAL = regex(r"s(?<!ss)(?<!lens)$")


_COMPOSITE_STUFF = "composite material"
_COMPOSITE = Term(RequirementKind.MATERIAL, "composite", "composite")
_MOULD_PARTS = regex(r"具?(?:的)?(?:标准件|零部件|零配件|配件|零件|部件|备件)")
_MOULD_PART = Term(RequirementKind.PRODUCT, "mould component", "mould component")


def joined(folded: str, terms: Iterable[TermMatch]) -> Iterator[TermMatch]:
    """Terms as what they make with what stands directly behind them.

    精密模 goes on to 精密模具 and 注塑模具 to its 配件, and what 复合材料阀体 are made of is no
    product of its own.
    """
    terms = list(terms)
    things = {
        each.start
        for each in terms
        if each.term.kind is RequirementKind.PRODUCT
        and each.term.value not in tools()
        and each.term.family != "mould"
    }
    stuffs = {each.end for each in terms if each.term.kind is RequirementKind.MATERIAL}
    for each in terms:
        if each.term.value == _COMPOSITE_STUFF and each.end in things:
            if each.start not in stuffs:
                yield each._replace(term=_COMPOSITE)
        elif each.term.family == "mould" and (part := _MOULD_PARTS.match(folded, each.end)):
            yield each._replace(end=part.end(), term=_MOULD_PART)
        elif folded.startswith("模具", each.end - 1):
            yield each._replace(end=each.end + 1)
        else:
            yield each


def compound(
    text: str, folded: str, match: TermMatch, following: TermMatch | None
) -> Requirement | None:
    """The thing that a product and the head behind it name, None where it has no head behind it.

    In Chinese a head is a short name (轴承座), in English an own word behind a singular.
    """
    if match.term.kind is not RequirementKind.PRODUCT:
        return None
    word = folded[match.start : match.end]
    if word.isascii():
        tail = None if _PLURAL.search(word) else _ENGLISH_HEAD.match(folded, match.end)
    else:
        pattern = _SHORT_COMPOUND if match.end - match.start == 1 else _COMPOUND
        tail = pattern.match(folded, match.end) or _COMPOUND.match(folded, match.end)
    if tail is None or (following is not None and following.start < tail.end()):
        return None
    start, end = match.start, tail.end()
    if match.term.value in SOLD_AS_PARTS and ACCESSORIES.match(folded, match.end):
        return None
    head = folded[tail.start() + 1 : end] if word.isascii() else folded[end - 1]
    return Requirement(
        RequirementKind.PRODUCT, folded[start:end], text[start:end], start, end, head, UNLISTED
    )
