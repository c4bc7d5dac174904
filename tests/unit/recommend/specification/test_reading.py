"""Needs and offers are read into values with units, from the words that stand there."""

import math
import re
import time

import pint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.recommend.specification import ItemRole, Requirement, RequirementKind, compare, read
from matchmaker.recommend.specification.units import (
    NOMINAL_DIAMETERS,
    PERIODS,
    UNITS,
    han_number,
    number,
)


def of(text: str, kind: str) -> list[Requirement]:
    return [item for item in read(text).items if item.kind == kind]


def values(text: str, kind: str) -> list[str]:
    return [item.value for item in of(text, kind)]


# Pieces of needs and offers, and what breaks readers of numbers.
PIECES = re.split(
    " ",
    '球阀 DN50 PN16 316L 不做 no longer except M8×30 1/2" ±0.02 -196℃ ≤ ≥ 10-50 mm API 600 '
    "GB/T 12234 6204-2RS 每月5000件 20 t/month 单价50元以内 3 €/pc 两周内 by March 2027 within "
    "50 km of 温州 最好 preferably 1,200 1.5万 十二万双 百 亿 零 0 / - – ， 。 ; . : ( ) "
    "Φ20 \u3000 \ud800 İ ß ﬁ ㎜ 😀 \x00 \n dn pn class iso 1/0 inch",
)
texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
)


@given(texts, texts)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_and_every_value_names_the_words_it_stands_in(need, statement):
    for text in (need, statement):
        for item in read(text).items:
            assert text[item.start : item.end] == item.text != ""
            for bound in (item.low, item.high):
                assert bound is None or math.isfinite(bound)
            assert None in (item.low, item.high) or item.low <= item.high
    comparison = compare(read(need), read(statement))
    assert len(comparison.judgements) == len(read(need).requirements)
    assert -1 <= comparison.adjustment <= 0.4


PINT_NAMES = {"°C": "degC", "L": "liter", "MPa": "megapascal"}


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("mm", "millimeter"),
        ("厘米", "centimeter"),
        ("m", "meter"),
        ("μm", "micrometer"),
        ("nm", "nanometer"),
        ("inch", "inch"),
        ("ft", "foot"),
        ("km", "kilometer"),
        ("mile", "mile"),
        ("mpa", "megapascal"),
        ("bar", "bar"),
        ("kpa", "kilopascal"),
        ("psi", "psi"),
        ("atm", "atmosphere"),
        ("kgf/cm2", "kilogram_force / centimeter ** 2"),
        ("吨", "metric_ton"),
        ("g", "gram"),
        ("lb", "pound"),
        ("升", "liter"),
        ("m³", "meter ** 3"),
        ("周", "week"),
        ("小时", "hour"),
        ("℃", "degC"),
        ("°f", "degF"),
    ],
)
@given(value=st.floats(min_value=-1000, max_value=1e6))
@settings(max_examples=20, deadline=None)
def test_units_agree_with_pint(written, unit, value):
    registry = pint.application_registry
    base = {"°C": "degC", "L": "liter", "MPa": "megapascal"}.get(
        UNITS[written].base, UNITS[written].base
    )
    if unit.startswith("0.5"):
        value, unit = value / 2, "kilogram"
        ours = UNITS[written].of(value * 2)
    else:
        ours = UNITS[written].of(value)
    assert ours == pytest.approx(
        registry.Quantity(value, unit).to(base).magnitude, rel=1e-9, abs=1e-9
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("八千", 8000),
        ("一万二千", 12000),
        ("十二万", 120000),
        ("两万五", 25000),
        ("十五", 15),
        ("一百零五", 105),
        ("三百二", 320),
        ("二十", 20),
        ("一亿", 1e8),
        ("万", 10000),
        ("1,200", 1200),
        ("1.5万", 15000),
        ("5千", 5000),
        ("20k", 20000),
        ("1 million", 1e6),
        ("1-1/2", 1.5),
        ("3/4", 0.75),
        ("two", 2),
        ("forty-five", 45),
        ("半", 0.5),
        ("x", None),
        ("1/0", None),
        ("", None),
    ],
)
def test_numerals(written, value):
    assert number(written) == value


@given(st.integers(min_value=1, max_value=99_999_999))
@settings(max_examples=200, deadline=None)
def test_chinese_numerals_are_read_back(value):
    assert han_number(_han(value)) == value


def _han(value: int) -> str:
    """The Chinese numeral of a whole number below a hundred million, by the school rule."""
    digits = "零一二三四五六七八九"
    high, low = divmod(value, 10_000)
    if high:
        rest = ("零" if low < 1000 else "") + _han(low) if low else ""
        return f"{_han(high)}万{rest}"
    text, pending = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // size % 10
        if digit:
            text += ("零" if pending and text else "") + digits[digit] + name
            pending = False
        else:
            pending = True
    return text


