"""Services that all call by one name: consulting for certificates, machine vision, software."""

from __future__ import annotations

import pytest

from matchmaker.domain import GraphRows
from matchmaker.recommend.model import Request
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.specification import read
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import snapshot_of
from tests.unit.recommend.specification.comparisons import compared, values
from tests.unit.recommend.worded import SUPPLIER, firm, ids, near, product

CONSULTING, VISION = "certification consulting", "machine vision inspection"


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("ISO9001咨询", [CONSULTING]),
        ("找IATF16949质量体系辅导", [CONSULTING]),
        ("ISO 9001 consultant", [CONSULTING]),
        ("a GOTS certification adviser", [CONSULTING]),
        ("体系认证咨询", [CONSULTING]),
        ("已过ISO9001，来电咨询", []),
        ("轴承外观机器视觉检测", [VISION]),
    ],
)
def test_a_service_is_read_by_its_name_or_behind_the_certificate(
    text: str, work: list[str]
) -> None:
    read_as = [r.value for r in read(text).requirements if r.kind == "process"]
    assert read_as == work


@pytest.mark.parametrize(
    ("need", "statement", "met"),
    [
        ("MES系统", "热流道温控方案，数据可接MES", False),
        ("MES系统", "给注塑厂做MES系统", True),
        ("环评", "粉末喷涂加工点，环评手续齐", False),
        ("环评", "代办环评、验收监测", True),
        ("机器视觉检测", "镜片检验和快速打样", False),
        ("机器视觉检测", "外观视觉检测设备，给轴承厂用", False),
        ("机器视觉检测", "承接机器视觉检测", True),
        ("袜子色牢度检测", "棉袜成品染色，色牢度四级", False),
        ("袜子色牢度检测", "色牢度3–4级，浴比1:8", False),
        ("袜子色牢度检测", "可测色牢度、甲醛", True),
    ],
)
def test_what_others_have_or_has_been_done_for_it_is_no_service(
    need: str, statement: str, met: bool
) -> None:
    assert bool(values(compared(need, statement).met)) is met


@pytest.fixture(scope="module")
def sellers() -> Snapshot:
    says = {"lenses": "防油污镜片，附检测报告", "valves": "ISO 9001认证的球阀，API 6D"}
    return snapshot_of(
        GraphRows(
            organizations=(*map(firm, says), firm("vision"), firm("adviser")),
            offers=(
                *(product(key, text) for key, text in says.items()),
                product("vision", "机器视觉检测，缺陷识别"),
            ),
        ),
        {f"o:{key}": [0.3, 0.95] for key in (*says, "vision")},
    )


@pytest.mark.parametrize(
    ("need", "found"),
    [("机器视觉检测", ["vision"]), ("ISO9001咨询", []), ("GOTS认证辅导", []), ("球阀", ["valves"])],
)
def test_a_service_that_nobody_names_is_offered_by_nobody(
    sellers: Snapshot, need: str, found: list[str]
) -> None:
    assert ids(recommend(sellers, near(need), Request(SUPPLIER)))[:1] == found
