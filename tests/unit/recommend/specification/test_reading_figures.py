"""Numerals, units and figures are read as their trade means them."""

import pint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.recommend.specification import RequirementKind, read
from matchmaker.recommend.specification.units import (
    NOMINAL_DIAMETERS,
    PERIODS,
    UNITS,
    han_number,
    number,
)
from tests.unit.recommend.specification.readings import of, values

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
    ("text", "inches"),
    [("ball valves NPS 16–48", (16, 48)), ("NPS 1/2", (0.5, 0.5)), ("NPS 1-1/2 to 4", (1.5, 4))],
)
def test_nominal_pipe_sizes_are_inches(text, inches):
    (size,) = of(text, "size")
    assert (size.low, size.high) == pytest.approx(tuple(25.4 * inch for inch in inches))


def test_two_tonnes_and_more_has_no_upper_end():
    (size,) = (i for i in read("单件两吨多的铸件").items if i.kind == "size")
    assert (size.low, size.high) == (2000, None)


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


def test_a_date_is_no_number_of_days() -> None:
    assert not of("交期2025年12月20日", "deadline")
    assert values("交期30天", "deadline") == ["≤30 day"]


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


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We need 500 forged F51 duplex gate valve bodies", {"500 piece"}),
        ("looking for 200 pcs stainless flanges DN80", {"200 piece"}),
        ("order of 12,000 pairs of socks", {"12000 pair"}),
        ("求购500件锻造阀体", {"500 piece"}),
        ("想定做3000双船袜", {"3000 pair"}),
        ("We are looking for 3 suppliers of frames", set()),
        ("we need 5 axis machining centres", set()),
        ("We need 1045 steel bars", set()),
        ("looking for 6204 bearings", set()),
        ("We need 316 stainless flanges", set()),
        ("need 4 inch ball valves", set()),
    ],
)
def test_so_many_of_what_is_named_are_ordered_and_other_figures_are_not(text, count):
    assert {item.value for item in read(text).of(RequirementKind.QUANTITY)} == count


@pytest.mark.parametrize("unit", ["kg", "mm", "℃", "元", "件", "MPa", "天", "", "万"])
@pytest.mark.parametrize(
    "figure", ["9" * 400, "1" * 5000, "DN" + "9" * 400, "九" * 400, "一亿" * 200]
)
def test_a_figure_with_more_digits_than_a_number_holds_is_none(figure, unit):
    """Else whoever wrote it so would have everybody's answers fail in which it stands."""
    asked = read(f"steel bars {figure}{unit}, ball valves")
    assert "ball valve" in {item.value for item in asked.items}
    assert all(value is None or value < 1e60 for i in asked.items for value in (i.low, i.high))
