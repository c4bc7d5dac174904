"""Clusters that a question names are where partners are sought, or whose who asks is."""

from __future__ import annotations

import time

import pytest

from matchmaker.domain import Cluster, GoalName, GraphRows, Kind, Membership, Need
from matchmaker.goals import GOALS
from matchmaker.recommend.asked_words import asked_words
from matchmaker.recommend.model import Request, Seeker, SeekerText
from matchmaker.recommend.named_clusters import mentions
from matchmaker.recommend.pipeline import recommend
from matchmaker.snapshot.model import Snapshot
from matchmaker.text import language_of
from tests.unit.recommend.small_graphs import snapshot_of
from tests.unit.recommend.worded import firm, ids, product

ACROSS, INDUSTRY = GoalName.CROSS_CLUSTER, GoalName.INDUSTRY_PARTNER
MEMBERS = {
    "c:moulds": ("dies", "steel"),
    "c:materials": ("fibre", "pilot"),
    "c:socks": ("knits", "spins", "sews", "dyes", "lab"),
}


@pytest.fixture(scope="module")
def three_clusters() -> Snapshot:
    """Moulds, new materials and socks, each with a few members; `loner` is in none."""
    platforms = ("pilot", "lab")
    names = [*(name for members in MEMBERS.values() for name in members), "loner"]
    return snapshot_of(
        GraphRows(
            organizations=tuple(
                firm(name, Kind.PLATFORM if name in platforms else Kind.FIRM) for name in names
            ),
            clusters=(
                Cluster("c:moulds", "余姚市模具产业集群", "Yuyao Mould-Making Cluster"),
                Cluster("c:materials", "武进区新材料产业集群", "Wujin New Materials Cluster"),
                Cluster("c:socks", "诸暨市袜业产业集群", "Zhuji Hosiery Cluster"),
            ),
            memberships=tuple(
                Membership(cluster, f"t:{name}")
                for cluster, members in MEMBERS.items()
                for name in members
            ),
            offers=(
                product("dies", "铝合金压铸模，八万模保证"),
                product("steel", "模具钢现货"),
                product("fibre", "碳纤维，热塑上浆"),
                product("pilot", "聚合釜中试，按公斤租"),
                product("knits", "精梳棉袜子，一款三百双起"),
                product("spins", "纺纱加工，供袜子厂"),
                product("sews", "袜子缝头加工"),
                product("dyes", "袜子染色定型"),
                product("lab", "袜子色牢度检测"),
                product("loner", "铝合金压铸模，便宜"),
            ),
        )
    )


def found(snapshot: Snapshot, text: str, goal: GoalName = ACROSS) -> list[str]:
    words = asked_words(snapshot, text, GOALS[goal], frozenset())
    question = SeekerText(
        words.text,
        words.kind,
        language_of(text),
        goal,
        is_question=True,
        said_of_speaker=words.said_of_speaker,
        clusters=words.clusters,
        own_clusters=words.own_clusters,
        like_clusters=words.like_clusters,
        is_by_a_firm=words.is_by_a_firm,
    )
    return ids(recommend(snapshot, Seeker(texts=(question,)), Request(goal)))


def named(snapshot: Snapshot, text: str) -> list[tuple[set[str], bool]]:
    """Ids of the clusters of each mention, and whether it is of who asks."""
    column = snapshot.clusters.column("id").to_pylist()
    return [({column[row] for row in m.clusters}, m.is_own) for m in mentions(snapshot, text)]


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        ("想对接新材料集群", {"c:materials"}),
        ("去模具集群找谁开压铸模", {"c:moulds"}),
        ("连外地材料、模具集群的平台", {"c:materials", "c:moulds"}),
        ("诸暨袜业产业带里的厂", {"c:socks"}),
        ("recyclers in the new materials cluster", {"c:materials"}),
        ("anyone from the sock cluster", {"c:socks"}),
        ("electrodes from the tool and mould cluster", {"c:moulds"}),
    ],
)
def test_a_cluster_is_known_by_its_trade_in_both_languages(three_clusters, text, clusters):
    assert named(three_clusters, text) == [(clusters, False)]


