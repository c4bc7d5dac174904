"""What the trades keep apart: work before and after, what is sent out for work, raw materials."""

import pytest

from matchmaker.recommend.specification import ItemRole, compare_customer, read
from tests.unit.recommend.specification.comparisons import compared, values
from tests.unit.recommend.specification.readings import of
from tests.unit.recommend.specification.readings import values as read_values


@pytest.mark.parametrize(
    ("need", "statement"),
    [
        ("chrome plating", "阀杆滚丝、T型槽加工，镀铬前后都可"),
        ("镀铬", "Thread rolling of valve stems, before or after chrome plating"),
        ("氮化", "顶针研磨，氮化前后均可"),
    ],
)
def test_who_works_before_and_after_other_work_does_not_do_that(need, statement):
    assert values(compared(need, statement).met) == []


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("阀体毛坯外发粗精车", "turning"),
        ("阀盖毛坯委外粗车", "turning"),
        ("阀座毛坯外协研磨", "grinding"),
        ("镜腿外发抛光", "polishing"),
        ("valve body blanks to be rough and finish turned", "turning"),
        ("our castings go out for milling", "milling"),
    ],
)
def test_what_is_sent_out_for_work_is_there_already(text, work):
    assert {item.role for item in of(text, "product")} == {ItemRole.WHOLE}
    assert read_values(text, "process") == [work]


@pytest.mark.parametrize(
    "text", ["shafts to be turned from bar", "brass nuts to be turned from stock"]
)
def test_what_is_turned_from_the_bar_is_bought(text):
    assert of(text, "product")[0].role is ItemRole.ITSELF


def test_tools_for_work_are_not_that_work():
    assert values(compared("阀体毛坯外发粗精车", "双相钢粗精车专用CBN刀片").met) == []


@pytest.mark.parametrize(
    ("need", "made"),
    [
        ("TR90 granulate", "TR90运动护目镜架，双色注塑"),
        ("acetate sheet", "Hand-polished acetate frames with spring hinges"),
        ("titanium wire", "Titanium frames, own brand"),
        ("cotton yarn", "Cotton socks, private label"),
    ],
)
def test_who_makes_things_of_a_material_has_none_of_it_to_sell(need, made):
    assert compared(need, made).made_of_it


@pytest.mark.parametrize(
    ("need", "sold"), [("PEEK粒料", "PEEK+30%碳纤粒料"), ("cotton yarn", "精梳棉纱，32支")]
)
def test_who_sells_a_material_has_it(need, sold):
    assert not compared(need, sold).made_of_it


def test_a_fibre_in_one_plastic_is_not_met_by_it_in_another():
    need = "CF/PEEK laminate"
    assert values(compared(need, "CF/PA6 tape").unmet) == ["peek"]
    assert values(compared(need, "PEEK+30%碳纤粒料").met) == ["carbon fibre", "peek"]
    assert read_values("PA66-GF30", "material") == ["nylon", "glass fibre"]
    assert read_values("GF/PP sheet", "material") == ["glass fibre", "polypropylene"]


@pytest.mark.parametrize(
    ("offer", "rival"),
    [
        ("板材镜架找欧洲品牌", "Titanium frames, OEM for European brands."),
        ("找镜片经销商", "树脂镜片厂，1.56为主"),
        ("titanium frame maker looks for European brands", "Titanium frames, own brand."),
        ("sock importers in Germany", "Cotton socks, 96 to 168 needle machines, private label."),
    ],
)
def test_who_looks_for_brands_or_traders_is_shown_no_makers_of_the_same(offer, rival):
    comparison = compare_customer(read(offer), read(rival))
    assert values(comparison.unmet)
    assert values(comparison.met) == []


def test_makers_of_one_kind_are_not_makers_of_another():
    call = read("植保机厂家看过来")
    assert values(compare_customer(call, read("Fixed-wing VTOL drones.")).unmet) == [
        "crop-spraying drone"
    ]
    assert values(compare_customer(call, read("植保无人机厂，载重30公斤")).met) == [
        "crop-spraying drone"
    ]
    assert compare_customer(call, read("无人机整机厂")).unmet == ()


def test_frames_of_spectacles_are_no_frames_of_machines_or_bicycles():
    assert read_values("Titanium frames, own brand", "product") == ["spectacle frame"]
    assert read_values("TR90 frames, small lots", "product") == ["spectacle frame"]
    assert read_values("titanium bicycle frames", "product") == ["bicycle frame"]
    assert values(compared("frames for drones", "Titanium frames, own brand").met) == []


