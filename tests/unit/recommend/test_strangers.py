"""Who has nothing of what is asked for: does other work, makes other things, heard a talk on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matchmaker.domain import EngagementKind, GoalName, GraphRows, Kind, Offer, OfferKind
from matchmaker.goals import GOALS
from matchmaker.recommend.floor import Usual
from matchmaker.recommend.model import Request, Seeker
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.usable_statements import EVENT, worth
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import organization, project, snapshot_of
from tests.unit.recommend.worded import SUPPLIER, firm, ids, near, product

SAYS = {
    "lasers": "裁床新上了激光裁，接镜布外发",
    "frames": "TR90运动护目镜架，双色注塑",
    "tubes": "Carbon fibre tubes, wall 0.8 to 5 mm",
    "nitriding": "等离子氮化，变形小，顶针最多",
}


@pytest.fixture(scope="module")
def strangers() -> Snapshot:
    """All of them as near to any question as two texts of one trade: a cosine of .3."""
    return snapshot_of(
        GraphRows(
            organizations=tuple(map(firm, SAYS)),
            offers=tuple(product(key, text) for key, text in SAYS.items()),
        ),
        {f"o:{key}": [0.3, 0.95] for key in SAYS},
    )


@pytest.mark.parametrize(
    ("need", "found"),
    [
        ("镜腿激光打标", []),
        ("camera tripods of carbon fibre", []),
        ("TR90 granulate", []),
        ("阀杆氮化", ["nitriding"]),
        ("TR90 frames", ["frames"]),
    ],
)
def test_work_or_a_thing_that_nobody_names_is_had_by_nobody(
    strangers: Snapshot, need: str, found: list[str]
) -> None:
    assert ids(recommend(strangers, near(need), Request(SUPPLIER)))[:1] == found


def test_equipment_to_be_lent_that_nobody_names_is_lent_by_nobody() -> None:
    offer = Offer("o:idle", "t:idle", OfferKind.EQUIPMENT, "一台石墨机每天空十小时，可按小时租")
    snapshot = snapshot_of(
        GraphRows(organizations=(firm("idle"),), offers=(offer,)), {"o:idle": [0.3, 0.95]}
    )
    goal = GoalName.SHARED_RESOURCE
    assert ids(recommend(snapshot, near("借一台联合收割机，三天", goal), Request(goal))) == []
    assert ids(recommend(snapshot, near("租一台石墨机", goal), Request(goal))) == ["idle"]


@pytest.mark.parametrize(
    ("says", "need", "lends"),
    [
        ("一台石墨机每天空十小时，可按小时租", "Drop hammer to rent two days a week", False),
        ("一台石墨机每天空十小时，可按小时租", "激光干涉仪借一周，校机床", False),
        ("A laser interferometer may be borrowed by the week", "激光干涉仪借一周", True),
        ("蒸汽定型代工，日夜两班", "空闲的定型机，每天几百双", True),
        ("一台石墨机每天空十小时，可按小时租", "空闲的定型机，每天几百双", False),
    ],
)
def test_a_thing_to_be_borrowed_is_had_by_who_names_it_or_its_work(
    says: str, need: str, lends: bool
) -> None:
    offer = Offer("o:idle", "t:idle", OfferKind.EQUIPMENT, says)
    snapshot = snapshot_of(
        GraphRows(organizations=(firm("idle"),), offers=(offer,)), {"o:idle": [0.35, 0.94]}
    )
    goal = GoalName.SHARED_RESOURCE
    assert bool(ids(recommend(snapshot, near(need, goal), Request(goal)))) is lends


@pytest.mark.parametrize(
    ("need", "first"),
    [
        ("外地做渗氮的厂，螺栓小批", "shop"),
        ("coaters elsewhere that do nitriding, 500 pcs", "shop"),
        ("想找外地研究渗氮的研究院", "lab"),
        ("looking for a university lab elsewhere on nitriding", "lab"),
    ],
)
def test_who_makes_stands_before_who_studies_it_unless_a_lab_is_asked_for(
    need: str, first: str
) -> None:
    says = {"lab": "渗氮层热疲劳寿命评估", "shop": "渗氮加工，炉膛两米"}
    owners = (firm("lab", Kind.RESEARCH_INSTITUTE), firm("shop"))
    offers = (
        product("lab", says["lab"], OfferKind.TECHNOLOGY),
        product("shop", says["shop"], OfferKind.SERVICE),
    )
    snapshot = snapshot_of(
        GraphRows(organizations=owners, offers=offers),
        {"o:lab": [0.62, 0.78], "o:shop": [0.55, 0.83]},
    )
    goal = GoalName.CROSS_CLUSTER
    assert ids(recommend(snapshot, near(need, goal), Request(goal)))[0] == first


@pytest.mark.parametrize(
    "need",
    [
        "想共用一台低温试验台，阀门DN150，-196℃",
        "We want to share a cryogenic test bench for valves, DN150",
    ],
)
def test_a_size_that_fits_is_no_answer_to_who_wants_a_test_bench_that_nobody_has(need: str) -> None:
    says = {
        "bodies": "想找长年的阀体来料加工，DN200以下最合适",
        "seats": "低温阀座材料数据库，找执行器厂出样机",
    }
    offers = tuple(product(key, text, OfferKind.SERVICE) for key, text in says.items())
    snapshot = snapshot_of(
        GraphRows(organizations=tuple(map(firm, says)), offers=offers),
        {f"o:{key}": [0.35, 0.94] for key in says},
    )
    goal = GoalName.SHARED_RESOURCE
    assert ids(recommend(snapshot, near(need, goal), Request(goal))) == []


def test_labs_that_study_other_things_stand_behind_who_studies_what_has_a_problem() -> None:
    says = {"socks": "袜子抗菌耐洗评价", "epoxy": "可回收环氧树脂复合材料"}
    labs = tuple(firm(key, Kind.RESEARCH_INSTITUTE) for key in says)
    offers = tuple(product(key, text, OfferKind.TECHNOLOGY) for key, text in says.items())
    snapshot = snapshot_of(
        GraphRows(organizations=labs, offers=offers),
        {"o:socks": [0.36, 0.93], "o:epoxy": [0.38, 0.92]},
    )
    goal = GoalName.RESEARCH_PARTNER
    need = near("我们的袜子洗几次就变形，想请老师找原因", goal)
    assert ids(recommend(snapshot, need, Request(goal)))[0] == "socks"


def test_traders_that_are_asked_for_stand_before_makers() -> None:
    names = {"maker": "云帆阀门有限公司", "trade": "云帆国际贸易有限公司"}
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(firm(each, name=name) for each, name in names.items()),
            offers=tuple(product(each, "碳钢、不锈钢球阀，常年供应石化") for each in names),
        ),
        {f"o:{each}": [0.4, 0.92] for each in names},
    )
    for need in ("找球阀贸易商", "ball valve distributors"):
        assert ids(recommend(snapshot, near(need), Request(SUPPLIER)))[:1] == ["trade"]
    need = near("球阀，贸易商勿扰")
    assert ids(recommend(snapshot, need, Request(SUPPLIER)))[:1] == ["maker"]


def test_the_title_of_an_event_is_worth_less_than_that_of_a_project() -> None:
    titled = project("p", "a", title="复合材料成果")
    event = replace(titled, id="t:e", kind=EngagementKind.EVENT)
    snapshot = snapshot_of(
        GraphRows(organizations=(organization("a"),), engagements=(titled, event))
    )
    rule = GOALS[GoalName.INDUSTRY_PARTNER].evidence
    least, most = np.sort(worth(snapshot, rule)[worth(snapshot, rule) > 0]).tolist()
    assert least == pytest.approx(EVENT * most)


def test_the_last_of_many_statements_answers_where_it_alone_names_what_is_asked_for() -> None:
    """Four others of the same owner are nearer to the question by their words."""
    others = ("会员企业一百六十余家", "线上预约", "按批开放", "排期十天")
    texts = {f"o:{number}": text for number, text in enumerate((*others, "拉力机共享"))}
    offers = tuple(
        Offer(key, "t:shares", OfferKind.PLATFORM_ACCESS, text) for key, text in texts.items()
    )
    angles = [[0.4, 0.92]] * len(others) + [[0.36, 0.93]]
    snapshot = snapshot_of(
        GraphRows(organizations=(firm("shares", Kind.PLATFORM),), offers=offers),
        dict(zip(texts, angles, strict=True)),
    )
    goal = GoalName.PLATFORM
    answer = recommend(snapshot, near("铸件冲击试验，-46℃", goal), Request(goal))
    assert [each.evidence[0].id for each in answer.matches] == ["o:4"]


def test_what_is_to_be_done_together_makes_a_name_no_less_of_a_question() -> None:
    says = {"maker": "Unidirectional prepreg, 125 gsm", "other": "Carbon fibre tubes"}
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(map(firm, says)),
            offers=tuple(product(key, text) for key, text in says.items()),
        ),
        {f"o:{key}": [0.2, 0.98] for key in says},
    )
    (question,) = near("a prepreg firm to scale it up with us").texts
    need = Seeker(texts=(replace(question, usual=Usual(0.35)),))
    assert ids(recommend(snapshot, need, Request(SUPPLIER)))[:1] == ["maker"]
