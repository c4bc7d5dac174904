"""Words that mean one thing in one phrase and another in the next, and figures beside them."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import Fulfilment, ItemRole, compare, read
from matchmaker.recommend.specification.model import COMES_WITH
from tests.unit.recommend.specification.readings import of, values


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        # A letter behind a number begins the next word, and is no unit of the number.
        ("carbon fibre prepreg tow 12K T700, 200 kg", "size", ["12 K"]),
        ("碳纤维丝束 12K T700，200公斤", "material", ["carbon fibre", "T700"]),
        ("20 M12 bolts and 5 M8 nuts", "size", ["M12", "M8"]),
        ("has to work at minus sixty in Siberia", "size", []),
        ("2 in stainless ball valves, 20 in stock", "size", ["50.8 mm"]),
        # What is sprayed, and what needs no spraying.
        ("外地哪家能做碳化钨喷涂", "process", ["thermal spraying"]),
        ("外地哪家能做碳化钨喷涂", "material", ["cemented carbide"]),
        ("HVOF喷涂球体", "process", ["thermal spraying"]),
        ("HVOF喷WC-12Co，球体", "material", ["cemented carbide"]),
        ("免喷涂高光塑件成形工艺", "process", []),
        ("heat-treatment-free aluminium alloy", "process", []),
        ("承接 喷涂 环氧粉末", "process", ["powder coating"]),
        # Of a mould it is how the gate opens.
        (
            "注塑模具热流道系统，16点针阀式",
            "product",
            ["injection mould", "hot runner", "hot runner"],
        ),
        ("针阀 DN15 316L", "product", ["needle valve"]),
        ("植保无人机用的喷头和水泵", "product", ["crop-spraying drone", "nozzle", "pump"]),
        ("草坪喷头", "product", ["sprinkler"]),
        # The subject of an academy, and a property.
        ("“双一流”建设学科：美术学、设计学。", "process", []),
        ("镜片离焦设计，想和高校合作", "process", ["optical design"]),
        ("尼龙6高弹丝，染色均匀M率好", "process", []),
        ("供货：1.56单体. 年度框架，分四次交货", "product", ["monomer"]),
        ("2800T 一体压铸的模具，寿命50万模次", "size", ["2800 t"]),
        ("Knife gate valves for pulp and paper plants.", "material", []),
        # Kinds of actuators, of which the last alone has its noun.
        ("阀门气动执行器，双作用", "product", ["valve", "pneumatic actuator"]),
        ("做气动、电动执行器的厂", "product", ["pneumatic actuator", "electric actuator"]),
        (
            "electric and pneumatic actuators",
            "product",
            ["electric actuator", "pneumatic actuator"],
        ),
        # Verbs at the head of a text, and seats of valves.
        ("hardface gate valve seats with Stellite 6", "process", ["hardfacing"]),
        ("lap and superfinish metal seats of ball valves", "process", ["lapping", "lapping"]),
        ("cast iron pumps", "process", []),
        ("We plate hard chrome on valve stems", "process", ["hard chrome plating"]),
        ("magnetic sunglasses, ultem frame", "product", ["sunglasses", "spectacle frame"]),
        ("pneumatic actuator, spring return", "product", ["pneumatic actuator"]),
        ("羊毛袜打样，可以寄样纱", "product", ["sock"]),
        ("无螺丝钛镜架", "product", ["spectacle frame"]),
        ("模具钢 ASSAB 8407", "material", ["tool steel", "8407"]),
        ("无人机植保服务，找农场", "process", ["crop spraying"]),
        ("无人机植保服务，找农场", "product", []),
        ("24VDC actuators", "code", []),
        # A place where somebody may be, too, is not where they are sought.
        ("无人机培训，外地也行", "place", []),
        ("无人机培训，外地的", "place", ["外地"]),
    ],
)
def test_words_are_read_by_what_stands_beside_them(
    text: str, kind: str, expected: list[str]
) -> None:
    assert values(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("竹纤维袜,144针,每款最少500双可以不", "size", ["144 needles"]),
        ("竹纤维袜,144针,每款最少500双可以不", "quantity", ["≥500 pair"]),
        ("socks,168 needles", "size", ["168 needles"]),
        ("200N 精梳棉船袜", "size", ["200 needles"]),
        ("32S精梳棉纱 5吨", "size", ["32 Ne"]),
        ("32S精梳棉纱 5吨", "quantity", ["5000 kg"]),
        ("40D/2 锦纶高弹丝", "size", ["40 D"]),
        ("到厂价不超过28000", "price", ["≤28000 CNY"]),
        ("要200个,单价150以内", "price", ["≤150 CNY"]),
        ("单价和质量都要好，150个", "price", []),
        ("碳纤维板 2mm 500*400 35元/片 起订50片", "price", ["35 CNY/piece"]),
        ("碳纤维板 2mm 500*400 35元/片 起订50片", "size", ["2 mm", "500×400 mm"]),
        ("袜纱，五十公斤起订", "quantity", ["≥50 kg"]),
        ("镜架 耐汗48小时 500付", "quantity", ["500 pair"]),
        ("首付30%，5万付清", "quantity", []),
        ("frames, qty 1k", "quantity", ["1000 piece"]),
        ("5000 pcs/week of brackets", "quantity", ["21430 piece/month"]),
        ("mould with 48 cavs", "size", ["48 cavities"]),
        ("双色模，1+1穴", "size", []),
        ("lenses 1.56/1.60/1.67", "size", ["1.56 n", "1.6 n", "1.67 n"]),
        ("1.67 MR-7 镜片单体", "size", ["1.67 n"]),
        ("阳极氧化 6061 黑色", "material", ["6061"]),
        ("房间号 6061", "material", []),
        ("globe valve bodys class 300", "product", ["globe valve", "valve body"]),
        ("蝶阀 DN300 蒸汽320度", "temperature", ["320 °C"]),
        ("丝袜15D 连裤袜", "product", ["stocking", "stocking"]),
        ("连裤袜 年采购20w条", "quantity", ["16670 piece/month"]),
        ("离心喷头 40W", "quantity", []),
        ("压铸件 年8万 需喷粉", "quantity", ["6667 piece/month"]),
        ("泵壳 180kg/件", "size", ["180 kg"]),
        ("流量 180kg/h", "size", []),
        ("propeller hubs, 500/mth", "quantity", ["500 piece/month"]),
        ("二手袜机 15台 168N", "size", ["168 needles"]),
        ("二手袜机 15台 168N", "product", ["knitting machine"]),
        ("碳纤维 12K 丝束", "size", ["12 K"]),
        ("光学模 Ra5nm", "size", ["Ra0.005"]),
        ("镜片 70/75mm，positioner 4-20mA，延时100ms", "code", []),
        ("mould cavity, 420SS", "material", ["420"]),
        ("carbon tubes OD 30, wall 1", "size", ["30 mm"]),
        ("苏浙沪的电镀厂", "place", ["长三角"]),
        ("8月底交货", "deadline", ["08"]),
        ("8月的订单", "deadline", []),
        ("莱赛尔 40支 赛络紧密纺 针织用", "size", ["40 Ne"]),
        ("莱赛尔 40支 赛络紧密纺 针织用", "process", []),
    ],
)
def test_figures_are_read_as_people_type_them(text: str, kind: str, expected: list[str]) -> None:
    assert values(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ("阀门型式试验和微泄漏检测", ["type testing", "fugitive emission testing"]),
        (
            "由主机厂合建，型式试验、防火试验、微泄漏，CNAS认可",
            ["type testing", "fire testing", "fugitive emission testing"],
        ),
        (
            "袜子检测 甲醛 偶氮 色牢度",
            ["formaldehyde testing", "azo dye testing", "colour fastness testing"],
        ),
        (
            "We do salt spray, RoHS and nickel release tests",
            ["salt spray testing", "restricted substances testing", "nickel release testing"],
        ),
        ("工业CT扫铸件，看气孔", ["non-destructive testing"]),
        ("球阀DN50，水压试验、气密试验，木箱包装", []),  # of the valves that are sold
        ("RoHS certified cables", []),
        ("眼镜架 镍释放 EN1811 检测", ["nickel release testing"]),
        ("氢电混合样机待环境试验，找电池厂共试", []),  # who looks for company offers none
        ("样品待环境试验，找检测机构", ["climatic testing"]),
    ],
)
def test_lists_of_tests_are_read(text: str, tests: list[str]) -> None:
    assert values(text, "process") == tests


def test_names_with_spaces_between_them_are_a_list() -> None:
    """Where one is of the other they are not: the battery of a drone."""
    assert [i.role for i in of("求购 阀体 泵壳 叶轮", "product")] == [ItemRole.ITSELF] * 3
    assert [i.role for i in of("无人机 电池", "product")] == [ItemRole.WHOLE, ItemRole.ITSELF]


@pytest.mark.parametrize(
    ("text", "kind", "denied", "wanted"),
    [
        ("棉袜 不要印花 要绣花logo", "process", ["printing"], ["embroidery"]),
        ("不做 阀门 铸件", "product", ["valve", "casting"], []),
        ("we dont need valves, only actuators", "product", ["valve"], ["actuator"]),
    ],
)
def test_a_denial_ends_where_the_next_wish_begins(
    text: str, kind: str, denied: list[str], wanted: list[str]
) -> None:
    """Also where spaces stand for commas, and nobody types an apostrophe."""
    assert [item.value for item in of(text, kind) if item.denied] == denied
    assert [item.value for item in of(text, kind) if not item.denied] == wanted


def test_what_a_mould_is_for_is_not_offered_behind_it() -> None:
    roles = {i.value: i.role for i in of("铝合金压铸模，电机壳、支架，配1250吨机", "product")}
    assert roles == {
        "die-casting die": ItemRole.ITSELF,
        "motor housing": ItemRole.WHOLE,
        "bracket": ItemRole.WHOLE,
    }
    both = {i.value: i.role for i in of("注塑模具，做外壳也行", "product")}
    assert both["housing"] is ItemRole.ITSELF


def test_a_test_before_a_thing_is_not_done_on_it() -> None:
    assert [i.role for i in of("QT400-18 低温冲击 法兰 DN1000", "product")] == [ItemRole.ITSELF]


def test_what_goes_with_a_thing_is_no_list_of_things() -> None:
    """Nor is what work is done on, or what is tested."""
    flanges = of("闸阀 DN150，带配对法兰、螺栓螺母垫片", "product")
    assert [i.aspect for i in flanges] == ["", *[COMES_WITH] * 4]
    assert [i.role for i in of("We plate hard chrome on valve stems", "product")] == [
        ItemRole.WHOLE
    ]
    lent = of("振动台 借半天 无人机挂载", "product")
    assert [i.role for i in lent] == [ItemRole.WHOLE, ItemRole.WHOLE]


@pytest.mark.parametrize(
    ("need", "statement", "value", "verdict"),
    [
        ("气动执行器", "做电动执行器和阀门定位器", "pneumatic actuator", Fulfilment.UNMET),
        ("电动执行器", "气动、电动执行器", "electric actuator", Fulfilment.MET),
        ("阀门执行器", "做电动执行器和阀门定位器", "actuator", Fulfilment.MET),
        ("碳纤折叠桨", "6215无刷电机加碳纤桨动力套", "propeller", Fulfilment.MET),
        ("碳纤折叠桨", "6215无刷电机加碳纤桨动力套", "carbon fibre", Fulfilment.MET),
        ("镜片离焦设计", "建设学科：美术学、设计学", "optical design", Fulfilment.UNKNOWN),
        ("12K carbon tow", "Carbon fibre, 12K and 24K", "12 K", Fulfilment.MET),
        ("12K carbon tow", "Carbon fibre tow, 24K", "12 K", Fulfilment.UNMET),
        # What is made of it is no offer of it.
        ("碳纤维丝束", "碳纤一体机身壳，T700模压", "carbon fibre tow", Fulfilment.UNKNOWN),
        ("镜架", "镍释放检测，三天出报告", "spectacle frame", Fulfilment.UNKNOWN),
        ("碳纤维丝束", "Carbon fibre, and prepreg", "carbon fibre tow", Fulfilment.MET),
    ],
)
def test_what_is_read_so_meets_who_offers_it(
    need: str, statement: str, value: str, verdict: Fulfilment
) -> None:
    judged = {
        j.requirement.value: j.verdict for j in compare(read(need), read(statement)).judgements
    }
    assert judged[value] is verdict
