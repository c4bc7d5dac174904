"""Who asks is told apart from what is asked for: neither its trade nor its place is wanted."""

from __future__ import annotations

import time

import pytest

from matchmaker.recommend.specification import (
    RequirementKind,
    read,
    said_of_speaker,
    without_speaker,
)

DROPPED = {
    "深圳做无人机的，想绕开贸易商，直接找预浸料厂": "想绕开贸易商，直接找预浸料厂",
    "我们是温州的阀门厂，想找外地的预浸料厂": "想找外地的预浸料厂",
    "您好，我司是宁波一家模具厂，找进口模具钢": "找进口模具钢",
    "我們做泵閥的，軸承想換耐磨的改性PEEK料": "軸承想換耐磨的改性PEEK料",
    "本厂生产袜子，求购锦纶丝": "求购锦纶丝",
    "温州阀门厂采购不锈钢铸件": "采购不锈钢铸件",
    "我们在温州，做阀门，采购不锈钢铸件": "采购不锈钢铸件",
    "永嘉阀门找外地做石墨填料的厂": "找外地做石墨填料的厂",
    "Danyang eyewear cluster looks for lens makers": "looks for lens makers",
    "European mould makers want to work with drone firms": "want to work with drone firms",
    "Dear Sir, we are a Dutch importer. We are looking for socks": "looking for socks",
    "大学生创业团队，做水下无人机，想找推进器电机": "想找推进器电机",
    "Our factory in Wenzhou makes valves; we need castings": "we need castings",
    "For our valve plant in Wenzhou we need castings": "we need castings",
    "We build drones and would like carbon fibre tubes": "would like carbon fibre tubes",
    "Wenzhou valve maker. Need castings": "Need castings",
    "Drone maker in Shenzhen looks for die casting dies": "looks for die casting dies",
    "几家镜架厂想凑单做吊卡纸盒": "想凑单做吊卡纸盒",
    "We are a valve maker in Wenzhou and need prepreg": "need prepreg",
    "Drone maker in Shenzhen looking for die casting dies": "looking for die casting dies",
    "Hello, we make sock machines. We need cotton yarn": "We need cotton yarn",
    "阀门行业的找3D打印砂型": "找3D打印砂型",
    "模具厂想给无人机企业做外壳注塑模": "想给无人机企业做外壳注塑模",
    "Sock mill here, we need hang tags": "we need hang tags",
    "German buyer: we have a spectacles brand and want soft cases": "want soft cases",
    "We own a sock brand in Lyon and need hang tags": "need hang tags",
    "We make brass hinges. Is there a shop for springs?": "Is there a shop for springs?",
}
KEPT = [
    # Who is sought, described without a verb.
    "昆山的注塑厂，最近能排产ABS外壳",
    "宁波压铸厂，要IATF16949，铝支架5000件",
    "浙江的源头工厂，采购不锈钢保温杯1000个",
    "会做GRS再生面料的织厂，现货优先，涤纶",
    "推荐几家苏州的压铸厂，想做灯具外壳",
    "求购铝合金支架5000件。宁波的压铸厂，最近能交货的，要有IATF16949",
    "我们需要注塑件。供应商：有洁净车间的注塑厂，希望在苏州",
    "Castings wanted. A foundry in Poland, ready to deliver 2000 valve bodies a month",
    "Housing for pumps. The factory in Poland needs to have anodising",
    "Injection moulder in Suzhou, needs ISO 13485, PEEK parts",
    "contract manufacturer in Vietnam, looking to produce 5000 garments",
    # Work is asked for on what is made.
    "我们做铝型材的，找阳极氧化",
    # What is made is what is wanted.
    "我们做304球阀的阀体，要精密铸造",
    "我们做阀体抛丸，找人代工",
    "we make valves and look for an agent",
    # Who is looked for, not who asks.
    "做密封件的，能耐400度",
    "找做瑜伽袜的工厂，脚底带防滑胶",
    # What is sought is named where who asks is.
    "we run 40 machines and our dye house closed, looking for another one",
    "镜腿套找外地做硅胶的",
    "Foundry needed for valve castings",
    "drone motor makers who want die cast housings",
    "Injection moulder wanted",
    "Foundry: DN50 stainless bodies, 500 pcs",
    "Plating shop: titanium frames, PVD",
    "",
]  # fmt: skip


