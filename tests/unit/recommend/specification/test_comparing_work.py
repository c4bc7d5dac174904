"""Work that is needed against what firms do, sell and work with."""

import pytest

from matchmaker.recommend.specification import Fulfilment, RequirementKind, compare, read
from tests.unit.recommend.specification.comparisons import compared, values


@pytest.mark.parametrize(
    "statement",
    ["水龙头，镀铬，陶瓷阀芯", "Taps in brass, chrome-plated", "专做水龙头，抛光、镀铬"],
)
def test_who_sells_plated_things_does_not_plate_those_of_others(statement):
    needs_work = compared("找镀铬外协", statement)
    assert not any(j.requirement.kind == "process" for j in needs_work.met)
    assert values(compared("找镀铬外协", "镀铬加工，挂镀线两条").met) == ["chrome plating"]


def test_another_kind_of_the_same_work_is_not_known_to_do():
    (judgement,) = compared("找镀镍的厂", "承接镀锌、镀锡").judgements
    assert judgement.verdict == "unknown"
    assert judgement.note is not None
    assert values(compared("找电镀厂", "承接镀锌").met) == ["plating"]


def test_who_sells_castings_does_the_casting_that_is_asked_for():
    assert values(compared("找翻砂加工", "阀门铸件，月产五百吨").met) == ["casting"]


@pytest.mark.parametrize("link", ["or", "and"])
def test_a_verb_that_goes_on_a_list_of_work_is_work(link):
    need = read(f"looking for someone to e-coat {link} zinc plate small steel brackets")
    named = [item.value for item in need.of(RequirementKind.PROCESS)]
    assert named == ["electrophoretic coating", "zinc plating"]
    assert "plate" not in [item.value for item in need.of(RequirementKind.PRODUCT)]


@pytest.mark.parametrize(
    ("need", "work"),
    [
        ("we'd like to get our brochures printed", ["printing"]),
        ("need shafts ground to 0.005", ["grinding"]),
        ("want a pump repaired quickly", ["repair"]),
        ("somebody to have coils potted", ["potting"]),
        ("need 300 printed boxes", []),  # a kind of box
        ("we need ground coffee", []),
    ],
)
def test_what_is_wanted_done_to_a_thing_is_work(need: str, work: list[str]) -> None:
    assert values_of(read(need), RequirementKind.PROCESS) == work


def test_what_work_is_done_on_is_no_product_wanted_whatever_it_is_made_of() -> None:
    need = read("looking for someone to zinc plate small steel brackets")
    assert values_of(need, RequirementKind.PRODUCT) == []
    assert values_of(need, RequirementKind.PROCESS) == ["zinc plating"]


@pytest.mark.parametrize(
    ("need", "things"),
    [
        ("阀体要做盐雾240小时以上的表面处理", []),
        ("采购阀体要做防腐表面处理", ["valve body"]),  # bought so
        ("我们需要阀体", ["valve body"]),
    ],
)
def test_what_is_to_be_worked_on_is_there_already(need: str, things: list[str]) -> None:
    assert values_of(read(need), RequirementKind.PRODUCT) == things


def values_of(specification, kind: RequirementKind) -> list[str]:
    return [each.value for each in specification.requirements if each.kind is kind]


def test_work_that_alone_is_needed_counts_as_a_product_does_elsewhere() -> None:
    work = compared("找做渗碳的", "承接渗碳").adjustment
    thing = compared("求购闸阀", "生产闸阀").adjustment
    beside = compared("求购渗碳齿轮", "承接渗碳").adjustment
    assert work == pytest.approx(thing)
    assert beside < work