def test_a_month_is_thirty_days_and_a_year_twelve_months():
    (daily,) = of("每天100件齿轮", "quantity")
    assert daily.low == pytest.approx(3000)
    assert values("gears, 600 tonnes a year", "quantity") == ["50000 kg/month"]
    assert PERIODS["quarter"] == 3


def test_nominal_sizes_follow_the_norm():
    """ASME B36.10M and ISO 6708: NPS 1/2 is DN 15, 2 is DN 50, 12 is DN 300."""
    assert [NOMINAL_DIAMETERS[i] for i in (0.5, 2, 12, 24)] == [15, 50, 300, 600]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("DN15-DN300", "size", ["DN15-300"]),
        ("DN 50", "size", ["DN50"]),
        ("DN25、DN40", "size", ["DN25", "DN40"]),
        ('球阀 1/2"', "size", ["12.7 mm"]),
        ("M8×30 bolts", "size", ["M8×30"]),
        ("carbon M40J tubes", "size", []),
        ("Φ16–Φ60棒材", "size", ["Φ16-60 mm"]),
        ("公差±0.02mm", "size", ["±0.02 mm"]),
        ("角度±30°", "size", []),
        ("长度≤6米", "size", ["≤6000 mm"]),
        ("PN 16", "pressure", ["PN16"]),
        ("PN1.6", "pressure", ["PN16"]),
        ("PN1.6MPa", "pressure", ["PN16"]),
        ("10 bar", "pressure", ["1 MPa"]),
        ("抗拉强度800MPa", "pressure", []),
        ("150LB", "pressure", ["class 150"]),
        ("class 300", "pressure", ["class 300"]),
        ("耐温-196℃", "temperature", ["-196 °C"]),
        ("-40～85℃", "temperature", ["-40-85 °C"]),
        ("耐氢气，-40到200度", "temperature", ["-40-200 °C"]),
        ("up to 200 °C", "temperature", ["≤200 °C"]),
        ("每月五千件铸件", "quantity", ["5000 piece/month"]),
        ("MOQ 300 pairs", "quantity", ["≥300 pair"]),
        ("单价50元以内", "price", ["≤50 CNY"]),
        ("under 3 €/piece", "price", ["≤3 EUR/piece"]),
        ("两周内交货", "deadline", ["≤14 day"]),
        ("by March 2027", "deadline", ["2027-03"]),
        ("2027年6月前", "deadline", ["2027-06"]),
        ("质保两年，账期三十天", "deadline", []),
        ("API 600", "standard", ["API 600"]),
        ("GB/T12234-2019", "standard", ["GB/T 12234-2019"]),
        ("ASTM A105", "standard", ["ASTM A105"]),
        ("ISO9001", "certificate", ["ISO 9001"]),
        ("IATF 16949认证", "certificate", ["IATF 16949"]),
        ("SS316阀门", "material", ["316"]),
        ("room 304 is free", "material", []),
        ("within 50 km of Wenzhou", "distance", ["≤50 km"]),
        ("想找高校合作", "partner", ["university"]),
        ("在5G基站和B2B平台", "code", []),
    ],
)
def test_what_is_written_so_is_read_so(text, kind, expected):
    assert values(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("阀体铸件", "valve body"),
        ("casting of valve bodies", "valve body"),
        ("镜架电镀加工", None),
        ("plating of spectacle frames", None),
        ("阀门用密封圈", "seal"),
        ("seals for ball valves", "seal"),
        ("为汽车厂配套刹车片", "brake pad"),
        ("we supply bearings to pump manufacturers", "bearing"),
        ("looking for ball valves", "ball valve"),
        ("不锈钢球阀", "ball valve"),
    ],
)
def test_parts_processes_and_customers_are_no_product_themselves(text, product):
    """The head of the phrase is what is meant: the casting of a valve body is no valve."""
    heads = {i.value for i in of(text, "product") if i.role is ItemRole.ITSELF}
    assert heads & {
        "ball valve",
        "valve",
        "valve body",
        "spectacle frame",
        "pump",
        "car",
        "seal",
        "brake pad",
        "bearing",
    } == ({product} if product else set())


def told_apart(text: str) -> dict[str, str]:
    return {i.value: i.role.value for i in read(text).items if i.kind in ("product", "process")}


@pytest.mark.parametrize(
    ("text", "work", "worked_on"),
    [
        ("looking for a shop that gold-plates pump shafts", "gold plating", "shaft"),
        ("who can grind our ball screws", "grinding", "ball screw"),
        ("寻能给曲轴做氮化的厂", "nitriding", "crankshaft"),
        ("找镀镍外协，法兰两百片", "nickel plating", "flange"),
    ],
)
def test_a_thing_that_work_is_done_on_is_not_wanted_itself(text, work, worked_on):
    assert told_apart(text).items() >= {work: "itself", worked_on: "whole"}.items()


