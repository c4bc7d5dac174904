"""Who may buy an offer, told from those who offer the same."""

import pytest

from matchmaker.domain import (
    Description,
    GoalName,
    GraphRows,
    Kind,
    Need,
    Organization,
    StatementKind,
)
from matchmaker.recommend.model import Request, Seeker, SeekerText
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.question_fit import question_of
from matchmaker.recommend.specification import (
    asks_for_customers,
    compare_customer,
    is_rival,
    made_by_customers,
    read,
)
from tests.unit.snapshot.graphs import snapshot_of


@pytest.mark.parametrize(
    ("offer", "rival"),
    [
        ("我们做真空袋蒸煮袋，谁要", "真空袋、蒸煮袋、高阻隔膜"),
        ("we recycle carbon fibre scrap, who has waste prepreg", "碳纤维预浸料废料热解回收"),
        ("线路板打样，找做飞控的客户", "HDI软硬结合板，24小时打样"),
        ("We make investment-cast valve bodies", "Investment castings for valves and pumps"),
        ("铸造阀体，找客户", "消失模铸造厂，做球铁阀门毛坯"),
        ("纸卡做得出可堆肥证明，找袜子厂", "袜子的纸卡、吊牌生产，四色胶印"),
        ("无刷电机厂，产品给多旋翼用，找整机厂", "无刷电机、碳桨，全自动绕线"),
        ("我们做眼镜盒，找眼镜厂", "挂镀镍金，只做眼镜、饰品小件"),
        ("环氧粉末喷涂阀体，谁要", "环氧粉末喷涂加工点，给球体、阀板做耐磨层"),
        ("cellulose acetate sheet for frame makers", "β钛和纯钛镜架厂"),
        ("recycled acetate for spectacle frames, by the tonne", "β钛和纯钛镜架厂"),
        ("spectacle case manufacturer, who would buy", "眼镜盒、布、袋，铁盒PU盒"),
        ("spectacle case manufacturer looking for buyers", "眼镜盒、布、袋，丝印烫金"),
        ("眼镜盒厂，谁要", "眼镜盒、布、袋，丝印烫金"),
        ("我们做碳纤维管材，卖给谁", "Carbon and glass composite tubes and spars"),
        ("电机厂找整机厂", "无刷电机、电调，全自动绕线"),
    ],
)
def test_who_offers_the_same_is_no_customer(offer: str, rival: str) -> None:
    assert compare_customer(read(offer), read(rival)).unmet


@pytest.mark.parametrize(
    ("offer", "customer"),
    [
        ("we recycle carbon fibre scrap, who has waste prepreg", "Unidirectional prepreg, 125 gsm"),
        ("线路板打样，找做飞控的客户", "飞控与航电整机厂"),
        ("卖模架的，找做薄壁包装模的厂", "Thin-wall packaging moulds, 4 cavities"),
        ("我们做不锈钢阀体铸件，找客户", "专做三偏心蝶阀，口径DN40–DN300"),
        ("we forge flanges and valve seats", "Floating ball valves for chlor-alkali plants"),
        ("PFA parts, for the makers of very clean and pure valves", "Knife gate valves for mills"),
        ("quick wire erosion; tool shops welcome", "压铸模具厂，三十人"),
        ("hot runners with valve gates and local service", "Injection moulds for cars"),
        ("毫米波雷达，一百克以内", "Fixed-wing VTOL drones"),
        ("temple tips of silicone", "TR90注塑架厂，月产四万副"),
        ("小螺丝，眼镜厂来", "β钛和纯钛镜架厂"),
        ("stainless hinges for frame makers", "β钛和纯钛镜架厂"),
        ("cellulose acetate sheet for frame makers", "Acetate frames, private label"),
        ("small silicone sleeves for spectacle temples", "Titanium frames, own plating"),
        ("植保机厂家看过来，我们做喷头", "无人机整机厂，研发占一半"),
        # Kinds that only the thesaurus knows.
        ("铝型材散热器，找灯具厂", "LED吸顶灯、筒灯"),
        ("aluminium heat sinks, looking for luminaire makers", "chandeliers and wall lamps"),
    ],
)
def test_who_makes_what_an_offer_is_for_is_a_customer(offer: str, customer: str) -> None:
    comparison = compare_customer(read(offer), read(customer))
    assert comparison.met
    assert not comparison.unmet


