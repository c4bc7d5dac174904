"""A thing with a head of its own behind or before a listed one is another thing."""

import pytest

from matchmaker.recommend.specification.comparison import compare
from matchmaker.recommend.specification.reading import read


def own(text: str) -> set[str]:
    """The products that are wanted or offered themselves."""
    return {i.value for i in read(text).items if i.kind == "product" and i.role == "itself"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Who can supply gate valve wedges overlaid with Stellite 6?", {"gate valve wedges"}),
        ("bicycle racks for a car park", {"bicycle racks"}),
        ("need a drone landing net", {"drone landing net"}),
        ("camera electronics", {"camera electronics"}),
        ("a drone cradle for our trucks", {"drone cradle"}),
        ("recyclable thermoset arms for drones", {"recyclable thermoset arms"}),
        ("tin boxes for glasses", {"tin boxes"}),
        ("looking for functional fibre labs in other clusters", {"functional fibre"}),
        ("need dirndl makers near Graz", {"dirndl"}),
        # The same thing by another word, or no thing at all.
        ("two drone systems", {"drone"}),
        ("a camera for drones", {"camera"}),
        ("sock mills", {"sock"}),
        ("ball valves needed", {"ball valve"}),
        ("supply of a mass spectrometer gcms", {"spectrometer"}),
        ("propeller aerodynamics", {"propeller"}),
        ("a pump is wanted", {"pump"}),
    ],
)
def test_the_head_of_an_english_compound_is_the_thing(text: str, wanted: set[str]) -> None:
    assert own(text) - {"car"} == wanted


@pytest.mark.parametrize(
    "text",
    [
        "provision of cleaning services",
        "nominated subcontract for landscape works",
        "comprehensive maintenance of swimming pools",
        "our own press is too small for it",
    ],
)
def test_what_is_done_by_contract_is_no_product(text: str) -> None:
    assert own(text) == set()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("激光熔覆修复阀杆", {"cladding"}),
        ("无人机保险和培训", {"insurance"}),
        ("thermal interface pad 8 W/mK", set()),
        ("氮化铝陶瓷散热片", {"aluminium nitride", "ceramic", "heat sink"}),
        ("机械密封，碳化硅对碳化硅", {"seal", "silicon carbide"}),
    ],
)
def test_what_a_word_only_sounds_like_or_is_done_to_is_not_wanted(text, values) -> None:
    """氮化铝 was nitriding of aluminium, "thermal" underwear, 修复阀杆 a new stem."""
    read_as = {i.value for i in read(text).items if i.role == "itself" and i.kind != "size"}
    assert read_as - {"thermal interface pad"} == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("精密模具", {"mould"}),
        ("精密模具配件", {"mould component"}),
        ("注塑模具的零部件", {"mould component"}),
        ("复合材料阀体", {"composite", "valve body"}),
        ("composite valve body", {"composite", "valve body"}),
        ("碳纤维复合材料支架", {"carbon fibre", "bracket"}),
        ("复合材料模具", {"mould"}),  # of steel, for composites
        ("复合材料", {"composite material"}),
        ("车间环氧地坪", {"epoxy", "floor coating"}),
        ("石墨烯导热膜", {"graphene", "film"}),
        ("袜子贴牌", {"sock"}),
        ("农田土壤重金属检测", {"soil testing"}),
        ("soil tests for a farm", {"soil testing"}),
        ("电磁阀要做火烧试验", {"fire testing"}),
        ("镜腿想试试镁合金半固态", {"temple", "magnesium", "semi-solid casting"}),
    ],
)
def test_what_stands_directly_behind_makes_a_name_whole(text: str, values: set[str]) -> None:
    assert {i.value for i in read(text).items if i.role == "itself"} == values


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("HVOF coating for gate valve seats", set()),
        ("hard chrome plating for gate valve stems", set()),
        ("铸件有砂眼，能补焊的", set()),
        ("阀门出厂前的刷漆和木箱包装", set()),
        ("valve nameplates laser etched stainless", {"valve nameplates", "laser"}),
        ("castings for gate valve bodies", {"casting", "valve body"}),
        ("we need gate valve bodies", {"valve body"}),
    ],
)
def test_a_part_that_work_is_for_is_not_wanted(text: str, wanted: set[str]) -> None:
    """Seen: makers of PTFE seats stood before the sprayer."""
    assert own(text) == wanted