@pytest.mark.parametrize(
    "text",
    ["we buy steel plates and cast bodies", "plates and bars in stock", "in return for a stamp"],
)
def test_an_english_verb_of_work_counts_only_behind_who_does_it(text):
    assert "process" not in {i.kind.value for i in read(text).items}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("globe valve bodies", "valve body"),
        ("seats for globe valves", "valve seat"),
        ("截止阀壳体", "valve body"),
        ("gear pump housings", "pump housing"),
    ],
)
def test_a_general_name_of_a_part_is_that_of_its_whole(text, part):
    assert told_apart(text)[part] == "itself"
    assert [r.value for r in read(text).requirements] == [part]


@pytest.mark.parametrize(
    ("text", "whole", "thing"),
    [
        ("求购眼镜防雾膜", "spectacles", "眼镜防雾膜"),
        ("无人机防撞网，6米", "drone", "无人机防撞网"),
    ],
)
def test_a_thing_that_no_list_has_is_not_the_one_it_is_for(text, whole, thing):
    roles = told_apart(text)
    assert (roles[whole], roles[thing]) == ("whole", "itself")


def test_a_word_means_what_it_means_beside_the_things_of_its_trade():
    assert values("板材镜架", "material") == ["acetate"]
    assert values("不锈钢板材", "material") == ["stainless steel"]


@pytest.mark.parametrize("text", ["gearboxes from makers outside Zhejiang", "浙江省以外的减速机厂"])
def test_outside_of_a_place_is_not_in_it(text):
    (place,) = (i for i in read(text).items if i.kind == "place")
    assert place.denied


def test_two_tonnes_and_more_has_no_upper_end():
    (size,) = (i for i in read("单件两吨多的铸件").items if i.kind == "size")
    assert (size.low, size.high) == (2000, None)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("We do not make pumps, gate valves or fans.", {"pump", "gate valve", "fan"}),
        ("We make ball valves but no gate valves.", {"gate valve"}),
        ("本厂不再生产闸阀，只做蝶阀", {"gate valve"}),
        ("球阀已停产", {"ball valve"}),
        ("穿着不能滑落的袜子", set()),
        ("有没有做齿轮的", set()),
        ("gate valves, not ball valves, within 50 km, pumps", {"ball valve"}),
        ("All valves except safety valves", {"safety valve"}),
        ("不锈钢球阀，压力不低于1.6MPa", set()),
        ("ball valves, no less than 500 pieces", set()),
    ],
)
def test_denials_speak_of_their_clause(text, denied):
    assert {i.value for i in of(text, "product") if i.denied} == denied


@pytest.mark.parametrize(
    ("text", "soft"),
    [
        ("球阀，最好浙江", {"浙江省"}),
        ("ball valves, within 50 km", {"≤50 km"}),
        ("ball valves, must be within 50 km", set()),
        ("阀门，必须在温州", set()),
        ("brass valves, preferably ISO 9001", {"ISO 9001"}),
        ("小厂优先，做球阀", {"small firm"}),
    ],
)
def test_preferences_are_soft_and_places_are_unless_insisted_on(text, soft):
    assert {i.value for i in read(text).items if i.soft} == soft


@pytest.mark.parametrize(
    "piece",
    [
        "1-",
        "十",
        "dn15/",
        "1/2 ",
        "不做",
        "a ",
        "no 304 ",
        "碳刷、",
        "非温州、",
        "x-ray, ",
        "盐雾 ",
        "hrc",
        "销往东南亚和欧洲、",
        "go to Japan, ",
        "色牢度、",
        "热压罐Φ3 ",
        "盐雾、耐候和",
    ],
)
def test_reading_takes_time_in_proportion_to_the_text(piece):
    def seconds(size: int) -> float:
        text = piece * size
        begin = time.process_time()
        read.__wrapped__(text)
        return time.process_time() - begin

    seconds(100)
    long, short = (min(seconds(size) for _ in range(3)) for size in (1500, 150))
    assert long < 30 * max(short, 1e-3)


@pytest.mark.parametrize("piece", ["卤素, ", "，耐火", "硬度、", "检测、", "pilling, "])
def test_a_list_without_end_is_read_about_as_fast_as_sentences(piece):
    """Else one request with a long list of tests keeps a worker busy for minutes."""

    def seconds(piece: str) -> float:
        text = (piece * 1000)[:1000]
        begin = time.process_time()
        read.__wrapped__(text)
        return time.process_time() - begin

    sentence = "需要 200 件不锈钢阀门 DN50，2 月内交货，ISO 9001。"
    seconds(sentence)
    listed, usual = (min(seconds(each) for _ in range(3)) for each in (piece, sentence))
    assert listed < 12 * usual