def test_who_stores_and_sends_things_is_no_maker_of_them() -> None:
    comparison = compare_customer(read("眼镜检测能力，谁需要"), read("眼镜云仓和一件代发"))
    assert comparison.unmet
    assert compare_customer(read("眼镜检测能力，谁需要"), read("板材镜架厂")).met


@pytest.mark.parametrize(
    "trader",
    [
        "阀门出口公司，拉美市场为主",
        "Export sales of industrial valves",
        "Export agency for valve makers",
    ],
)
def test_who_only_trades_in_a_whole_buys_no_part_of_it(trader: str) -> None:
    assert not compare_customer(read("duplex valve bodies, who buys them?"), read(trader)).met


def test_an_office_that_serves_a_trade_buys_nothing_of_it() -> None:
    """It came first for PPS granules: 负责泵阀产业的惠企政策."""
    described = {
        "t:office": (Kind.PUBLIC_BODY, "负责泵阀产业的惠企政策和技改补助的申报受理"),
        "t:pumps": (Kind.FIRM, "专做泵阀轴承件，注塑车间"),
    }
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(Organization(id, id, kind) for id, (kind, _) in described.items()),
            descriptions=tuple(
                Description(f"{id}#about", id, text, "zh") for id, (_, text) in described.items()
            ),
        ),
        vectors=False,
    )
    text = SeekerText(
        "PPS粒料，找泵阀轴承件客户", StatementKind.OFFER, "zh", GoalName.CUSTOMER, is_question=True
    )
    answer = recommend(snapshot, Seeker(texts=(text,)), Request(GoalName.CUSTOMER))
    assert [match.id for match in answer.matches] == ["t:pumps"]


@pytest.mark.parametrize(
    ("text", "is_for_customers"),
    [
        ("Drone battery makers who need graphene film between their cells", True),
        ("eyewear makers from other clusters who need two-colour injection tools", True),
        ("looking for foundries that are short of rapid patterns", True),
        ("有没有用得上再生碳纤维的外地模压厂", True),
        ("找需要石墨烯膜的电池厂", True),
        ("我们拉铜线，外省谁用", True),
        ("有阻燃粒子，外地注塑厂要不要", True),
        ("给外地针织机械厂磨针筒行不行", True),
        ("给外地做阀座的供PEEK料", True),
        ("we sinter arc magnets, which motor firms would try some?", True),
        ("does some fibre spinner need spinneret plates?", True),
        ("抑菌纤维，想找外省袜厂试用", True),
        ("哪里的厂用得上我们的锂电池组？植保机用的", True),
        ("外地做无人机的企业需要我们的碳纤维板吗", True),
        ("Would valve makers elsewhere use our graphene coating?", True),
        ("我们做袜子，找电商卖家", True),
        ("哪里有厂能用我们的模具注塑", False),
        ("我们做袜子，找染厂", False),
        ("眼镜厂要开镜腿模的找我们", True),
        ("frame makers who want moulds for temples, contact us", True),
        ("other clusters that could use our precision moulds", True),
        ("frame makers looking for nylon granules, that's what we make", True),
        ("drone people who'd pay for lighter landing gear", True),
        ("别处有厂要导热膜吗？我们正好做这个", True),
        ("who abroad would buy our PVD coating service", True),
        ("外地有没有企业需要我们精密模具的", True),
        ("热解完的碳毡谁家能用，做壳子的最好", True),
        ("石墨烯导热膜我们有，电池那块有没有要的", True),
        ("谁家能用，我们要DN50的球阀", False),
        ("想把我们的碳纤维板卖给做眼镜腿的", True),
        ("把我们的图纸发给他们", False),
        ("we could use our own moulds for it", False),
        ("企业需要我们提供图纸吗", False),
        ("镜腿模晒纹，宁波那边谁做", False),
        ("外地哪家有轮廓仪", False),
        ("给外地的客户发货，找物流", False),
        ("makers who can coat our windows", False),
        ("who needs orders: knitting mills that want work", False),  # who is to do it
        ("我们需要能做预浸料的外地厂家", False),
        ("外地做石墨烯导热膜的厂", False),
    ],
)
def test_who_is_asked_for_by_what_they_need_is_a_customer(
    text: str, is_for_customers: bool
) -> None:
    assert asks_for_customers(text) is is_for_customers