@pytest.mark.parametrize(
    "text", ["bamboo socks with gift boxes", "socks in gift boxes", "袜子配礼盒"]
)
def test_who_makes_boxes_meets_no_need_of_socks_in_them(text: str) -> None:
    """Seen: a printer of boxes stood first for socks in gift boxes."""
    compared = compare(read(text), read("袜卡、开窗礼盒，一千套起印"))
    assert compared.aside
    assert not compare(read(text), read("精梳棉袜")).aside


def test_a_repair_shop_of_whatever_repairs_no_hot_runner() -> None:
    """Seen: for the repair of hot runners, a repair centre of drones."""
    need = read("hot runner repair")
    assert compare(need, read("Regional repair centre in Singapore")).aside
    assert not compare(need, read("hot runner repair within two days")).aside


def test_a_plastic_is_no_clothing_that_is_called_so() -> None:
    """Seen: tights of 15 denier were sought, and a yarn of nylon said to be some."""
    assert compare(read("连裤袜 15D"), read("nylon 70D/2, raw white, in stock")).aside
    assert not compare(read("碳纤维丝束"), read("Carbon fibre, and prepreg")).aside


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("血液检测", "unknown"),
        ("asbestos testing for an old building", "unknown"),
        ("甲醛检测", "met"),
        ("哪里能做检测", "met"),
        ("testing needed", "met"),
    ],
)
def test_who_tests_other_things_is_not_known_to_test_this(text: str, verdict: str) -> None:
    """Seen: a centre that tests socks stood first for the testing of asbestos."""
    compared = compare(read(text), read("检测室可测色牢度、起毛起球、甲醛、纤维含量"))
    assert [str(judged.verdict) for judged in compared.judgements] == [verdict]


@pytest.mark.parametrize(
    ("need", "verdict"),
    [("袜子打样", "unmet"), ("镜片打样", "met"), ("镜腿打样", "met"), ("打样", "met")],
)
def test_who_makes_samples_of_frames_makes_none_of_socks(need: str, verdict: str) -> None:
    compared = compare(read(need), read("提供镜架镜片检验和快速打样"))
    of_work = [j for j in compared.judgements if j.requirement.value == "prototyping"]
    assert [str(judged.verdict) for judged in of_work] == [verdict]


def test_who_has_yet_to_test_a_thing_lends_no_chamber() -> None:
    """Seen: who looks for company in a test stood before who opens its chambers."""
    need = read("borrow a climatic chamber -40 °C")
    assert compare(need, read("样机待环境试验，找电池厂共试")).aside
    assert not compare(need, read("高低温舱每周两天开放")).aside


def test_who_studies_composites_makes_no_parts_of_them() -> None:
    need = read("做复合材料件的厂")
    assert compare(need, read("复合材料界面方向，同八家企业有在研课题")).aside
    assert not compare(need, read("Carbon and glass composite structures")).aside


def test_who_injects_is_asked_by_the_verb() -> None:
    asked = read("propeller guards in nylon, we own the mould, who injects?")
    assert "injection moulding" in {i.value for i in asked.items if i.role == "itself"}


def test_how_long_a_part_lasts_offers_no_such_part() -> None:
    """Seen: for bearings of motors, a set of motors whose bearings last a thousand hours."""
    need = read("电机轴承 3万转")
    assert compare(need, read("无刷电机动力套，力效8.6 g/W，轴承千小时")).unmet
    assert not compare(need, read("微型轴承，千小时寿命")).unmet


def test_whose_fault_is_to_be_found_is_not_offered() -> None:
    """Seen: the posted need of just this was unmet, as the question was read as selling valves."""
    assert own("阀门内漏声发射在线诊断") == set()
    assert own("阀门，附内漏检测报告") == {"valve"}
    need = read("想做基于声发射的阀门内漏在线诊断，缺算法团队")
    compared = compare(need, read("阀门内漏声发射在线诊断，找愿意试用的阀门厂"))
    assert compared.met
    assert not compared.unmet