@pytest.mark.parametrize("text", ["想借一台三坐标量模具，每月几次", "用三次元测阀体", "CMM"])
def test_what_measures_is_wanted_and_what_is_measured_is_not(text):
    wanted = {i.value for i in of(text, "product") if i.role is ItemRole.ITSELF}
    assert wanted == {"coordinate measuring machine"}


def test_trade_between_firms_is_no_steel():
    assert values("代做跨境B2B平台", "material") == []
    assert values("B16 bolts", "material") == ["B16"]


def test_what_no_list_has_is_named_by_the_thesaurus_where_it_is_plain() -> None:
    def named(text: str) -> list[str]:
        return [item.text for item in read(text).items if item.aspect == "concept"]

    assert named("夜里开的云仓") == ["云仓"]
    assert named("求购二手五菱面包车") == []  # no bread
    assert named("小单的球阀，找厂") == []  # a thing that is listed is all that is asked for


def test_a_name_of_several_cities_in_english_is_any_of_them() -> None:
    """泰州 and 台州 are both Taizhou; in Chinese each is itself."""

    def ids(text: str) -> set[str]:
        (place,) = (item for item in read(text).items if item.kind is RequirementKind.PLACE)
        return set(place.family.split("|"))

    assert ids("castings near Taizhou") == {"gbt2260:321200", "gbt2260:331000"}
    assert ids("台州的铸件厂") == {"gbt2260:331000"}
    assert ids("castings from Wenzhou") == {"gbt2260:330300"}


def test_traditional_characters_are_read_as_simplified() -> None:
    place, partner = read("找溫州鑄造廠").items
    assert (place.value, place.text) == ("温州市", "溫州")
    assert (partner.value, partner.text) == ("foundry", "鑄造廠")


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("looking for a plater for our hinges", "plating"),
        ("Die casters of aluminium housings wanted", "die casting"),
        ("we have the tool: six hundred shots, a moulder near Ningbo", "injection moulding"),
        ("a machine shop with five axes", "machining"),
    ],
)
def test_who_does_the_work_is_asked_for_it(text: str, work: str) -> None:
    assert work in values(text, "process")
    assert not [item for item in read(text).items if item.aspect == "unlisted"]


def test_what_is_inside_a_thing_is_no_thing_wanted() -> None:
    assert [r.value for r in read("铸件里有没有砂眼，想照CT").requirements] == [
        "non-destructive testing"
    ]


def test_who_denies_a_place_denies_nothing_behind_it() -> None:
    items = read("somebody in Zhejiang but not Wenzhou who casts CF8M bodies").items
    assert {item.text for item in items if item.denied} == {"Wenzhou"}
    assert {"casts", "CF8M"} <= {item.text for item in items}
    assert [i.text for i in read("不要温州和台州的铸造厂，做阀体").items if i.denied] == [
        "温州",
        "台州",
    ]


def test_the_language_of_a_country_is_no_place() -> None:
    assert not of("把说明书翻成西班牙语", "place")
    assert of("西班牙的铸造厂", "place")


def test_work_in_general_beside_a_kind_of_it_is_that_kind() -> None:
    assert values("a plater for hard chrome plating", "process") == ["hard chrome plating"]


def test_a_thing_that_is_broken_or_handled_is_no_thing_wanted() -> None:
    for text in ("袜机坏了没人修", "need someone to 3D scan a broken impeller"):
        assert [r.kind.value for r in read(text).requirements] == ["process"]
    assert values("someone to cast our impellers", "product") == ["impeller"]


def test_the_one_thing_of_another_is_none_of_it_where_several_are_listed() -> None:
    assert [r.value for r in read("袜子的卡头和挂钩").requirements] == ["metal hook"]


@pytest.mark.parametrize(
    ("text", "from_where"),
    [
        ("within 50 km of Taizhou, Zhejiang", "gbt2260:331000"),
        ("距温州或台州100公里以内", "gbt2260:330300 gbt2260:331000"),
        ("浙江，100公里以内", ""),
    ],
)
def test_a_distance_names_where_it_is_measured_from(text: str, from_where: str) -> None:
    (distance,) = of(text, "distance")
    assert set(distance.family.split()) == set(from_where.split())
    assert bool(of(text, "place")) == (not from_where)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("不能超过两百克", None, 0.2),
        ("不得低于500克", 0.5, None),
        ("别超过3公斤", None, 3),
        ("payload not above 200 g, five bands", None, 0.2),
        ("no heavier than 5 kg", None, 5),
        ("should never be more than 200 g", None, 0.2),
        ("must be above 5 kg", 5, None),
        ("not less than 5 kg", 5, None),
        ("超过3公斤", 3, None),
    ],
)
def test_a_comparison_that_is_denied_is_turned_round_and_denies_nothing(text, low, high) -> None:
    (weight,) = of(text, "size")
    assert (weight.low, weight.high, weight.denied) == (low, high, False)