@pytest.mark.parametrize(
    ("offer", "made"),
    [
        ("PFA parts, for the makers of very clean and pure valves", {"valve"}),
        ("环氧粉末喷阀体，谁要", {"valve"}),
        ("hot runners with valve gates", {"mould"}),
        ("which mould makers look for hot runners", {"mould"}),
        ("精梳纱有货", {"sock"}),
        ("小螺丝，眼镜厂来", {"spectacles", "spectacle frame", "sunglasses", "goggles"}),
        ("ferrochrome, low in phosphorus", set()),
        ("给外地做阀座的供PEEK料", {"valve seat"}),
        ("we sinter arc magnets, which motor firms would try some?", {"motor"}),
    ],
)
def test_what_customers_make_is_named_or_is_what_the_part_goes_into(
    offer: str, made: set[str]
) -> None:
    assert made_by_customers(read(offer)) == made


def test_descriptions_are_asked_for_what_customers_make_and_needs_for_what_is_offered() -> None:
    """Who coats bodies of valves found other coaters, and no maker of valves."""
    described = {
        "t:a-valves": "专做三偏心蝶阀，口径DN40–DN300，车间四千平方米",
        "t:b-coater": "环氧粉末喷涂加工点，给球体做耐磨层",
    }
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(Organization(id, id, Kind.FIRM) for id in described),
            descriptions=tuple(
                Description(f"{id}#about", id, text, "zh") for id, text in described.items()
            ),
            needs=(Need("t:need", "t:a-valves", GoalName.SUPPLIER, "找环氧粉末喷涂，阀盖"),),
        ),
        vectors=False,
    )
    text = SeekerText(
        "环氧粉末喷涂阀体，谁要", StatementKind.OFFER, "zh", GoalName.CUSTOMER, is_question=True
    )
    concepts = question_of(snapshot, {}, text, looked_up=True).concepts
    assert concepts is not None
    share = dict(zip(snapshot.statements.table["id"].to_pylist(), concepts, strict=True))
    assert share["t:a-valves#about"] > 0  # which has no word of the offer
    assert share["t:need"] > share["t:a-valves#about"]


@pytest.mark.parametrize(
    ("offer", "rival"),
    [
        ("板材太阳镜找国外品牌商", "板材镜架厂，开料到抛光自己做，给国外品牌贴牌。"),
        ("Seeking buyers for recycled carbon fibre", "碳纤维预浸料废料热解回收，年五百吨。"),
    ],
)
def test_who_makes_the_like_or_recovers_it_itself_is_no_customer(offer, rival):
    comparison = compare_customer(read(offer), read(rival))
    assert [judgement.requirement.value for judgement in comparison.unmet]
    assert comparison.met == ()


def test_who_sells_the_same_packing_is_a_rival_and_no_customer():
    """Seen: 我们的低逸散填料卖给谁 was answered with two makers of it."""
    offer = read("我们的低逸散填料卖给谁")
    assert is_rival(compare_customer(offer, read("金属波纹管专业户，低逸散填料通过API 622")))


@pytest.mark.parametrize(
    ("maker", "verdict"), [("树脂镜片厂，日产两万片", "met"), ("镜片毛坯厂，日产两万片", "unmet")]
)
def test_who_offers_blanks_sells_to_makers_of_the_thing(maker: str, verdict: str) -> None:
    compared = compare_customer(read("我们做镜片毛坯，谁要"), read(maker))
    assert [str(judged.verdict) for judged in compared.judgements] == [verdict]


@pytest.mark.parametrize(
    ("frames", "verdicts"),
    [("板材镜架厂，开料到抛光自己做", {"met"}), ("Titanium frames, own brand", {"met", "unmet"})],
)
def test_sheet_is_bought_by_who_makes_frames_of_it(frames: str, verdicts: set[str]) -> None:
    compared = compare_customer(read("我这有批积压的板材，镜架厂便宜拿"), read(frames))
    of_sheet = {str(j.verdict) for j in compared.judgements if j.requirement.text == "板材"}
    assert {str(j.verdict) for j in compared.judgements} == verdicts
    assert "met" not in of_sheet or verdicts == {"met"}


def test_makers_who_are_called_to_come_are_customers() -> None:
    """Seen: leftover plate for makers of frames was offered to nobody, all being its rivals."""
    compared = compare_customer(
        read("手里有库存碳板余料，做机架的拿去便宜"), read("碳纤机架、机臂")
    )
    assert [(j.requirement.text, str(j.verdict)) for j in compared.judgements] == [("机架", "met")]