def test_machines_that_a_firm_works_with_are_not_for_sale() -> None:
    owner = "注塑小家电件，注塑机80–1000吨三十台"
    assert "injection moulding machine" in values(compared("求购二手注塑机", owner).unmet)
    assert compared("求购二手注塑机", "出售注塑机三台").met
    assert compared("想借一台注塑机", owner).met


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ("盐浴氮化，压铸模最多", Fulfilment.UNMET),
        ("QPQ，0.1–0.3 mm、HV1000，变形小，压铸模最多。", Fulfilment.UNMET),
        ("Heat treatment: die casting dies, moulds", Fulfilment.UNMET),
        # Who makes it and treats it, or machines it from the block, has it.
        ("镀镍，主要产品：压铸模具", Fulfilment.MET),
        ("压铸模，PVD涂层", Fulfilment.MET),
        ("CNC加工，压铸模具", Fulfilment.MET),
        ("氮化压铸模", Fulfilment.MET),
    ],
)
def test_who_treats_things_does_not_make_them(statement, verdict):
    (judgement,) = compare(read("找压铸模具的厂"), read(statement)).judgements
    assert judgement.verdict is verdict


def test_who_casts_does_not_plate():
    (judgement,) = compare(
        read("找镀硬铬的"), read("Investment castings for valves and pumps")
    ).judgements
    assert judgement.verdict is Fulfilment.UNMET
    assert judgement.tentative


def test_work_on_a_thing_is_not_held_against_whoever_does_the_work_that_is_wanted():
    """The body is cast already; what is asked for is its coating."""
    comparison = compared("阀体铸好了里面要喷环氧粉末", "阀体熔结环氧粉末（FBE），日喷四吨。")
    assert values(comparison.met) == ["powder coating"]
    assert not comparison.unmet
    assert compared("求购阀体", "阀体熔结环氧粉末（FBE），日喷四吨。").unmet


@pytest.mark.parametrize(
    "need", ["棉袜外发定型加工，男女袜和童袜都有", "袜子织好了要定型，脚型板男女小孩都要有"]
)
def test_who_shapes_socks_is_wanted_and_not_who_knits_them(need):
    verdicts = {
        statement: [judged.verdict for judged in compare(read(need), read(statement)).judgements]
        for statement in ("蒸汽定型代工，立体脚型板三千副，包整理配对", "儿童棉袜，婴幼儿标准")
    }
    assert set(verdicts["蒸汽定型代工，立体脚型板三千副，包整理配对"]) == {Fulfilment.MET}
    assert Fulfilment.MET not in verdicts["儿童棉袜，婴幼儿标准"]


@pytest.mark.parametrize(
    ("need", "statement", "verdict"),
    [
        ("找铝合金压铸加工", "铝合金压铸模，真空压铸", Fulfilment.UNMET),
        ("找铝合金压铸加工", "铝合金压铸件，逆变器壳体", Fulfilment.MET),
        ("找注塑加工", "注塑模具，代客注塑", Fulfilment.MET),
        ("找铝合金压铸加工", "压铸模具厂，自有铝合金压铸车间，月产20万件", Fulfilment.MET),
        ("找压铸厂", "做压铸模具和压铸", Fulfilment.MET),
        (
            "who does injection moulding",
            "Injection mould maker with own moulding shop",
            Fulfilment.MET,
        ),
        (
            "who does injection moulding",
            "Injection moulds, T1 in 35 days, gas-assisted injection moulding",
            Fulfilment.UNMET,
        ),
    ],
)
def test_who_makes_the_tools_for_work_does_not_do_it(need, statement, verdict) -> None:
    judged = {j.requirement.kind: j.verdict for j in compared(need, statement).judgements}
    assert judged[RequirementKind.PROCESS] is verdict


def test_the_material_of_what_a_tool_makes_is_not_that_of_the_tool() -> None:
    verdicts = values(compared("H13 cooling inserts", "铝压铸模，带模仁").unmet)
    assert "H13" not in verdicts
    assert values(compared("铝合金压铸模", "镁合金压铸模").unmet) == ["aluminium"]
    assert "abs plastic" in values(compared("ABS注塑模", "injection moulds for ABS and PC").met)
    assert "aluminium" in values(compared("铝合金注塑模具", "铝合金模具，注塑模").met)