@pytest.mark.parametrize(
    ("text", "aspect", "low", "high"),
    [
        ("H13到HRC48±1", "hardness", 47, 49),
        ("hardened to 58-62 HRC", "hardness", 58, 62),
        ("盐雾四百八十小时", "salt spray", 480, 480),
        ("96 h salt spray", "salt spray", 96, 96),
        ("144 to 200 needle machines", "needles", 144, 200),
        ("32支精梳棉", "yarn count", 32, 32),
        ("40D尼龙高弹丝", "denier", 40, 40),
        ("280克重的面料", "weight of an area", 280, 280),
        ("lenses from index 1.50 to 1.74", "refractive index", 1.5, 1.74),
        ("噪音低于60分贝", "noise", None, 60),
        ("1.67的防蓝光镜片", "refractive index", 1.67, 1.67),
        ("续航至少两小时", "endurance", 120, 120),
        ("续航180分钟", "endurance", 180, 180),
        ("dies for 1250-tonne machines", "force", 1250, 1250),
    ],
)
def test_what_the_trades_measure_in_figures_of_their_own(text, aspect, low, high) -> None:
    (size,) = of(text, "size")
    assert (size.aspect, size.low, size.high) == (aspect, low, high)


def test_a_3d_scan_is_no_yarn_and_support_no_count() -> None:
    for text in ("3D scan", "支持小批量", "双针筒袜机", "400支撑架", "AZ91D", "AS9100D"):
        assert not of(text, "size")


def test_a_test_is_wanted_however_long() -> None:
    assert values("哪儿能做720小时盐雾", "process") == ["salt spray test"]
    assert values("锌镍，盐雾720小时", "size") == ["720 h"]


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("不一定要在温州", False),
        ("Need not be in Wenzhou", False),
        ("不接受温州以外的", False),
        ("No suppliers outside Zhejiang", False),
        ("must not be outside China", False),
        ("not in Ningbo", True),
        ("outside Wenzhou", True),
    ],
)
def test_what_need_not_be_is_not_left_out_and_two_denials_are_none(text, denied) -> None:
    (place,) = of(text, "place")
    assert place.denied is denied


def test_what_is_called_as_a_place_is_none() -> None:
    assert not of("采购大理石板材", "place")
    assert of("大理的板材", "place")


def test_a_date_is_no_number_of_days() -> None:
    assert not of("交期2025年12月20日", "deadline")
    assert values("交期30天", "deadline") == ["≤30 day"]


