"""The same need in Chinese and in English is read alike."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import compare, read

PAIRS = [
    (
        "找做不锈钢球阀的厂，DN50，PN16，最好温州",
        "Looking for a maker of stainless steel ball valves, DN50, PN16, preferably in Wenzhou",
    ),
    (
        "想找能堆焊司太立合金密封面的厂，DN300以下，最好温州",
        "Looking for a shop that can hardface sealing faces with Stellite, up to DN300, "
        "preferably in Wenzhou",
    ),
    (
        "阀体精密铸造，CF8M，每月500件",
        "Investment casting of valve bodies, CF8M, 500 pieces a month",
    ),
    (
        "寻镀硬铬外协，活塞杆，长度3米",
        "Hard chrome plating of piston rods, subcontractor wanted, length 3 m",
    ),
    ("求购钛合金镜架，5000副", "Titanium spectacle frames, 5,000 pairs"),
    ("眼镜醋酸板材，厚6 mm", "Acetate sheets for spectacles, 6 mm thick"),
    ("采购精梳棉袜，OEKO-TEX，3000双", "Combed cotton socks, OEKO-TEX, 3,000 pairs"),
    ("铝合金电机壳压铸模", "Die-casting dies for aluminium motor housings"),
    ("阀杆化学镀镍，长度2米", "Electroless nickel plating of valve stems, length 2 m"),
    (
        "找碳纤维预浸料供应商，交期30天内",
        "Supplier of carbon fibre prepreg, delivery within 30 days",
    ),
    (
        "多旋翼无人机电池，-20℃能用，UN38.3",
        "Batteries for multirotor drones, usable at -20 °C, UN38.3",
    ),
    ("7075铝五轴加工，公差±0.01 mm", "Five-axis machining of 7075 aluminium, tolerance ±0.01 mm"),
    ("EN 1811镍释放检测", "Nickel release testing to EN 1811"),
    ("螺旋桨疲劳试验", "Propeller fatigue test"),
    ("找外地钛材供应商", "Titanium supplier from another region"),
    ("不要石墨的PTFE缠绕垫片", "PTFE spiral wound gaskets without graphite"),
    ("PEEK阀座，车削，3天出样", "PEEK valve seats, turned, samples in 3 days"),
    ("阀体喷环氧粉末，WRAS认证", "Powder coating of valve bodies, WRAS certified"),
    ("注塑模具，8腔，热流道，45天T1", "Injection moulds, 8 cavities, hot runner, T1 in 45 days"),
    ("H13模仁真空淬火，宁波附近", "Vacuum hardening of H13 mould inserts near Ningbo"),
    ("B7双头螺柱，1寸到2寸", "B7 stud bolts, 1 to 2 inches"),
    ("闸阀用球墨铸铁壳体，QT450", "Ductile iron housings for gate valves, QT450"),
]


@pytest.mark.parametrize(("chinese", "english"), PAIRS)
def test_a_need_is_read_alike_in_both_languages(chinese, english):
    def said(text):
        return {(i.kind, i.value, i.role, i.soft, i.denied) for i in read(text).items}

    assert said(chinese)
    assert said(chinese) == said(english)


@pytest.mark.parametrize(("chinese", "english"), PAIRS[1:2])
def test_who_sells_its_own_valves_is_judged_alike_in_both_languages(chinese, english):
    own = read("三偏心金属硬密封蝶阀DN300–1200，司太立堆焊阀座，双向零泄漏，用于热网。")

    def verdicts(text):
        return {(j.requirement.key, j.verdict) for j in compare(read(text), own).judgements}

    assert verdicts(chinese) == verdicts(english)
