"""Questions that nobody prepared, of the trades and of others, as they were typed in passing."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import Fulfilment, RequirementKind, compare, read
from matchmaker.recommend.specification.customers import compare_customer, is_rival
from matchmaker.recommend.specification.users_sought import asks_for_customers
from tests.unit.recommend.specification.test_asked_at_the_door import sought, verdict

WORK = RequirementKind.PROCESS


@pytest.mark.parametrize(
    ("need", "thing"),
    [
        ("找个厂帮我喷涂一下阀门", "valve"),
        ("电镀一批螺丝", "screw"),
        ("打磨这批镜架", "spectacle frame"),
        ("抛光一下模具", "mould"),
    ],
)
def test_what_work_is_done_on_a_little_is_there(need, thing):
    assert thing not in sought(need)


@pytest.mark.parametrize(
    ("need", "thing"), [("抛光镜架，纯钛", "spectacle frame"), ("一批电镀螺丝", "screw")]
)
def test_a_thing_that_is_only_described_is_sought(need, thing):
    assert thing in sought(need)


@pytest.mark.parametrize("need", ["不要铸件，要锻件的阀体", "锻件阀体 A105", "阀体锻件"])
def test_a_part_called_by_its_making_is_both(need):
    """Else who machines bodies of others comes before the forge."""
    assert {"forging", "valve body"} <= sought(need)


@pytest.mark.parametrize(
    ("need", "amount"),
    [("学生袜 一万双 7天交", "10000 pair"), ("PCB打样 4层 20片 加急", "20 piece")],
)
def test_a_space_ends_a_clause_in_chinese(need, amount):
    assert amount in {item.value for item in read(need).of(RequirementKind.QUANTITY)}


def test_a_plus_before_a_figure_is_its_sign():
    """+2.00 are the dioptres of the lens."""
    index = next(i for i in read("镜片 1.56 +2.00 现货").items if i.aspect == "refractive index")
    assert (index.low, index.high) == (1.56, 1.56)
    index = next(i for i in read("1.56+ 镜片").items if i.aspect == "refractive index")
    assert index.high is None


@pytest.mark.parametrize(
    ("need", "shown"), [("缝头机坏了谁能修", "修"), ("旧模具没人修", "修"), ("要维修阀门", "维修")]
)
def test_work_is_shown_by_its_own_word(need, shown):
    assert [item.text for item in read(need).of(WORK)] == [shown]


def test_welding_up_and_upkeep_of_moulds_is_repair():
    offer = "旧模保养：激光焊补、换镶件，48小时内给方案。"
    assert verdict("我有一副旧模具要修，滑块拉伤了", "repair", offer) is Fulfilment.MET


@pytest.mark.parametrize("need", ["注塑模具 一模八腔 瓶盖", "瓶盖，一模 4 出"])
def test_so_many_in_one_mould_is_no_mould_of_its_own(need):
    assert "模" not in {item.text for item in read(need).items}


def test_hardened_inserts_that_are_milled_harden_nothing():
    offer = "Hardened inserts up to HRC 58 milled to 0.005 mm, CMM report."
    assert verdict("模仁要淬火 HRC50", "quenching", offer) is Fulfilment.UNKNOWN
    # Who wants such a thing has what is said of it.
    assert verdict("hardened shafts", "quenching", "Hardened shafts, ground.") is Fulfilment.MET
    assert verdict("模仁要淬火", "quenching", "真空淬火，模仁抛光。") is Fulfilment.MET


def test_powder_coating_is_a_kind_of_spraying():
    assert verdict("阀门喷涂", "painting", "阀体熔结环氧粉末（FBE），300µm") is Fulfilment.MET


@pytest.mark.parametrize(
    ("need", "thing"),
    [("DSC热分析，树脂样品三个", "resin"), ("tensile testing of resin samples", "resin")],
)
def test_a_sample_that_is_tested_is_there(need, thing):
    assert thing not in sought(need)


def test_a_sample_that_is_bought_is_sought():
    assert "resin" in sought("求购树脂样品")


@pytest.mark.parametrize(
    ("need", "thing"),
    [
        ("无人机在隧道里没有GPS，求定位方案", "drone"),
        ("阀门在低温下卡死", "valve"),
        ("镜片在高温下变形", "lens"),
    ],
)
def test_what_something_happens_to_is_there(need, thing):
    assert thing not in sought(need)


@pytest.mark.parametrize(
    ("need", "thing"),
    [
        ("需要阀门在400度高温下使用", "valve"),
        ("球阀在高温下不漏，DN50", "ball valve"),
        ("镜片在高温下不变形的", "lens"),
        ("找无人机在隧道里能飞的", "drone"),
        ("模具在生产中没有问题", "mould"),
    ],
)
def test_what_must_stand_something_is_sought(need, thing):
    assert thing in sought(need)


@pytest.mark.parametrize(
    ("need", "name", "test"),
    [("食品检测", "食品检测", "food testing"),
     ("水质检测哪里做", "水质检测", "water quality testing"),
     ("土壤检测 多少钱", "土壤检测", "soil testing"), ("做食品检测", "食品检测", "food testing")],
)  # fmt: skip
def test_a_test_by_its_name_is_not_met_by_whoever_tests(need, name, test):
    assert [item.value for item in read(need).of(WORK)] == [test]
    other = "检测室可测色牢度、起毛起球、甲醛、纤维含量。"
    assert verdict(need, test, other) is not Fulfilment.MET
    assert verdict(need, test, f"承接{name}，三天出报告。") is Fulfilment.MET


@pytest.mark.parametrize("need", ["第三方检测", "委托检测", "检测"])
def test_testing_of_anything_stays_so(need):
    assert "food testing" not in sought(need)
    assert sought(need) <= {"testing", "testing laboratory"}


@pytest.mark.parametrize("text", ["hi", "Hello", "grant for hiring PhDs", "hey there"])
def test_a_greeting_and_a_grant_are_no_product(text):
    assert {"hi", "hello", "hey", "grant"}.isdisjoint(item.value for item in read(text).items)


@pytest.mark.parametrize(
    ("offer", "is_one"),
    [("镜片厂求代工单，每天能做一万片", True), ("镜片厂接单，月产十万片", True),
     ("单体现货，镜片厂求购可谈", False)],
)  # fmt: skip
def test_a_mill_that_asks_for_orders_is_not_sent_to_other_mills(offer, is_one):
    mill = read("树脂镜片厂，1.56为主，日产两万片。")
    assert is_rival(compare_customer(read(offer), mill)) is is_one


def test_a_lab_that_works_on_a_part_is_not_spoken_against():
    compared = compare(
        read("谁懂调节阀噪音问题"), read("调节阀流量特性的CFD加台架验证，DN50–DN300")
    )
    assert compared.unmet
    assert not compared.with_what_is_studied().unmet


@pytest.mark.parametrize(
    "need",
    ["除了温州以外的铸造厂", "除温州外的铸造厂", "除温州、台州以外的铸造厂", "温州以外的铸造厂"],
)
def test_everywhere_but_there_is_not_there(need):
    """Else foundries of Wenzhou come first, with that as a reason."""
    places = read(need).of(RequirementKind.PLACE)
    assert places
    assert all(place.denied for place in places)


def test_a_wider_material_beside_another_is_not_held_against_it():
    offer = "低温离子氮化，专做镍基合金和奥氏体不锈钢长杆件"
    assert verdict("阀杆表面氮化，316L", "316L", offer) is Fulfilment.UNKNOWN
    assert verdict("316L阀门", "316L", "不锈钢阀门，CF8") is Fulfilment.UNMET
    assert verdict("PEEK加30%碳纤颗粒", "carbon fibre", "PEEK+玻纤粒料") is Fulfilment.UNMET


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("压铸模 电机壳 2500吨", "2500 t"),
        ("注塑模具，重60吨", "60000 kg"),
        ("模具钢 200吨", "200000 kg"),
        ("塑料粒子 300吨 注塑用", "300000 kg"),
        ("PP injection moulded crates 500 tonnes", "500000 kg"),
    ],
)
def test_tonnes_beyond_any_mould_are_what_machines_press_with(text, value):
    assert [item.value for item in read(text).of(RequirementKind.SIZE)] == [value]


def test_what_is_made_in_a_mould_is_not_sought_behind_a_space():
    assert sought("压铸模 电机壳 2500吨") == {"die-casting die"}


def test_lines_of_a_picture_are_no_type_number():
    assert not read("图传 1080P").of(RequirementKind.CODE)
    assert read("轴承 6204-2RS").of(RequirementKind.CODE)


def test_what_a_screw_stands_is_said_of_it():
    offer = "防松眼镜螺丝M1.2–1.6，尼龙涂胶"
    assert verdict("眼镜螺丝老松 有没有防松的", "thread locking", offer) is Fulfilment.MET


@pytest.mark.parametrize("need", ["袜子起毛起球怎么解决 找后整理", "镜片开裂了，找人看看"])
def test_what_is_wrong_with_a_thing_is_mended_on_it(need):
    assert {"sock", "lens"}.isdisjoint(sought(need))


@pytest.mark.parametrize(("need", "thing"), [("不起球的袜子", "sock"), ("阀门变形小的", "valve")])
def test_what_is_to_stay_right_is_sought(need, thing):
    assert thing in sought(need)


@pytest.mark.parametrize(
    ("need", "is_sought"),
    [
        ("we polish acetate frames by hand, 500 a day, who gives work", False),
        ("we dye cotton socks", False),
        ("polished acetate frames", True),
        ("we knit cotton socks", True),
    ],
)
def test_what_a_thing_is_of_parts_it_not_from_the_work_on_it(need, is_sought):
    """Else a polisher sells frames, and no maker of frames is its customer."""
    assert bool(sought(need) & {"spectacle frame", "sock"}) is is_sought


@pytest.mark.parametrize(
    ("need", "value", "offer", "expected"),
    [
        ("梯形丝杆 Tr40", "40 Tr", "阀杆滚丝，Tr16–Tr60", Fulfilment.MET),
        ("Tr100 阀杆滚丝", "100 Tr", "阀杆滚丝，Tr16–Tr60", Fulfilment.UNMET),
        ("rigid-flex PCB, 6 layers", "6 layers", "软硬结合板打样，4–12层，24小时", Fulfilment.MET),
        ("PCB 16 layers", "16 layers", "软硬结合板打样，4–12层，24小时", Fulfilment.UNMET),
        ("医用压力袜", "compression sock", "Compression running socks", Fulfilment.MET),
        ("H13 电渣料", "tool steel", "H13 ESR模具钢，板材圆钢", Fulfilment.MET),
        ("PAN precursor oil agent", "spin finish", "硅油纺丝油剂，专给PAN原丝", Fulfilment.MET),
        ("镶件 随形水路", "conformal cooling", "镶件扩散焊异形水路", Fulfilment.MET),
    ],
)
def test_words_and_figures_of_the_trades(need, value, offer, expected):
    assert verdict(need, value, offer) is expected


@pytest.mark.parametrize("offer", ["不勒腿糖尿病袜，弹力丝减半", "Non-binding diabetic socks"])
def test_socks_that_do_not_press_are_no_compression_socks(offer):
    assert verdict("求购医用压力袜", "compression sock", offer) is not Fulfilment.MET


def test_the_plastic_of_frames_is_no_thread():
    assert [item.value for item in read("TR90镜架，配螺丝").of(RequirementKind.SIZE)] == []


@pytest.mark.parametrize(("need", "weights"), [("毫米波雷达 77G", 0), ("雷达重77g", 1)])
def test_what_a_radar_works_at_is_no_weight(need, weights):
    assert len(read(need).of(RequirementKind.SIZE)) == weights


@pytest.mark.parametrize(
    ("need", "is_sought"),
    [
        ("注塑加工 ABS外壳 5000件 有模具", False),
        ("PP外壳注塑，我们已有模具，3万件", False),
        ("谁有模具", True),
    ],
)
def test_a_mould_that_is_there_is_not_sought(need, is_sought):
    assert ("mould" in sought(need)) is is_sought


@pytest.mark.parametrize(
    "need", ["袜业以外的抗菌材料", "找非袜业的客户", "antibacterial yarn outside the sock industry"]
)
def test_a_trade_that_is_not_meant_is_not_sought(need):
    assert "sock" not in sought(need)


@pytest.mark.parametrize(
    ("need", "things"),
    [
        ("再生涤纶之外，哪里有再生尼龙的技术", {"nylon"}),
        ("除了球阀以外，还要闸阀", {"ball valve", "gate valve"}),
    ],
)
def test_what_is_left_out_is_not_sought_and_what_is_wanted_besides_is(need, things):
    items = read(need).items
    named = {
        i.value for i in items if i.kind in (RequirementKind.PRODUCT, RequirementKind.MATERIAL)
    }
    assert named == things


@pytest.mark.parametrize(
    ("need", "is_asked"),
    [
        ("压铸模具厂想给无人机电机壳做配套", True),
        ("想找给无人机做配套的厂", False),
        ("能给阀门做配套的密封件厂有吗", False),
    ],
)
def test_who_would_supply_the_makers_of_a_thing_asks_for_them(need, is_asked):
    assert asks_for_customers(need) is is_asked


def test_those_who_serve_somebody_are_sought_themselves():
    need = "找给无人机做配套的压铸模厂"
    assert verdict(need, "die-casting die", "铝压铸模，逆变器壳") is Fulfilment.MET


def test_who_asks_is_not_whom_it_looks_for():
    need = read("压铸模具厂想给无人机电机壳做配套")
    assert is_rival(compare_customer(need, read("镁合金压铸模，真空压铸。")))
    assert compare_customer(need, read("Fixed-wing VTOL drones.")).met


@pytest.mark.parametrize(
    ("need", "amount"),
    [
        ("covered spandex 2075, black, 2 tons, in 10 days", "2000 kg"),
        ("回收碳纤维 短切 6mm 一吨", "1000 kg"),
        ("螺丝M6*20 外六角 2万套 要达克罗", "20000 set"),
    ],
)
def test_how_much_of_a_stuff_or_a_thing_is_wanted_stands_by_itself(need, amount):
    assert amount in {item.value for item in read(need).of(RequirementKind.QUANTITY)}


def test_a_casting_of_five_tonnes_is_so_heavy():
    assert not read("铸件 5吨").of(RequirementKind.QUANTITY)


def test_the_force_that_holds_a_mould_seeks_none():
    assert "mould" not in sought("注塑厂帮打样，PC/ABS，锁模力450吨左右")
    assert "injection mould" in sought("注塑模 锁模力450吨机台用")


def test_a_seal_test_is_not_met_by_whoever_tests_anything():
    assert (
        verdict("球阀做低温密封试验", "leak testing", "运动袜织物压力分布测试")
        is not Fulfilment.MET
    )
    assert verdict("球阀做低温密封试验", "leak testing", "阀门气密性检测，氦检") is Fulfilment.MET


def test_toes_linked_by_hand_and_by_machine_are_told_apart():
    need = "袜子缝头，不要机缝，要手缝"
    kinds = {item.value: item.denied for item in read(need).items if item.kind is WORK}
    assert kinds == {"machine toe linking": True, "hand toe linking": False}


def test_die_casting_parts_are_things():
    assert "die casting" in sought("need die casting parts not dies, ADC12")


@pytest.mark.parametrize("need", ["做阀杆，要2205的", "有没有人做阀杆的？要2205的，Φ32"])
def test_digits_of_a_grade_that_is_wanted_of_what_was_named(need):
    assert [item.value for item in read(need).of(RequirementKind.MATERIAL)] == ["2205"]
    assert not read("3000的袜子，要2205双").of(RequirementKind.MATERIAL)


@pytest.mark.parametrize("need", ["衬氟的阀DN80，介质是盐酸，要快", "碳纤维编织成布"])
def test_a_sentence_is_no_name_of_a_thing(need):
    assert not {"介质是盐酸", "成布"} & sought(need)


def test_what_a_register_leaves_out_of_a_scope_is_denied():
    items = read("普通阀门和旋塞制造（不含特种设备制造）").items
    assert [item.denied for item in items if item.kind is RequirementKind.CERTIFICATE] == [True]


def test_the_words_between_a_pack_and_its_cells_are_no_part_of_the_figure():
    (cells,) = [item for item in read("电池包 -40度还能飞的，12S").items if item.unit == "S"]
    assert cells.text == "12S"


def test_what_is_named_behind_finishing_is_what_it_is_done_on():
    assert "模板" not in sought("找能做真空热处理的厂，Cr12MoV 模板 400x300x60，HRC58-60")
    assert "挂具" in sought("电镀厂，采购挂具")


@pytest.mark.parametrize(
    ("need", "amount"), [("大棚膜 8丝 10吨", "10000 kg"), ("32支棉纱 300公斤", "300 kg")]
)
def test_film_and_yarn_are_wanted_by_weight(need, amount):
    assert [item.value for item in read(need).of(RequirementKind.QUANTITY)] == [amount]


def test_the_handwheel_of_a_valve_is_no_valve():
    assert sought("做阀门的塑料手轮，尼龙加玻纤") == {"handwheel"}