@pytest.mark.parametrize(
    "text", ["不经过热处理的齿轮", "未经热处理的齿轮", "齿轮，没有经过热处理", "未经过热处理的齿轮"]
)
def test_work_that_was_not_done_is_not_asked_for(text) -> None:
    items = {item.text: item.denied for item in read(text).items}
    assert items == {"热处理": True, "齿轮": False}


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("镜架要板材的，TR90、金属都不考虑，出口FDA", {"TR90", "金属"}),
        ("铸件，304和316都行，碳钢的就算了", {"碳钢"}),
        ("球阀，铸铁的免谈", {"铸铁"}),
        ("铸件，铸铁的不行", {"铸铁"}),
        ("贸易商免谈，直接找压铸厂", {"贸易商"}),
        ("热处理厂勿扰，找铸造", {"热处理"}),
        ("Castings, aluminium is out of the question", {"aluminium"}),
        ("Ball valves; traders need not apply", {"traders"}),
        ("Wanted: gaskets, graphite not accepted", {"graphite"}),
        # These say something else.
        ("不接受预付款的阀体厂", set()),
        ("阀体铸造，小单不接受", set()),
        ("轴承质量不行，想换PEEK料", set()),
        ("阀门漏水不能用，找密封件", set()),
        ("注塑机闲置不用，想出租", set()),
    ],
)
def test_what_is_refused_behind_its_name_is_not_wanted(text, unwanted) -> None:
    assert {item.text for item in read(text).items if item.denied} == unwanted


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("硅胶密封圈，内径32外径40厚4", {"32 mm", "40 mm", "4 mm"}),
        ("PEEK棒料直径60到80", {"60-80 mm"}),
        ("冲压件，料厚2.5，年用量30万套", {"2.5 mm"}),
        ("机臂，内径28mm", {"28 mm"}),  # the unit that is said
        ("最长50天交货，厚道人家", set()),
        ("年增长20，成长3年", set()),
    ],
)
def test_sizes_without_a_unit_are_millimetres(text, sizes) -> None:
    assert {item.value for item in read(text).items if item.kind == "size"} == sizes


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("出口德国的水泵要换供应商", set()),
        ("袜子要出口日本，找本地能测色牢度的", {"本地"}),
        ("产品主要销往东南亚和欧洲，想找做喷涂的厂", set()),
        ("Our socks go to Japan: pilling tests, no agents please", set()),
        ("想出口到德国，找当地代理商", {"德国"}),
        ("looking for distributors to sell in Japan", {"日本"}),
        ("who can go to Ningbo and repair a moulding machine on site?", {"宁波市"}),
        ("产品销往德国，客户要求做盐雾测试", set()),
        ("想开发日本市场的客户", {"日本"}),
        ("产品出口日本，温州找电镀厂", {"温州市"}),
        ("frames go to Japan, Wenzhou platers wanted", {"温州市"}),
        ("出口美国的产品和温州的厂合作", {"温州市"}),
        ("义乌市场采购袜子，宁波出口货代", {"义乌市", "宁波市"}),
        ("欧洲市场的镜架代工，找丹阳工厂", {"丹阳市"}),
        ("Pumps for export to Germany, foundry in Wenzhou", {"温州市"}),
        ("销往上海的阀门，找温州的铸造厂", {"温州市"}),
        ("想把阀门卖到上海，找当地的经销商", {"上海市"}),
    ],
)
def test_where_goods_go_is_not_where_a_partner_is(text, places) -> None:
    assert {item.value for item in read(text).items if item.kind == "place"} == places


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("急寻能做5轴的，铝件", "process", {"five-axis machining"}),
        ("密封圈，FDA或LFGB都行", "certificate", {"FDA", "LFGB"}),
        ("Housings, IATF required", "certificate", {"IATF 16949"}),
        ("轴承座灰铁HT250", "product", {"bearing housing"}),
        ("Foundry that can pour bronze bushings", "product", {"bushing"}),
        ("Replacement for Festo cylinders", "product", {"cylinder"}),
        ("想把手工焊改成机器人焊", "product", {"robot"}),
        ("Is anyone renting out a 5-axis machine on weekends?", "product", set()),
    ],
)
def test_things_are_read_as_people_name_them(text, kind, values) -> None:
    assert {
        item.value for item in read(text).items if item.kind == kind and item.role == "itself"
    } == values


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("需要20吨HT200铸铁毛坯", "quantity", "20000 kg"),
        ("需要20吨行车一台", "size", "20000 kg"),
        ("求一台二手注塑机，250吨左右", "size", "250 t"),
        ("压铸机 800吨 铝件", "size", "800 t"),
        ("压铸机500吨铝合金压铸", "size", "500 t"),
        ("折弯机，3吨钢板", "size", "3000 kg"),
        ("press 20 tons of copper", "size", "20000 kg"),
    ],
)
def test_tonnes_are_an_order_a_load_or_a_force(text, kind, value) -> None:
    assert (kind, value) in {(item.kind, item.value) for item in read(text).items}


def test_a_casting_in_the_rough_is_no_forging_blank() -> None:
    named = {(item.kind, item.value) for item in read("HT200铸铁毛坯").items}
    assert ("product", "casting") in named
    assert ("product", "forging blank") not in named


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("找电池，十二串", {("product", "battery"), ("size", "12 S")}),
        ("Semi-solid packs, 6S–14S", {("product", "battery"), ("size", "6-14 S")}),
        ("A pile of 904L round bar", {("material", "904L"), ("product", "bar")}),
        ("Who recycles our prepreg", {("process", "recycling")}),
    ],
)
def test_packs_piles_and_what_is_recycled(text, items) -> None:
    assert {(i.kind, i.value) for i in read(text).items if i.role == "itself"} == items


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (
            "No Chinese suppliers please, brass fittings from Italy or Turkey",
            {("中国", True), ("意大利", False), ("土耳其", False)},
        ),
        ("Looking for an Italian valve maker", {("意大利", False)}),
        ("German standard flanges, English datasheet", set()),
        ("polish the shafts, Swiss screw machines", set()),
    ],
)
def test_where_somebody_is_from_is_a_place_before_who_it_is(text, places) -> None:
    assert {(i.value, i.denied) for i in read(text).items if i.kind == "place"} == places


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("小批量注塑，50件起，模具我们自己有", "product", set()),
        ("Our drone's ESC overheats, need a thermal sheet", "product", {"sheet"}),
        ("找能做FFKM的，密封件", "material", {"ffkm"}),
        ("Is there a lab in Jiangsu that does fatigue testing?", "process", {"fatigue testing"}),
        ("3D print in 316L up to 250x250x300", "code", set()),
        ("Graphite packing for steam valves 550C", "code", set()),
        ("近视太阳镜片1.60偏光", "size", {"1.6 n"}),
    ],
)
def test_what_is_meant_is_read_and_what_is_not_is_not(text, kind, values) -> None:
    assert {i.value for i in read(text).items if i.kind == kind and i.role == "itself"} == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Seals for oxygen service, -20 to 250 C", {"-20-250 °C"}),
        ("Graphite packing for steam valves 550C", {"550 °C"}),
        ("440C balls", set()),
        ("16C processor boards", set()),
    ],
)
def test_a_bare_c_behind_a_round_figure_is_degrees(text, values) -> None:
    assert {i.value for i in read(text).items if i.kind == "temperature"} == values