def test_frames_and_sunglasses_are_not_the_same():
    assert values(compared("太阳镜", "板材镜架厂，开料到抛光自己做").met) == []


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("ladies' socks 0.12 a pair", "0.12 CNY/pair"),
        ("socks 0.4-0.6 per pair", "0.4-0.6 CNY/pair"),
        ("hinges for less than 2 each", "≤2 CNY"),
        ("carbon fibre, no more than 15 a kilo", "≤15 CNY/kg"),
        ("hinges under 3 dollars each", "≤3 USD"),
        ("propellers 12 bucks a set", "12 USD/set"),
    ],
)
def test_a_bare_sum_for_each_is_a_price_in_english(text, price):
    assert read_values(text, "price") == [price]


@pytest.mark.parametrize(
    "text",
    ["moulds for 20 parts each", "20 pieces per box", "weight under 25 g each",
     "boxes for 12 pairs each", "hinge, 0.3 mm each side", "up to 8 per set", "500 per colour"],
)  # fmt: skip
def test_how_many_go_into_each_is_no_price(text):
    assert read_values(text, "price") == []


@pytest.mark.parametrize(
    ("need", "statement"),
    [
        ("电镀厂，环评手续齐", "化学镀镍磷加工点，环评手续齐"),
        ("plating shop with environmental permits complete", "挂镀镍金钯，环保证齐全"),
        ("染厂要有排污许可证", "dyeing of socks, discharge permit held"),
    ],
)
def test_a_permit_that_is_held_is_met_by_who_says_so(need, statement):
    assert "Environmental permit" in values(compared(need, statement).met)


@pytest.mark.parametrize(
    "text", ["代办环评手续", "排污许可证代办", "help with environmental permits"]
)
def test_a_permit_that_is_to_be_arranged_is_no_permit_that_is_held(text):
    assert read_values(text, "certificate") == []


def test_a_kind_of_microscope_is_not_met_by_another():
    assert values(compared("电镜", "SEM机时").met) == ["electron microscope"]
    assert values(compared("冷冻电镜", "SEM机时").unmet) == ["cryo-electron microscope"]


def test_a_grade_for_a_thing_and_a_sole_of_terry_are_not_the_thing():
    (battery,) = of("battery grade lithium carbonate", "product")
    assert battery.role is ItemRole.WHOLE
    assert values(compared("浴巾", "毛巾底运动袜，双针筒").met) == []


def test_what_others_are_to_make_under_ones_own_name_is_the_thing():
    assert read_values("助听器贴牌，出口用", "product") == ["hearing aid"]


@pytest.mark.parametrize(
    "text",
    [
        "who can dye 20,000 pairs of finished cotton socks a week",
        "who dyes nylon socks",
        "who can embroider logos on cotton socks",
    ],
)
def test_socks_that_work_is_to_be_done_on_are_not_sought(text):
    """Seen: dyers came 25th behind makers of socks, who said nothing of dyeing."""
    assert [item.role for item in of(text, "product")] == [ItemRole.WHOLE]
    assert "sock" not in values(compared(text, "Combed cotton crew socks, 168 needles").met)


def test_two_things_of_which_one_is_joined_to_the_other_are_both_named():
    flanges = of("who can weld flanges on 40 tonnes of pipes", "product")
    assert [item.value for item in flanges] == ["flange", "pipe"]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("石墨填料微泄漏过不了，换一家做密封的", "product", "gland packing"),
        ("密封垫气密性不合格，想换供应商", "product", "gasket"),
        ("电镀件盐雾过不了，换一家", "process", "plating"),
    ],
)
def test_a_test_that_is_not_passed_is_not_sought_where_another_supplier_is(text, kind, value):
    """Seen: makers of packing came fourth, behind valves of which a test was told."""
    assert read_values(text, kind) == [value]
    assert not any(item.family == "testing" for item in read(text).requirements)


def test_a_test_that_is_not_passed_is_named_where_help_is_sought():
    assert "formaldehyde testing" in read_values("袜子甲醛超标怎么办", "process")


def test_who_is_to_work_on_a_thing_instead_of_another_makes_none_of_it():
    text = "镜架镍释放超标，想换电镀厂"
    assert [item.role for item in of(text, "product")] == [ItemRole.WHOLE]
    assert read_values(text, "process") == ["plating"]
