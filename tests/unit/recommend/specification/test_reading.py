"""Needs and offers are read into values with units, from the words that stand there."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.recommend.specification import (
    CORE,
    UNLISTED,
    ItemRole,
    RequirementKind,
    compare,
    read,
)
from tests.unit.recommend.specification.readings import of, values

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
        ("求购眼镜收纳盒", "spectacles", "眼镜收纳盒"),
        ("无人机防撞网，6米", "drone", "无人机防撞网"),
    ],
)
def test_a_thing_that_no_list_has_is_not_the_one_it_is_for(text, whole, thing):
    roles = told_apart(text)
    assert (roles[whole], roles[thing]) == ("whole", "itself")


def test_a_word_means_what_it_means_beside_the_things_of_its_trade():
    assert values("板材镜架", "material") == ["acetate"]
    assert values("不锈钢板材", "material") == ["stainless steel"]


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

    assert named("夜里开的自动售货机") == ["自动售货机"]
    assert named("求购二手五菱面包车") == []  # no bread
    assert named("小单的球阀，找厂") == []  # a thing that is listed is all that is asked for


def test_traditional_characters_are_read_as_simplified() -> None:
    place, partner = read("找溫州鑄造廠").items
    assert (place.value, place.text) == ("温州市", "溫州")
    assert (partner.value, partner.text) == ("casting works", "鑄造廠")


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("looking for a plater for our hinges", "plating"),
        ("Die casters of aluminium housings wanted", "die casting"),
        ("we have the tool: six hundred shots, a moulder near Ningbo", "injection moulding"),
        ("a machine shop with five axes", "machining"),
        ("who can tint sunglass lenses", "dyeing"),
    ],
)
def test_who_does_the_work_is_asked_for_it(text: str, work: str) -> None:
    assert work in values(text, "process")
    assert not [item for item in read(text).items if item.aspect == "unlisted"]


def test_what_is_inside_a_thing_is_no_thing_wanted() -> None:
    assert [r.value for r in read("铸件里有没有砂眼，想照CT").requirements] == [
        "non-destructive testing"
    ]


def test_work_in_general_beside_a_kind_of_it_is_that_kind() -> None:
    assert values("a plater for hard chrome plating", "process") == ["hard chrome plating"]


def test_a_thing_that_is_broken_or_handled_is_no_thing_wanted() -> None:
    texts = ("袜机坏了没人修", "杀菌锅坏了，谁能修", "need someone to 3D scan a broken impeller")
    for text in texts:
        assert [r.kind.value for r in read(text).requirements] == ["process"]
    assert values("someone to cast our impellers", "product") == ["impeller"]
    assert values("杀菌锅坏了，要换一台新的", "product") == ["杀菌锅"]


def test_the_one_thing_of_another_is_none_of_it_where_several_are_listed() -> None:
    assert [r.value for r in read("袜子的卡头和挂钩").requirements] == ["sock card", "metal hook"]


def test_a_test_is_wanted_however_long() -> None:
    assert values("哪儿能做720小时盐雾", "process") == ["salt spray test"]
    assert values("锌镍，盐雾720小时", "size") == ["720 h"]


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


def test_what_is_measured_is_not_what_is_borrowed() -> None:
    items = {i.value: i.role for i in read("想借用三坐标量几个阀体，半天").items}
    assert items == {"coordinate measuring machine": "itself", "valve body": "whole"}


def test_quotation_marks_make_no_part_of_a_thing() -> None:
    assert [i.role for i in of("Looking for 'ball valve' makers", "product")] == ["itself"]


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
    ("text", "roles"),
    [
        ("drones carrying cameras", {"drone": "itself", "camera": "itself"}),
        ("wheel mounting bracket", {"wheel": "whole", "bracket": "itself"}),
        ("lens cleaning cloth", {"lens": "whole", "cleaning cloth": "itself"}),
        ("yarn weaving", {"yarn": "whole", "weaving": "itself"}),
        ("fabric weaving", {"fabric": "itself", "weaving": "itself"}),
        ("hydraulic mine props", {"hydraulic mine props": "itself"}),
        ("镜腿里塞得下的小电池", {"temple": "whole", "battery": "itself"}),
        ("护目镜头带用的织带", {"goggles": "whole", "webbing": "itself"}),
        ("电机线包要真空灌胶", {"motor": "whole", "potting": "itself"}),
        ("管线上的球阀想换衬氟的", {"ball valve": "itself", "lining": "itself"}),
        ("模架要卖去哈萨克斯坦，找懂行的", {"mould base": "whole"}),
        ("吊舱老起雾，谁会处理", {"drone payload": "whole"}),
        ("轴承老是断货，找轴承厂", {"bearing": "itself"}),
        ("透镜面型要测", {"lens": "whole"}),
        ("the check valve by our tanks sticks", {"check valve": "whole"}),
        (
            "die casting plungers get eaten",
            {"die casting": "whole", "die casting plungers": "whole"},
        ),
        ("somebody to show our airframes", {"drone airframe": "whole"}),
        ("镜腿模晒纹", {"temple": "whole", "mould": "whole", "mould texturing": "itself"}),
        ("大吨位汽车模", {"car": "whole", "mould": "itself"}),
        ("规模不大", {}),
        ("电芯之间垫的隔热毡", {"battery cell": "whole", "insulation pad": "itself"}),
        ("who spins precursor", {"spinning": "itself", "carbon fibre precursor": "itself"}),
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
        ("316丝杆渗氮", {"nitriding"}),
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


@pytest.mark.parametrize("finish", ["哑光纹", "皮纹", "火花纹"])
def test_texturing_of_a_mould_is_read_where_the_texture_stands_in_its_midst(finish):
    (work,) = read(f"镜腿模晒{finish}").of(RequirementKind.PROCESS)
    assert work.value == "mould texturing"


@pytest.mark.parametrize("text", ["second source for PPS compound", "PPS粒料的第二供应商"])
def test_that_another_source_is_sought_is_no_work_beside_what_of(text):
    asked = read(text)
    assert not asked.of(RequirementKind.PROCESS)
    assert [item.value for item in asked.of(RequirementKind.MATERIAL)] == ["pps"]


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("PC扩散罩 阻燃V0", "扩散罩"),
        ("星空投影灯贴牌，UL", "星空投影灯"),
        ("718H预硬板，要切好", ""),  # of a grade of steel it says the form
    ],
)
def test_a_thing_that_no_list_has_is_read_behind_letters_and_before_work(
    text: str, thing: str
) -> None:
    things = [item.text for item in read(text).items if item.aspect == UNLISTED]
    assert things == ([thing] if thing else [])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("retort pouches, printed", ["retort pouches"]),
        ("drone batteries", ["batteries"]),  # the drone is another thing
        ("我们找无人机电池", ["电池"]),
    ],
)
def test_a_thing_is_called_by_the_whole_of_its_name(text: str, names: list[str]) -> None:
    things = (r for r in read(text).requirements if r.kind is RequirementKind.PRODUCT)
    assert [r.text for r in things] == names


def test_what_a_thing_can_be_fitted_to_is_not_sought() -> None:
    (disc,) = read("碟刹 能配电动车的").requirements
    assert (disc.text, disc.kind) == ("碟刹", RequirementKind.PRODUCT)


def test_what_things_are_packed_with_is_no_packing() -> None:
    for text, thing in (
        ("一万个打包盒，印logo", "打包盒"),
        ("包装膜", "包装膜"),
        ("打包带", "打包带"),
    ):
        assert [r.text for r in read(text).requirements if r.kind in CORE] == [thing]
    assert values("找人打包", "process") == ["packaging"]
