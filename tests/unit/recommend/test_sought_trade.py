"""Who is sought by what they make or do stands before whoever is only near to the words."""

from __future__ import annotations

import pytest

from matchmaker.domain import Description, GoalName, GraphRows, Need, Offer, OfferKind
from matchmaker.recommend.model import Request
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.specification.makers_sought import makers_by_words
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import snapshot_of
from tests.unit.recommend.worded import firm, ids, near

JOINT = GoalName.INDUSTRY_PARTNER
SAYS = {
    "cutters": "CNC cutting tools, carbide and ceramic",
    "socks": "Cotton socks, 168 needle machines",
    "bottles": "注塑加工，ABS、PP，带模来打",
    "valves": "专做蝶阀，口径DN40–DN300",
    "dyers": "棉袜染色，小缸五十公斤起",
}
# How near each is to any question, as a model would say.
NEARNESS = {"cutters": 0.45}


def _graph(**more: tuple) -> Snapshot:
    """Firms that each say one thing, those further from the words that are sought by name."""
    said = tuple(Description(f"d:{key}", f"t:{key}", text) for key, text in SAYS.items())
    vectors = {f"d:{key}": [NEARNESS.get(key, 0.4), 0.9] for key in SAYS}
    needs = more.get("needs", ())
    vectors |= {need.id: [0.45, 0.85] for need in needs}
    firms = tuple(map(firm, SAYS))
    return snapshot_of(GraphRows(organizations=firms, descriptions=said, needs=needs), vectors)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("a camera that counts stitches, we seek a hosiery mill to try it", "socks"),
        ("织疵相机做好了，找袜厂装上试", "socks"),
        ("模内压力传感器，找注塑厂上机验证", "bottles"),
        ("水下机器人课题组，找阀门企业合作", "valves"),
        ("环保染料小样好了，想找染袜子的厂试一缸", "dyers"),
    ],
)
def test_who_is_sought_by_name_stands_first(text: str, first: str) -> None:
    assert ids(recommend(_graph(), near(text, JOINT), Request(JOINT)))[0] == first


def test_a_need_of_just_what_is_offered_stands_before_the_trade() -> None:
    need = Need(
        "n:need", "t:cutters", GoalName.RESEARCH_PARTNER, "袜子缝头疵点视觉检测，想找团队做"
    )
    found = ids(
        recommend(_graph(needs=(need,)), near("视觉检测织疵，找袜厂试用", JOINT), Request(JOINT))
    )
    assert found[0] == "cutters"


def test_what_a_firm_offers_tells_its_trade_too() -> None:
    rows = GraphRows(
        organizations=(firm("frames"), firm("paint")),
        offers=(
            Offer("o:frames", "t:frames", OfferKind.PRODUCT, "钛镜架，来样贴牌"),
            Offer("o:paint", "t:paint", OfferKind.PRODUCT, "UV油墨，耐磨"),
        ),
    )
    graph = snapshot_of(rows, {"o:frames": [0.4, 0.9], "o:paint": [0.45, 0.85]})
    found = ids(recommend(graph, near("疏水处理，找镜架厂上线试", JOINT), Request(JOINT)))
    assert found[0] == "frames"


def test_who_lends_the_machine_fits_better_than_who_sells_parts_made_on_it() -> None:
    says = {"parts": "五轴精密件，十件起", "lender": "五轴余量对外，按小时"}
    offers = tuple(Offer(f"o:{key}", f"t:{key}", OfferKind.SERVICE, says[key]) for key in says)
    graph = snapshot_of(
        GraphRows(organizations=tuple(map(firm, says)), offers=offers),
        {f"o:{key}": [0.4, 0.9] for key in says},
    )
    goal = GoalName.SHARED_RESOURCE
    found = recommend(graph, near("想租五轴，两个晚上", goal), Request(goal)).matches
    fits = {match.id: match.evidence[0].fit for match in found}
    assert fits["t:lender"] > fits["t:parts"]


def test_a_trade_that_no_list_knows_is_sought_by_its_word() -> None:
    """Names and what is made say it; who makes glaze for it, or trades in it, is not of it."""
    said = {
        "glaze": ("示例釉料有限公司", "陶瓷釉料、色料"),
        "tableware": ("示例陶瓷有限公司", "餐具OEM，辊道窑"),
        "vases": ("示例工艺品厂", "日用陶瓷、花瓶"),
        "pumps": ("示例泵业有限公司", "离心泵"),
    }
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(firm(key, name=name) for key, (name, _) in said.items()),
            descriptions=tuple(
                Description(f"d:{key}", f"t:{key}", text) for key, (_, text) in said.items()
            ),
        ),
        {f"d:{key}": [0.45 if key == "glaze" else 0.3, 0.9] for key in said},
    )
    found = ids(recommend(snapshot, near("低温快烧配方，找陶瓷厂试", JOINT), Request(JOINT)))
    assert found[0] == "vases"
    assert "tableware" in found  # though nothing it says is near
    assert "pumps" not in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("找陶瓷厂试", {"words:陶瓷"}),
        ("食品学院找水产加工企业合作", {"words:水产"}),
        ("卖给外地的灯饰企业", {"words:灯饰"}),
        ("找合作企业", set()),
        ("谁家有工厂", set()),
        ("求购阀门，长期供货的厂家", set()),
    ],
)
def test_the_word_before_the_works_is_the_trade(text: str, words: set[str]) -> None:
    assert makers_by_words(text) == words


def test_makers_of_another_cluster_are_sought_by_their_word() -> None:
    across = GoalName.CROSS_CLUSTER
    said = {
        "glaze": ("示例釉料有限公司", "陶瓷釉料、色料"),
        "kilns": ("示例陶瓷有限公司", "餐具OEM"),
    }
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(firm(key, name=name) for key, (name, _) in said.items()),
            descriptions=tuple(
                Description(f"d:{key}", f"t:{key}", text) for key, (_, text) in said.items()
            ),
        ),
        {f"d:{key}": [0.3, 0.9] for key in said},
    )
    found = ids(recommend(snapshot, near("想对接陶瓷企业做灯座", across), Request(across)))
    assert "kilns" in found


def test_of_a_text_that_seeks_thousands_of_trades_the_first_are_looked_for() -> None:
    """Each is looked for in what every candidate says."""
    pairs = (chr(0x4E00 + 7 * number) + chr(0x9000 - 5 * number) for number in range(1_000))
    text = "，".join(f"找{pair}厂" for pair in pairs)
    assert 0 < len(makers_by_words(text)) <= 4
