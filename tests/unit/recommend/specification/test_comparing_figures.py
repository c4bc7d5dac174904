"""Ranges, units, grades and figures of a need against those of statements."""

import pytest

from matchmaker.recommend.specification import Fulfilment, RequirementKind, compare, read
from tests.unit.recommend.specification.comparisons import NEED, VALVES, compared


def test_a_class_says_nothing_of_a_nominal_pressure():
    comparison = compared(NEED, VALVES["in inches"])
    (unknown,) = comparison.unknown
    assert (unknown.requirement.value, unknown.evidence.value) == ("PN25", "class 300")
    assert unknown.note is not None
    assert not comparison.unmet


TURNING = {"size", "pressure", "temperature", "quantity", "price"}


@pytest.mark.parametrize(
    ("need", "statement", "verdict"),
    [
        ("球阀 PN16", "球阀，压力1.6MPa", "met"),
        ("球阀 2寸", "球阀 DN50", "met"),
        ("ball valve 2 inch", "ball valve DN80", "unmet"),
        ("球阀DN50", "球阀DN15-DN300", "met"),
        ("球阀DN15-DN300", "球阀DN50-DN100", "unmet"),
        ("耐温600℃的不锈钢阀门", "不锈钢阀门，耐温650℃", "met"),
        ("耐温600℃的不锈钢阀门", "不锈钢阀门，耐温400℃", "unmet"),
        ("valve for -196 °C", "valves, -196 to 150 °C", "met"),
        ("valve for -196 °C", "valves, -40 to 150 °C", "unmet"),
        ("M8×30 bolts", "bolts M6×20", "unmet"),
        ("M8 bolts", "bolts M6-M24", "met"),
        ("小螺丝M1.4", "眼镜螺丝M1.2–1.6", "met"),
        ("小螺丝M1.8", "眼镜螺丝M1.2–1.6", "unmet"),
        ("acetate sheet 6 mm", "醋酸板材，厚6mm", "met"),
        ("cases, 300 sets", "盒子，三百套起", "met"),
        ("cases, 300 sets", "盒子，一千套起", "unmet"),
        ("turned parts ±0.02 mm", "turned parts, ±0.01 mm", "met"),
        ("turned parts ±0.02 mm", "turned parts, ±0.05 mm", "unmet"),
        ("每月5000件铸件", "铸件，月产一万件", "met"),
        ("每月5000件铸件", "铸件，年产一万二千件", "unmet"),
        ("castings, 20 t/month", "castings, 600 tonnes a year", "met"),
        ("单价50元以内的滤芯", "滤芯，35元/件", "met"),
    ],
)
def test_ranges_and_units_are_understood(need, statement, verdict):
    measured = [j for j in compared(need, statement).judgements if j.requirement.kind in TURNING]
    assert {j.verdict.value for j in measured} == {verdict}


@pytest.mark.parametrize(
    ("need", "statement", "verdict"),
    [
        ("316L flanges", "flanges in stainless steel 304", "unmet"),
        ("316L flanges", "flanges in F304 and F316", "unknown"),
        ("316L flanges", "flanges in SUS 316L", "met"),
        ("316L flanges", "stainless flanges", "unknown"),
        ("不锈钢法兰", "法兰，材质316L", "met"),
        ("不锈钢法兰", "黄铜法兰", "unmet"),
        ("42CrMo齿轮", "齿轮，40Cr材质", "unmet"),
        ("42CrMo齿轮", "gears in 4140 steel", "met"),
        ("CF8M阀体", "CF 8M valve bodies", "met"),
    ],
)
def test_grades_of_a_material(need, statement, verdict):
    judgements = compared(need, statement).judgements
    assert {j.verdict.value for j in judgements if j.requirement.kind == "material"} == {verdict}


@pytest.mark.parametrize(
    ("text", "value"),
    [("圆度一丝五", "≤0.015 mm"), ("长度两米六", "2600 mm"), ("厚度三寸半", "88.9 mm")],
)
def test_tenths_behind_a_unit_are_read_as_they_are_spoken(text, value):
    assert [item.value for item in read(text).items] == [value]


@pytest.mark.parametrize(
    ("need", "statement", "is_met"),
    [
        ("镀锌，盐雾480小时", "锌镍，盐雾720小时", True),
        ("镀锌，盐雾480小时", "锌镍，盐雾96小时", False),
        ("noise below 60 dB", "runs at 55 dB", True),
        ("noise below 60 dB", "runs at 72 dB", False),
        ("袜子，168针", "socks on 144 to 200 needle machines", True),
        ("袜子，84针", "socks on 144 to 200 needle machines", False),
        ("HRC60的镶件", "镶件到HRC58-62", True),
        ("无人机续航一百二十分钟", "续航180分钟", True),
    ],
)
def test_more_is_as_good_of_some_figures_and_less_of_others(need, statement, is_met) -> None:
    comparison = compared(need, statement)
    sizes = {j.verdict for j in comparison.judgements if j.requirement.kind == "size"}
    assert sizes == {Fulfilment.MET if is_met else Fulfilment.UNMET}


@pytest.mark.parametrize(
    ("need", "statement", "verdict"),
    [
        ("热压罐，1.5米直径", "热压罐代加工，Φ1.8×4米", Fulfilment.MET),
        ("热压罐，2米直径", "Autoclave curing, Ø1.8 × 4 m", Fulfilment.UNMET),
        ("圆棒，直径1.5米", "圆棒Φ1.8×4米", Fulfilment.UNMET),
        ("热压罐，1.5米直径", "热压罐Φ1.8米，对外", Fulfilment.MET),
        ("热压罐Φ1.5×3米", "热压罐Φ1.8×4米", Fulfilment.MET),
        ("热压罐Φ1.5×3米", "热压罐Φ1.2×4米", Fulfilment.UNMET),
        ("电热管，直径5", "烘箱用Φ6×300电热管", Fulfilment.UNMET),
        ("法兰，直径300", "池州法兰，Φ500×20", Fulfilment.UNMET),
    ],
)
def test_whatever_is_no_larger_goes_into_a_vessel(need, statement, verdict) -> None:
    judged = {j.requirement.kind: j.verdict for j in compared(need, statement).judgements}
    assert judged[RequirementKind.SIZE] is verdict


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ("热压罐代加工，Φ2.5×6米", Fulfilment.MET),
        ("热压罐，罐径3米", Fulfilment.MET),
        ("热压罐，Φ1.8×4米", Fulfilment.UNKNOWN),  # 4 m long, which may be meant
    ],
)
def test_what_is_wanted_at_least_is_met_by_a_diameter_that_is_more(statement, verdict):
    judged = compare(read("热压罐 2米以上"), read(statement)).judgements
    assert next(j.verdict for j in judged if j.requirement.value == "≥2000 mm") is verdict