@pytest.mark.parametrize(
    "text",
    [
        "想跟佛山陶瓷集群交流",
        "集群调度软件",
        "think of a cluster of servers",
        "模具抛光，不限地区",
        "we need moulds",
    ],
)
def test_no_cluster_is_read_where_none_of_the_graph_is_named(three_clusters, text):
    assert named(three_clusters, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "我们模具集群想和新材料集群的厂合作",
        "我们是模具集群的服务中心，想认识新材料集群",
        "our mould cluster wants to meet the new materials cluster",
    ],
)
def test_the_cluster_of_who_asks_is_told_from_the_one_that_is_sought(three_clusters, text):
    assert named(three_clusters, text) == [({"c:moulds"}, True), ({"c:materials"}, False)]


@pytest.mark.parametrize(
    "text",
    [
        "die-casting dies from outside the mould towns",
        "压铸模，模具集群以外的",
        "压铸模，除了模具产业带都行",
    ],
)
def test_where_partners_are_not_sought_none_is_found(three_clusters, text):
    assert "dies" in found(three_clusters, "die-casting dies 压铸模")
    assert "dies" not in found(three_clusters, text)


def test_a_cluster_called_by_the_trade_of_who_asks_stands_behind_others(three_clusters):
    """Of a mould maker that looks elsewhere; it may be of another mould cluster than this one."""
    assert found(three_clusters, "找外地做铝合金的，要有保证")[0] == "dies"
    assert found(three_clusters, "模具厂找外地做铝合金的，要有保证")[:2] == ["loner", "dies"]


@pytest.mark.parametrize("text", ["想对接新材料集群", "anyone from the new materials cluster"])
def test_who_asks_for_a_cluster_alone_finds_its_members(three_clusters, text):
    assert sorted(found(three_clusters, text)) == ["fibre", "pilot"]


def test_a_platform_of_other_clusters_is_found_by_its_kind(three_clusters):
    text = "我们是袜业集群的服务中心，想跟别的集群的公共平台交流"
    assert found(three_clusters, text) == ["pilot"]


def test_members_of_the_cluster_that_is_named_come_before_others_of_the_trade(three_clusters):
    assert found(three_clusters, "铝合金压铸模，便宜的")[0] == "loner"
    assert found(three_clusters, "铝合金压铸模，便宜的，去模具集群找")[0] == "dies"


def test_who_says_its_trade_is_shown_nobody_of_the_cluster_of_that_trade(three_clusters):
    """Five of five who name socks are of one cluster."""
    text = "我们袜子厂想找外地染色定型的厂，或者压铸模"
    assert set(found(three_clusters, text)) <= {"dies", "steel", "fibre", "pilot", "loner"}


@pytest.mark.parametrize(
    "text",
    ["一起开发袜子，想跟做压铸模的厂合作", "develop a sock together with a die-casting die maker"],
)
def test_with_whom_something_is_to_be_made_is_asked_for_and_not_that(three_clusters, text):
    assert found(three_clusters, text)[0] in {"dies", "loner"}


@pytest.mark.parametrize(
    "text",
    [
        "我们袜子厂想找外地做染色的",  # what is to be dyed are socks, and still theirs
        "我们是袜子厂，染色环保不让做了，外地谁能染",
        "as a sock maker, we need dyeing elsewhere",
    ],
)
def test_nobody_of_who_asks_is_shown_though_work_is_asked_for_on_what_it_makes(
    three_clusters: Snapshot, text: str
) -> None:
    assert not set(found(three_clusters, text)) & set(MEMBERS["c:socks"])