@pytest.mark.parametrize("text", DROPPED)
def test_what_is_asked_for_is_left(text: str) -> None:
    wanted = without_speaker(text)
    assert wanted.strip().endswith(DROPPED[text])
    assert wanted.removesuffix(DROPPED[text]).strip(" ,，") in ("", "您好", "Hello", "Dear Sir")
    assert len(wanted) == len(text)  # offsets stay


@pytest.mark.parametrize("text", KEPT)
def test_a_text_that_introduces_nobody_stays(text: str) -> None:
    assert without_speaker(text) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("求购硅钢片，我们是做电机的", "求购硅钢片"),
        ("We are looking for gears. We are a gearbox maker in Turin.", "We are looking for gears"),
    ],
)
def test_who_asks_may_say_so_last(text: str, wanted: str) -> None:
    assert without_speaker(text).strip() == wanted


def test_where_work_is_asked_for_only_the_town_of_who_asks_goes() -> None:
    asked = read(without_speaker("我们是温州做阀杆的，找镀硬铬"))
    assert [item.value for item in asked.items if item.kind is RequirementKind.PLACE] == []
    assert "valve stem" in [item.value for item in asked.items]


def test_neither_the_trade_nor_the_town_of_who_asks_is_required() -> None:
    asked = read(without_speaker("We are a valve maker in Wenzhou and need prepreg"))
    assert [item.value for item in asked.items] == ["prepreg"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("想绕开贸易商，直接找预浸料厂", "prepreg"),
        ("想绕开贸易商直接找预浸料厂", "prepreg"),
        ("绕过中间商直接采购铜箔", "copper foil"),
        ("bearings without going through traders or agents", "bearing"),
        ("prepreg makers, bypassing traders", "prepreg"),
        # Nobody is to be passed by.
        ("绕过障碍的无人机", "drone"),
        ("避开春节交货的压铸件", "die casting"),
        ("检测不通过的电池", "battery"),
    ],
)
def test_who_stands_between_is_denied_and_nothing_else(text: str, wanted: str) -> None:
    items = read(text).items
    assert wanted in [item.value for item in items if not item.denied]
    assert {item.kind for item in items if item.denied} <= {RequirementKind.PARTNER}
    if "trader" in [item.value for item in items]:
        assert all(item.denied for item in items if item.value == "trader")


def test_what_was_taken_as_said_of_who_asks_can_be_asked_for_again() -> None:
    text = "我们是温州的阀门厂，想找预浸料厂"
    said = said_of_speaker(text)
    assert {(item.kind, item.text) for item in said} == {
        (RequirementKind.PLACE, "温州"),
        (RequirementKind.PRODUCT, "阀门"),
    }
    (place,) = (item.key for item in said if item.kind is RequirementKind.PLACE)
    asked = without_speaker(text, frozenset({place}))
    assert [item.text for item in read(asked).items] == ["温州", "预浸料"]


def test_a_lab_that_says_what_it_does_is_no_lab_that_is_asked_for() -> None:
    asked = read(without_speaker("我们高校团队做的是激光熔覆，想找有轴类修复需求的工厂"))
    assert RequirementKind.PARTNER not in {item.kind for item in asked.items}


def test_who_makes_what_work_is_asked_for_on_is_not_asked_for() -> None:
    asked = read(without_speaker("Gear maker needs heat treatment"))
    assert [item.value for item in asked.items] == ["gear", "heat treatment"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Battery maker ready to join the trials of a hybrid drone",
            "ready to join the trials of a hybrid drone",
        ),
        ("University spin-off with a battery separator seeks a pilot line", "seeks a pilot line"),
        ("Buyer from Kenya wants solar pumps", "wants solar pumps"),
        ("高校老师，做摩擦学，想找轴承厂提供数据", "想找轴承厂提供数据"),
    ],
)
def test_who_asks_is_told_whatever_they_wish(text: str, wanted: str) -> None:
    assert without_speaker(text).strip() == wanted