def test_who_machines_valve_bodies_does_not_cast_them() -> None:
    need = "stainless valve bodies, who could cast them"
    assert "casting" not in values(compared(need, "Contract machining of valve bodies").met)
    assert "casting" in values(compared(need, "Casting of valve bodies").met)


@pytest.mark.parametrize(
    ("need", "statement", "verdict"),
    [
        # Kinds of the work whose names do not say so.
        ("找热处理，模板三米长", "真空气淬，装炉量2吨", Fulfilment.MET),
        ("heat treatment of shafts", "carburising and tempering", Fulfilment.MET),
        ("找渗碳的", "回火、退火", Fulfilment.UNKNOWN),
        # Done for what its owner makes, and not for others.
        ("找贴片的", "做电动执行器，控制板自己贴片", Fulfilment.UNMET),
        ("找抛光的", "板材镜架，抛光自己做", Fulfilment.UNMET),
        ("找贴片的", "贴片加工，钢网自己做", Fulfilment.MET),
        # Repair of another thing.
        ("找修注塑机的", "无人机维修商", Fulfilment.UNMET),
        ("找修无人机的", "新加坡无人机维修商", Fulfilment.MET),
        ("who repairs knitting machines", "袜机大修翻新", Fulfilment.MET),
    ],
)
def test_work_is_met_by_its_kinds_and_not_by_what_is_done_for_oneself(need, statement, verdict):
    judged = {j.requirement.kind: j.verdict for j in compared(need, statement).judgements}
    assert judged[RequirementKind.PROCESS] is verdict


@pytest.mark.parametrize(
    ("need", "right", "wrong"),
    [
        ("不锈钢阀门铸件", "精密铸造不锈钢阀体", "精密铸造不锈钢叶轮"),
        (
            "stainless valve castings",
            "Investment-cast stainless bodies",
            "Investment-cast stainless fans",
        ),
        ("阀门锻件", "模锻阀座、阀杆", "模锻齿轮"),
    ],
)
def test_castings_of_a_whole_are_met_best_by_who_casts_its_parts(need, right, wrong) -> None:
    best, other = (compared(need, statement) for statement in (right, wrong))
    assert best.met
    assert best.adjustment > other.adjustment > 0


@pytest.mark.parametrize(
    "statement",
    [
        "不锈钢长杆件离子氮化",
        "不锈钢三片式球阀",
        "nitriding of stainless rods",
        "stainless ball valves",
    ],
)
def test_neither_other_work_on_the_material_nor_the_whole_speaks_for_castings(statement) -> None:
    need = "不锈钢阀门铸件" if statement[0] > "z" else "stainless valve castings"
    assert compared(need, statement).adjustment < 0


def test_a_foundry_that_says_castings_is_not_aside_of_a_kind_of_them() -> None:
    """Asked for lost-wax parts, castings of the same bodies say nothing against themselves."""
    assert compared("求购CF3阀体阀盖精铸件", "我们做不锈钢阀体铸件").adjustment >= 0


def test_another_steel_of_the_kind_is_an_example_of_what_is_hardened():
    """Seen: heat treaters who name H13 were shut out for D2, whose hardness is another."""
    offered = "模具钢真空气淬（12 bar），H13到HRC48±1，三天取"
    judged = {
        each.requirement.text: each.verdict
        for each in compared("真空热处理，Cr12MoV，HRC58-60", offered).judgements
    }
    assert judged == {"真空热处理": "met", "Cr12MoV": "unknown", "HRC58-60": "unknown"}


def test_another_steel_that_is_bought_is_not_met():
    judged = compared("采购Cr12MoV圆钢", "H13圆钢现货").judgements
    assert {each.verdict for each in judged if each.requirement.kind == "material"} == {"unmet"}