def test_a_trade_is_its_clusters_though_a_third_of_who_name_it_supply_to_it() -> None:
    makers, foundries = [f"maker-{n}" for n in range(6)], [f"foundry-{n}" for n in range(3)]
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(map(firm, [*makers, *foundries])),
            clusters=(
                Cluster("c:valves", "永嘉县泵阀产业集群"),
                Cluster("c:cast", "余姚市铸造集群"),
            ),
            memberships=(
                *(Membership("c:valves", f"t:{name}") for name in makers),
                *(Membership("c:cast", f"t:{name}") for name in foundries),
            ),
            offers=(
                *(product(name, "球阀，法兰连接") for name in makers),
                *(product(name, "铸造阀门壳体，代客热处理") for name in foundries),
            ),
        )
    )
    assert found(snapshot, "我们阀门厂想找外地做热处理的") == foundries


def test_who_looks_elsewhere_for_the_same_offers_nothing_of_it():
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("looks"), firm("makes")),
            needs=(Need("n:1", "t:looks", ACROSS, "想直接找外地碳纤维厂合作，薄层75克", "zh"),),
            offers=(product("makes", "直接供外地的碳纤维厂，薄层75克"),),
        )
    )
    assert found(snapshot, "想直接找外地碳纤维厂，薄层75克")[0] == "makes"


def test_a_firm_that_looks_for_firms_is_shown_those_and_not_its_own_trade():
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("drones"), firm("composites")),
            offers=(
                product("drones", "无人机代工试产，老化试验"),
                product("composites", "复合材料结构件，缠绕拉挤"),
            ),
        )
    )
    assert found(snapshot, "无人机企业找复合材料企业，一起试制", INDUSTRY)[0] == "composites"


def test_who_seeks_a_trade_is_shown_that_and_nobody_who_seeks_it_too():
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("seeks"), firm("makes")),
            needs=(Need("n:1", "t:seeks", INDUSTRY, "找电池厂一起试制无人机，联合申报", "zh"),),
            offers=(product("makes", "聚合物电池包，280 Wh/kg"),),
        )
    )
    assert found(snapshot, "想找做电池的企业一起开发无人机", INDUSTRY)[0] == "makes"


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("我厂有洁净车间，二级压力袜可以试产", True),
        ("sock maker ready to join a trial of 压力袜", True),
        ("二级压力袜，找有洁净车间的厂试产", False),
    ],
)
def test_a_firm_that_would_take_part_finds_the_lab_that_calls(text, is_found):
    """A guest who does not say what it is asks as a lab does, and labs do not look for labs."""
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("lab", Kind.RESEARCH_INSTITUTE), firm("knits")),
            needs=(Need("n:1", "t:lab", INDUSTRY, "二级压力袜做好了，找有洁净车间的厂试产", "zh"),),
            offers=(product("knits", "精梳棉袜"),),
        )
    )
    assert ("lab" in found(snapshot, text, INDUSTRY)) is is_found


@pytest.mark.parametrize("joins", ["和", "一和", "和与及"])
def test_a_cluster_behind_words_that_join_without_end_is_named_still(three_clusters, joins):
    """All ways to part hundreds of them were tried: for ever."""
    text = f"找{joins * 200}，连袜业集群的厂"
    assert named(three_clusters, text) == [({"c:socks"}, False)]


def test_clusters_behind_blanks_without_end_are_named_each(three_clusters):
    """Before each of hundreds of names every blank was tried with all behind it: for minutes."""
    text = f"a{' ' * 14_000}{'模具集群、' * 400}"
    began = time.process_time()
    assert named(three_clusters, text) == [({"c:moulds"}, False)] * 400
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "own", ["our ", "we are a small ", "(our old ", "我们", "We look after the "]
)
def test_a_cluster_of_whose_own_is_said_just_before_is_not_sought(three_clusters, own):
    text = f"{'a ' * 300}{own}模具集群"
    assert named(three_clusters, text) == [({"c:moulds"}, True)]