def test_what_is_measured_is_not_what_is_borrowed() -> None:
    items = {i.value: i.role for i in read("想借用三坐标量几个阀体，半天").items}
    assert items == {"coordinate measuring machine": "itself", "valve body": "whole"}


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("M12-8.8 bolts", "size", set()),
        ("M8-8.8螺栓", "size", set()),
        ("M10-1.5 bolts", "size", set()),
        ("M2-2.5 screws", "size", {"M2-M2.5"}),
        ("镜片1.50元一片", "size", set()),
        ("镜片1.50元一片", "price", {"1.5 CNY/piece"}),
        ("lenses 1.56 EUR each", "price", {"1.56 EUR"}),
        ("镜片 1.5 毫米厚", "size", {"1.5 mm"}),
        ("羊肉串20串", "size", set()),
        ("battery charges in 30s", "size", set()),
        ("3串2并锂电池", "size", {"3 S"}),
        ("长10、12米的钢管", "size", {"12000 mm"}),
        ("长2，宽3，单位米", "size", set()),
        ("长2，宽3，单位mm", "size", {"2 mm", "3 mm"}),
        ("门幅150的针织布", "size", {"1500 mm"}),
        ("幅宽1500的滤布", "size", {"1500 mm"}),
        ("LiPo battery 6S 100C for racing drones", "temperature", set()),
        ("动力电池100C放电", "temperature", set()),
        ("Model 300C pump", "temperature", set()),
        ("Model 300C pump", "code", {"300C"}),
    ],
)
def test_a_figure_is_no_other_kind_of_figure(text, kind, values) -> None:
    """Strengths and pitches of bolts, prices, seconds, rates of batteries, lists with one unit."""
    assert set(map(str, (i.value for i in of(text, kind)))) == values


@pytest.mark.parametrize(
    "text",
    [
        "采购4吨蒸汽锅炉", "需要10吨电动葫芦", "需要30吨储罐", "采购2吨中频电炉", "需要5吨电子秤",
        "采购5吨反应釜", "need a 5 ton winch", "need a 3 ton electric pallet truck",
    ],
)  # fmt: skip
def test_what_holds_tonnes_is_not_ordered_by_them(text) -> None:
    assert [i.aspect for i in of(text, "size")] == ["weight"]
    assert not of(text, "quantity")


@pytest.mark.parametrize(
    "text",
    [
        "nail polish manufacturers", "shoe polish suppliers", "French press manufacturers",
        "Chinese medicine manufacturers", "valves per American Petroleum Institute 600",
    ],
)  # fmt: skip
def test_things_called_after_a_people_are_from_nowhere(text) -> None:
    assert not of(text, "place")


def test_quotation_marks_make_no_part_of_a_thing() -> None:
    assert [i.role for i in of("Looking for 'ball valve' makers", "product")] == ["itself"]


@pytest.mark.parametrize(
    "text",
    [
        "未经过ISO9001认证的厂家不要", "没有ISO9001证书的厂家不要，找球阀",
        "Suppliers without ISO 9001 need not apply; gate valves",
    ],
)  # fmt: skip
def test_who_does_not_want_what_lacks_something_wants_it(text) -> None:
    assert [(i.value, i.denied) for i in of(text, "certificate")] == [("ISO 9001", False)]


def test_who_does_not_trade_in_what_they_make_makes_it() -> None:
    assert [i.denied for i in of("不经销球阀，只生产", "product")] == [False]


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("面料染色定型加工", {"dyeing"}),
        ("头发定型喷雾", set()),
        ("袜子染色后定型", {"dyeing", "boarding"}),
        ("找电镀厂，废水达标排放", {"plating"}),
        ("处理电镀废水", {"wastewater treatment"}),
        ("XPS挤塑板", set()),
    ],
)
def test_work_is_that_of_its_trade(text, work) -> None:
    assert set(values(text, "process")) == work


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("不锈钢紧固件，304、316材质，M3-M30", "material", {"stainless steel", "304", "316"}),
        ("316材质的阀", "material", {"316"}),
        ("Sand castings from 2 to 800 kg", "size", {"2-800 kg"}),
        ("Tooling for die casting up to 3500 t", "size", {"≤3500 t"}),
        ("Tooling made in Ningbo, exported to Mexico and Germany", "place", {"宁波市"}),
        ("出口日本、韩国的镜架，找温州的厂", "place", {"温州市"}),
        ("Suppliers in Ningbo and Wenzhou", "place", {"宁波市", "温州市"}),
    ],
)
def test_offers_are_read_as_firms_write_them(text, kind, values) -> None:
    assert {item.value for item in read(text).items if item.kind == kind} == values