def test_the_town_of_a_maker_goes_however_it_says_what_it_makes() -> None:
    asked = read(without_speaker("我厂在台州，专门做水暖阀门出口中东，现在想找一家本地电镀厂"))
    assert "台州市" not in {item.value for item in asked.items}
    assert "plating" in {item.value for item in asked.items}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("我们温州的泵阀集群想和外地铸造集群合作", "想和外地铸造集群合作"),
        ("我们协会想找做检测的平台", "想找做检测的平台"),
        ("眼镜企业想找外地的钛材和模具", "想找外地的钛材和模具"),
        ("温州泵阀想和做特种合金锻件的集群对接", "想和做特种合金锻件的集群对接"),
        (
            "drone cluster wants to link with a composites cluster",
            "wants to link with a composites cluster",
        ),
        ("模具厂找塑料件厂，一起给汽车灯配套", "找塑料件厂，一起给汽车灯配套"),
        ("深圳无人机集群找外地碳纤维集群", "找外地碳纤维集群"),
        ("joint bid for a valve package, we do actuators", "joint bid for a valve package"),
        ("TIG welding of frames, we supply the tubes", "TIG welding of frames"),
        ("我们在温州，找本地的电镀厂", "我们在  ，找本地的电镀厂"),
    ],
)
def test_a_cluster_that_asks_and_where_who_asks_is_are_not_asked_for(text, wanted) -> None:
    assert without_speaker(text).strip() == wanted


@pytest.mark.parametrize(
    ("text", "sold"),
    [
        ("gland packing for stems, the valves go to Canada", ["valve"]),
        ("Our valves are sold in Europe, so the gland packing must be asbestos free", ["valve"]),
        ("We need bonnets, most of our valves are shipped to Norway", ["valve"]),
        ("水泵出口到德国，找机械密封", ["pump"]),
        ("找机械密封，水泵主要销往德国", ["pump"]),
        # It is sent to who asks.
        ("The valve castings to be delivered to Ningbo, with gaskets from the same maker.", []),
        ("Looking for flanges and bolts. The 316L forged flanges are delivered to Ningbo.", []),
        ("We need bolts. The ductile iron castings are shipped to our plant in Suzhou.", []),
        ("The castings to be delivered to Canada, with gaskets from the same maker.", []),
        # Nothing else is wanted, or the thing itself is.
        ("铸件出口德国，要求EN 10204 3.1", []),
        ("想采购一批球阀出口到中东", []),
        ("球阀出口到中东，谁能供", []),
        ("出口德国的水泵，配机械密封", []),
        ("Valve castings exported to Canada", []),
        ("The socks go to Japan: colour fastness tests", []),
        ("Looking for agents in Poland, our valves are sold in Germany, the pumps too", []),
    ],
)
def test_what_is_sold_somewhere_is_no_need(text: str, sold: list[str]) -> None:
    assert [item.value for item in said_of_speaker(text)] == sold


@pytest.mark.parametrize("gap", ["\n", "\r\n", " ", "\n "])
def test_a_text_of_blank_lines_is_read_in_time_in_proportion(gap: str) -> None:
    """One question of 20,000 line ends held a worker for 18 seconds."""
    text = f"密封件{(gap * 20_000)[:20_000]}阀门"
    begin = time.process_time()
    assert without_speaker(text) == text
    assert time.process_time() - begin < 3


def test_a_thing_that_is_sold_abroad_is_told_below_blank_lines_too() -> None:
    text = "求购纱线，要耐磨。\n\n\n    袜子出口日本"
    assert "袜子" not in without_speaker(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("我们的电动球阀出口巴西，想在温州找做阀杆镀硬铬的厂", "，想在温州找做阀杆镀硬铬的厂"),
        ("Our drones are sold in Spain; who moulds arms for them", "; who moulds arms for them"),
        (
            "We make pumps in Taizhou, need hard chrome plating of shafts",
            "need hard chrome plating of shafts",
        ),
    ],
)
def test_work_on_a_part_is_asked_for_and_not_what_its_asker_sells(text: str, wanted: str) -> None:
    assert without_speaker(text).strip() == wanted


def test_work_without_a_thing_is_asked_for_on_what_the_asker_makes() -> None:
    text = "我们做铝型材的，找阳极氧化"
    assert without_speaker(text) == text
