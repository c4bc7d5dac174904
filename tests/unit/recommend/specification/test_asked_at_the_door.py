"""What stood wrong in answers to forty questions of the trade, typed as they came to mind."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import Fulfilment, ItemRole, RequirementKind, compare, read
from matchmaker.recommend.specification.customers import compare_customer
from matchmaker.recommend.specification.speaker import without_speaker

MET = Fulfilment.MET


def sought(text: str) -> set[str]:
    """The things and work that a text asks for itself."""
    kinds = (RequirementKind.PRODUCT, RequirementKind.PROCESS)
    return {
        item.value
        for item in read(text).items
        if item.kind in kinds and item.role is ItemRole.ITSELF and not item.denied
    }


def verdict(need: str, value: str, statement: str) -> Fulfilment:
    """What a statement says of the requirement of a need that is called so."""
    judged = compare(read(need), read(statement)).judgements
    return next(each.verdict for each in judged if each.requirement.value == value)


@pytest.mark.parametrize(
    ("need", "tool"),
    [
        ("TR90镜腿注塑，自己有模具", "mould"),
        ("我们有模具，找注塑厂", "mould"),
        ("自己开了模具，找人代工注塑插头", "mould"),
        ("手上有一副压铸模，找压铸厂打样", "die-casting die"),
        ("有现成模具，找人代注塑外壳", "mould"),
        ("模具是我们的，只要代注塑外壳", "mould"),
        ("TR90 temples, we have the mould", "mould"),
        ("mould is ours, injection moulding of TR90 temples", "mould"),
        ("existing mould, need 5000 housings in ABS", "mould"),
        ("带模具找注塑厂，客户自带模具", "mould"),
        ("注塑外壳，客户自带模具", "mould"),
        ("有木模，找铸钢厂浇泵壳", "foundry pattern"),
        ("自带模具，注塑ABS外壳", "mould"),
    ],
)
def test_a_mould_that_is_there_is_not_asked_for(need, tool):
    assert tool not in sought(need)
    assert sought(need) - {tool}


@pytest.mark.parametrize(
    ("need", "tool"),
    [
        ("自己有模具，要修模", "mould"),
        ("looking for a mould for our housings", "mould"),
        ("自己有注塑厂，找模具厂开外壳模具", "mould"),
        ("We have moulds to sell", "mould"),
        ("we make moulds and look for housing moulders", "mould"),
        ("我们有模具需求，产品是插座", "mould"),
        ("我们提供模具和注塑一条龙", "mould"),
        ("We have mould orders for automotive lamps", "mould"),
        ("we supply moulds and hot runners", "mould"),
        ("own mould shop, injection moulding of caps offered", "mould"),
        ("要求供方自带模具，注塑外壳", "mould"),
        ("找注塑厂，带模具", "mould"),
        ("有模具厂吗", "mould"),
        ("注塑厂自带模具车间，做外壳", "mould"),
        ("有模具求购", "mould"),
    ],
)
def test_a_mould_is_asked_for_where_it_is_what_is_to_be_had_or_mended(need, tool):
    assert tool in sought(need)


@pytest.mark.parametrize(
    ("need", "thing"),
    [
        ("Die for aluminium die-cast gearbox housing, 1600 t machine", "mould"),
        ("dies for die casting of motor housings", "die-casting die"),
        ("Dies for stamping of spectacle hinges", "stamping die"),
        ("法兰锻件 A105 DN300 二十片", "flange"),
        ("替代进口的阀门定位器，找石化用户试用", "positioner"),
        ("阀门用碟簧，50CrV4", "disc spring"),
        ("closing hooks and eyelets for sock cards in metal", "metal hook"),
        ("无人机厂想找做轻量化材料的集群", "composite material"),
        ("drone maker looking for lightweight material suppliers", "composite material"),
    ],
)
def test_things_are_read_by_what_the_trade_calls_them(need, thing):
    assert thing in sought(need)


@pytest.mark.parametrize(
    ("text", "material"),
    [
        ("球阀阀座用的PPL材料", "ptfe"),
        ("想做一款木制眼镜架", "wood"),
        ("wooden spectacle frames", "wood"),
    ],
)
def test_materials_are_read_by_what_the_trade_calls_them(text, material):
    assert material in {i.value for i in read(text).of(RequirementKind.MATERIAL)}


@pytest.mark.parametrize("need", ["皮纹晒纹 汽车内饰模具", "晒纹 内饰模具", "抛光 汽车内饰模具"])
def test_what_work_stands_before_is_what_it_is_done_on(need):
    assert "mould" not in sought(need)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my old supplier dies for lack of orders, need ball valves", "mould"),
        ("PPL认证培训", "ptfe"),
        ("木质素改性酚醛树脂", "wood"),
    ],
)
def test_words_that_are_only_spelt_so_name_nothing(text, value):
    assert value not in {item.value for item in read(text).items}


def test_a_bought_compound_stays_a_thing():
    assert "mould" in sought("汽车内饰模具")


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("镀膜附着力测试", "pvd coating"),
        ("免费开放镀膜附着力和耐候测试", "pvd coating"),
        ("成形刀、深孔钻修磨", "drilling"),
        ("成形刀、深孔钻修磨", "grinding"),
        ("阀体抽真空浸渗补漏，谁能做", "valve body"),
    ],
)
def test_what_is_tested_or_ground_again_is_not_the_work(text, aside):
    assert aside not in sought(text)


@pytest.mark.parametrize(
    ("need", "work", "statement"),
    [
        ("铸件探伤谁能做", "non-destructive testing", "718H预硬模具钢，板材圆钢，探伤C级"),
        ("盐雾试验箱借用两天", "salt spray testing", "化学镀镍磷，50 µm，盐雾720小时"),
        (
            "salt spray test for a day",
            "salt spray testing",
            "Nickel-free PVD for eyewear, 96 h salt spray, REACH report",
        ),
        ("模具抛光到镜面", "polishing", "Hand-polished acetate frames with spring hinges"),
        ("模具抛光到镜面", "polishing", "醋酸板材镜架，CNC铣圈加手工抛光，钉铰"),
    ],
)
def test_how_its_own_things_come_out_is_no_work_for_others(need, work, statement):
    assert verdict(need, work, statement) is not Fulfilment.MET


@pytest.mark.parametrize(
    ("need", "work", "statement"),
    [
        ("铸件探伤谁能做", "non-destructive testing", "承接铸件射线探伤，两天出报告"),
        ("盐雾试验箱借用两天", "salt spray testing", "盐雾试验对外，按小时收费"),
        ("模具抛光到镜面", "polishing", "镜面抛光#12000，夜里也接"),
        ("醋酸镜架抛光", "polishing", "代工抛光醋酸镜架"),
    ],
)
def test_work_for_others_is_met(need, work, statement):
    assert verdict(need, work, statement) is Fulfilment.MET


def test_work_on_other_things_weighs_more_than_on_the_thing_itself():
    need = read("模具抛光到镜面")
    frames = compare(need, read("醋酸板材镜架，CNC铣圈加手工抛光"))
    moulds = compare(need, read("注塑模具制作，研磨抛光二十轴"))
    assert frames.adjustment < moulds.adjustment


def test_what_a_part_is_worked_on_for_is_not_another_thing():
    need, lens = read("给滑雪镜配双层防雾PC片，内层要浸防雾液"), read("双层滑雪镜片月供三万")
    assert all(each.tentative for each in compare(need, lens).unmet)


@pytest.mark.parametrize(
    ("need", "statement", "expected"),
    [
        ("深孔钻，孔深1.5米", "深孔钻2米余量对外", Fulfilment.MET),
        ("深孔钻，孔深2.5米", "深孔钻2米余量对外", Fulfilment.UNMET),
        ("氮化，阀杆长2米", "离子氮化，可挂长2.2米", Fulfilment.MET),
        ("氮化，阀杆长3米", "离子氮化，可挂长2.2米", Fulfilment.UNMET),
        ("二手车床，床身长4米", "车床，床身长3米", Fulfilment.UNMET),
    ],
)
def test_what_a_machine_takes_at_most_takes_less(need, statement, expected):
    judged = compare(read(need), read(statement)).judgements
    size = [each.verdict for each in judged if each.requirement.kind is RequirementKind.SIZE]
    assert size == [expected]


@pytest.mark.parametrize(
    ("need", "rest"),
    [
        ("阀门执行器想找外地的电机厂配套", "想找外地的电机厂配套"),
        ("执行器想找电机厂配套", "想找电机厂配套"),
        ("阀门想找做密封件的公司", "想找做密封件的公司"),
        ("无人机厂想找做轻量化材料的集群", "想找做轻量化材料的集群"),
        (
            "valve maker wants contact with composite clusters",
            "wants contact with composite clusters",
        ),
        # What the makers who are sought would make is asked for.
        ("阀杆想找外地的电镀厂", "阀杆想找外地的电镀厂"),
        ("闸阀想找外地的阀门厂", "闸阀想找外地的阀门厂"),
        ("弹簧铰链想找配件厂", "弹簧铰链想找配件厂"),
        ("眼镜盒找包装厂", "眼镜盒找包装厂"),
    ],
)
def test_a_trade_that_looks_for_makers_of_another_thing_speaks_of_itself(need, rest):
    assert without_speaker(need).strip() == rest


@pytest.mark.parametrize("where", ["", "around here ", "nearby ", "in Wenzhou "])
def test_who_builds_a_thing_is_whom_a_seller_of_its_parts_looks_for(where):
    offer = read(f"We press PTFE seats and seals, who {where}builds ball valves?")
    maker = compare_customer(offer, read("Floating ball valves for chlor-alkali plants."))
    assert "ball valve" in {each.requirement.value for each in maker.met}


def test_makers_of_positioners_are_no_customers_for_positioners():
    offer = read("替代进口的阀门定位器，已经小批量，找石化用户试用")
    rival = compare_customer(offer, read("做电动执行器和阀门定位器，SIL 3证书"))
    assert "positioner" in {each.requirement.value for each in rival.unmet}


@pytest.mark.parametrize(
    "need",
    [
        "socks to die for",
        "designs to die for, acetate frames",
        "customers would die for our socks",
        "old machines die for lack of parts; need knitting needles",
        "batteries that die for no reason, drone maker needs BMS",
        "motors die for want of cooling, need fans",
        "the battery dies for no reason",
        "diamond die for spring wire",
        "drawing die for stainless wire",
        "die for wire drawing, 0.3 mm",
    ],
)
def test_what_dies_and_what_wire_is_drawn_through_is_no_mould(need):
    assert "mould" not in {item.value for item in read(need).items}


@pytest.mark.parametrize(
    "need",
    [
        "die for housings",
        "a die for motor housings, H13",
        "dies for valve bodies",
        "need dies for zamak buckles",
        "2 dies for caps",
    ],
)
def test_a_die_is_asked_for_before_what_is_made_in_it(need):
    assert "mould" in sought(need)


@pytest.mark.parametrize(
    "need",
    [
        "镁合金轻量化材料，找眼镜厂试用",
        "铝镁合金轻量化材料",
        "轻质材料 发泡陶瓷",
        "轻质材料墙板",
        "need lightweight materials for frames, titanium",
    ],
)
def test_light_material_that_is_named_is_no_composite(need):
    assert "composite material" not in {item.value for item in read(need).items}


def test_light_material_of_carbon_fibre_is_a_composite():
    assert "composite material" in sought("轻量化材料，碳纤维")


@pytest.mark.parametrize("need", ["wooden patterns", "wooden pattern making"])
def test_a_name_that_begins_with_wooden_is_read_whole(need):
    assert "foundry pattern" in {item.value for item in read(need).items}


@pytest.mark.parametrize(
    "need",
    [
        # Parts, and what is cast, forged, pressed or moulded, are what those makers make.
        "法兰想找锻件厂",
        "轮毂希望找锻件企业协作",
        "支架想找钣金件厂",
        "镜腿想找塑料件厂",
        "电机壳想找压铸件厂",
        "密封圈想找橡胶件厂家",
        "螺旋桨想找碳纤维制品厂",
        "阀座想找密封件厂",
        "灯罩想找模具厂",
        "眼镜盒想找皮具厂",
    ],
)
def test_what_the_makers_who_are_sought_would_make_is_asked_for(need):
    assert without_speaker(need) == need


@pytest.mark.parametrize(
    ("need", "statement"),
    [
        ("气缸 行程50mm", "气缸行程100mm"),
        ("执行器行程100mm", "气动执行器，行程200mm"),
        ("直线模组 行程500mm", "直线模组，行程1米"),
    ],
)
def test_the_travel_of_a_drive_is_no_reach(need, statement):
    judged = compare(read(need), read(statement)).judgements
    size = [each.verdict for each in judged if each.requirement.kind is RequirementKind.SIZE]
    assert size == [Fulfilment.UNMET]


def test_how_long_a_test_house_tests_is_work_for_others():
    offer = "test house, up to 1000 h salt spray per EN ISO 9227"
    assert verdict("salt spray test", "salt spray testing", offer) is Fulfilment.MET


def test_disc_springs_are_parts_of_valves():
    offer, maker = read("disc springs for live loading"), read("ball valves")
    assert "disc spring" in {each.requirement.value for each in compare_customer(offer, maker).met}


def test_whom_work_is_for_behind_a_blank_stays_the_customer():
    items = read("电镀 供弹簧厂").of(RequirementKind.PRODUCT)
    assert [(each.value, each.role) for each in items] == [("spring", ItemRole.CUSTOMER)]


@pytest.mark.parametrize(
    ("need", "work", "statement"),
    [
        ("polishing of moulds", "polishing", "We offer polished moulds and mould polishing"),
        ("painting of frames", "painting", "painted frames, painting line open to others"),
        ("salt spray test", "salt spray testing", "we test: 1000 h salt spray, UV, humidity"),
    ],
)
def test_work_that_is_offered_beside_what_it_describes_is_met(need, work, statement):
    assert verdict(need, work, statement) is Fulfilment.MET


def test_who_opens_its_furnace_to_others_sells_no_thing_first():
    need = read("氮化 阀杆")
    opened = compare(need, read("模具厂，氮化炉对外"))
    kept = compare(need, read("模具厂，氮化炉"))
    assert opened.adjustment > kept.adjustment


def test_a_coating_that_has_passed_a_test_is_asked_for():
    assert "zinc plating" in sought("镀锌盐雾测试96小时合格的螺栓")


@pytest.mark.parametrize("need", ["仿木头镜腿", "木头花纹镜架", "frames with wooden look"])
def test_what_only_looks_wooden_is_of_no_wood(need):
    assert "wood" not in {each.value for each in read(need).of(RequirementKind.MATERIAL)}


@pytest.mark.parametrize(
    "need",
    ["We need someone to hard-anodise 6061 housings", "who can hard anodize our housings in 6061?"],
)
def test_hard_anodising_is_anodising(need):
    """Seen: who anodises was not known to do it, and a mill with 200 needles came second."""
    assert verdict(need, "anodising", "Five-axis parts in 7075, anodised as you like") is (
        Fulfilment.MET
    )


@pytest.mark.parametrize(
    ("need", "process"),
    [
        ("hard-anodise 6061 aluminium housings", "anodising"),
        ("weld stainless steel tanks", "welding"),
        ("塑料镜架激光刻logo", "laser marking"),
    ],
)
def test_work_at_the_head_of_a_need_is_read(need, process):
    assert process in sought(need)


@pytest.mark.parametrize("need", ["weld nuts M8", "weld seams to be ground flat", "weldable pipe"])
def test_what_only_begins_like_work_is_none(need):
    assert "welding" not in sought(need)


def test_who_makes_dies_for_a_thing_does_not_make_the_thing():
    """Seen: for housings to be anodised, a maker of dies for motor housings stood first."""
    dies = "Aluminium die-casting dies for motor housings, spot cooling"
    (housing,) = compare(read("anodise 6061 aluminium housings"), read(dies)).unmet
    assert housing.requirement.value == "housing"
    assert not housing.tentative


@pytest.mark.parametrize(
    "statement",
    ["铝压铸模和电机壳压铸，一条龙", "压铸模、电机壳，来料压铸", "铝合金电机壳压铸，兼做压铸模"],
)
def test_who_casts_beside_making_dies_may_have_the_thing(statement):
    unmet = compare(read("铝合金电机壳"), read(statement)).unmet
    assert all(each.tentative for each in unmet)


@pytest.mark.parametrize(
    "need", ["压铸模具钢，自己带锯切", "注塑模钢材，预硬", "锻模钢方块", "hot-work steel, blocks"]
)
def test_steel_for_dies_is_a_material_and_no_die(need):
    assert "tool steel" in {item.value for item in read(need).of(RequirementKind.MATERIAL)}
    assert not sought(need) & {"mould", "die-casting die", "injection mould"}


@pytest.mark.parametrize(
    ("need", "work"),
    [
        ("铸造厂想用无人机巡检厂房屋顶", "flight service"),
        ("有人做铸件的底片评定吗", "non-destructive testing"),
    ],
)
def test_work_that_is_done_with_a_thing_or_for_one_is_work(need, work):
    assert sought(need) == {work}


@pytest.mark.parametrize(
    "need", ["machine hours on a five-axis mill", "autoclave slots", "模流分析，想外包"]
)
def test_time_on_a_machine_and_work_given_out_are_no_things(need):
    assert not {"hours", "slots", "想外包"} & {item.family for item in read(need).items}


@pytest.mark.parametrize(
    "need",
    [
        "以前镀铬的，现在不让镀了，有什么工艺替代",
        "过去用镀铬，现在环保不准做",
        "chrome plating is banned now, need something else on stems",
    ],
)
def test_what_may_not_be_done_any_more_is_not_sought(need):
    assert "chrome plating" not in sought(need)


def test_a_thing_that_may_not_be_of_plastic_any_more_is_sought_itself():
    assert "metal hook" in sought("不能再用塑料钩子了，要纸的")


@pytest.mark.parametrize(
    ("need", "test"),
    [("想查一批纱线成分", "composition testing"), ("查一下甲醛", "formaldehyde testing")],
)
def test_what_is_looked_into_is_tested(need, test):
    assert test in sought(need)


def test_how_long_a_valve_lasts_is_no_test_of_climate():
    asked = "climate chamber for ten days"
    assert verdict(asked, "climatic testing", "寿命试验装置对会员开放") is not MET


@pytest.mark.parametrize(
    ("need", "rest"),
    [
        (
            "We are two sisters who design sunglasses in Lisbon. We'd love acetate sheets",
            "We'd love acetate sheets",
        ),
        ("做人形机器人的，关节壳要轻，镁合金的", "关节壳要轻，镁合金的"),
        ("做镜架的，要能电镀", "做镜架的，要能电镀"),
        ("做吊舱的，要一块锗窗口片", "要一块锗窗口片"),
        ("做镜架的，要两个月内交货", "做镜架的，要两个月内交货"),
    ],
)
def test_who_asks_is_told_apart_from_what_its_thing_must_be(need, rest):
    assert without_speaker(need).strip() == rest


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("We are a sock mill. Who sells compostable header cards?", "sock"),
        ("as a valve maker, we need graphite packing", "valve"),
        ("我们是袜子厂，包装盒太贵，求便宜的纸盒", "袜子"),
        ("我们阀门厂的阀杆要镀硬铬", "阀门"),
    ],
)
def test_who_asks_is_told_whatever_the_next_words_are(text: str, speaker: str) -> None:
    wanted = without_speaker(text)
    assert speaker in text
    assert speaker not in wanted