@pytest.mark.parametrize(
    "text",
    [
        "Somebody to rough machine our gate valve bodies, we send the castings and collect",
        "找人粗加工阀体，铸件我们送过来",
    ],
)
def test_what_the_asker_sends_is_not_sought(text) -> None:
    assert "casting" not in {item.value for item in read(text).requirements}


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("六轴飞控带RTK", ["flight controller"]),  # with, and no tape
        ("给我们机架供料", ["frame"]),  # to supply, and no material
        ("3D打印尼龙粉", ["powder"]),
        ("foldable carbon props", ["propeller"]),
        ("4G/5G datalink modules, range 10 km", ["data link"]),
    ],
)
def test_verbs_that_look_like_ends_of_names_make_no_other_thing(text, things) -> None:
    found = read(text)
    assert [item.value for item in found.of(RequirementKind.PRODUCT)] == things
    assert not found.of(RequirementKind.SIZE) + found.of(RequirementKind.DISTANCE)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("machining shops in a range of 50 km from Wenzhou", ["≤50 km"]),
        ("10 bar steel valve", ["1 MPa"]),
        ("data link 20 km", []),
        ("镜架型号304、316", []),
    ],
)
def test_a_figure_is_what_its_words_make_of_it(text, values) -> None:
    kinds = (RequirementKind.DISTANCE, RequirementKind.PRESSURE, RequirementKind.MATERIAL)
    found = [item.value for kind in kinds for item in read(text).of(kind) if item.low or item.high]
    found += [item.value for item in read(text).items if item.aspect == "grade"]
    assert found == values


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("drones carrying cameras", {"drone": "itself", "camera": "itself"}),
        ("wheel mounting bracket", {"wheel": "whole", "bracket": "itself"}),
        ("lens cleaning cloth", {"lens": "whole"}),
        ("yarn weaving", {"yarn": "whole", "weaving": "itself"}),
        ("fabric weaving", {"fabric": "itself", "weaving": "itself"}),
        ("hydraulic mine props", {"hydraulic mine props": "itself"}),
    ],
)
def test_what_a_thing_does_or_is_for_is_told_apart(text, roles) -> None:
    assert {item.value: item.role.value for item in read(text).items} == roles


def test_castings_that_are_to_be_scanned_are_not_wanted() -> None:
    roles = {item.value: item.role.value for item in read("想租人家的CT扫一批铸件").items}
    assert roles == {"non-destructive testing": "itself", "casting": "whole"}


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("找做阀球的，304、316都要", {"valve ball", "304", "316"}),
        ("sock knitting factory, Europe shipping", {"sock", "knitting"}),
        ("EN 10204 3.1 bar stock", {"EN 10204", "bar"}),
        ("月供304、316件", {"316 piece"}),
    ],
)
def test_figures_and_words_are_read_as_their_trade_means_them(text, items) -> None:
    read_as = {item.value for item in read(text).items if item.role.value == "itself"}
    assert read_as == items


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("找别的集群里做工业CT和三坐标检测的", {"外地", "non-destructive testing"}),
        ("在别的产业集群找铸造", {"外地", "casting"}),
        ("battery cooling film from another cluster", {"外地", "film"}),
        ("outside our cluster: who makes injection moulds", {"外地", "injection mould"}),
    ],
)
def test_other_clusters_are_elsewhere_and_what_a_thing_is_for_is_not_wanted(text, wanted) -> None:
    assert {item.value for item in read(text).items if item.role.value == "itself"} == wanted


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("Investment-cast CF8M bodies, 0.2–35 kg", {"valve body"}),
        ("forged bodies from 1 to 40 kg", {"valve body"}),
        ("cast pump bodies", {"pump"}),
    ],
)
def test_bodies_that_are_cast_or_of_a_grade_are_those_of_valves(text, products) -> None:
    assert {item.value for item in read(text).of(RequirementKind.PRODUCT)} & {
        "valve body",
        "pump",
    } == products


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("200 stainless valve bodies (CF8M, DN50) a month", {"200 piece/month"}),
        ("300 valves per month", {"300 piece/month"}),
        ("500 springs", set()),
        ("12 years in business, two audits a year", set()),
    ],
)
def test_so_many_things_a_month_are_a_quantity(text, quantity) -> None:
    assert {item.value for item in read(text).of(RequirementKind.QUANTITY)} == quantity
