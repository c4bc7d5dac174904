"""What is asked in words is answered by what candidates say; the rest orders what is close."""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.domain import (
    Description,
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Need,
    NeedState,
    OfferKind,
    Place,
    PlaceLevel,
    Terms,
    Tie,
)
from matchmaker.recommend.floor import Floor, Usual, floor, spread, usual_of
from matchmaker.recommend.model import Match, Request, Seeker
from matchmaker.recommend.pipeline import recommend
from matchmaker.snapshot.lexical import build_lexical, known_share, term_shares
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import TODAY, snapshot_of
from tests.unit.recommend.worded import CUSTOMER, SUPPLIER, asked, firm, ids, near, product

EARLIER = TODAY - datetime.timedelta(days=90)


@pytest.fixture(scope="module")
def valves() -> Snapshot:
    """A well-connected valve group next door to the asker, and two foundries far away."""
    partners = [firm(f"partner{number}", place="p:near") for number in range(4)]
    ties = [
        Tie(
            f"r:{number}{who}",
            f"t:{who}",
            f"t:partner{number}",
            Layer.COOPERATES_WITH,
            since=EARLIER,
        )
        for number in range(4)
        for who in ("asker", "group")
    ]
    return snapshot_of(
        GraphRows(
            places=(
                Place("p:near", "近", PlaceLevel.CITY, latitude=28.0, longitude=120.0),
                Place("p:far", "远", PlaceLevel.CITY, latitude=45.0, longitude=126.0),
            ),
            organizations=(
                firm("asker", place="p:near"),
                firm("group", place="p:near", capacity=9),
                firm("foundry", place="p:far"),
                firm("second", place="p:far"),
                *partners,
            ),
            offers=(
                product("group", "成套供应油气长输管线用全焊接球阀"),
                product("foundry", "耐高温不锈钢阀门铸件，砂型铸造"),
                product("second", "不锈钢铸件，精密铸造"),
            ),
            ties=tuple(ties),
        )
    )


NEED = "我们需要耐高温不锈钢阀门铸件"


def known_asker(snapshot: Snapshot, text: str, goal: GoalName = SUPPLIER) -> Seeker:
    return asked(
        text, goal, row=snapshot.row_of("t:asker"), place=0, latitude=28.0, longitude=120.0
    )


def test_who_says_it_stands_first_whoever_asks(valves: Snapshot) -> None:
    """The group next door shares four partners with the asker, and casts nothing."""
    by_nobody = recommend(valves, asked(NEED), Request(SUPPLIER))
    by_asker = recommend(valves, known_asker(valves, NEED), Request(SUPPLIER))
    assert ids(by_nobody)[:2] == ids(by_asker)[:2] == ["foundry", "second"]
    assert by_asker.matches[0].match is Match.GOOD
    assert "group" not in ids(by_asker)


def test_who_is_merely_near_stands_apart(valves: Snapshot) -> None:
    by_asker = recommend(valves, known_asker(valves, NEED), Request(SUPPLIER))
    assert by_asker.nearby[0].id == "t:group"
    assert by_asker.nearby[0].match is Match.NONE
    assert recommend(valves, asked(NEED), Request(SUPPLIER)).nearby == ()


def test_who_names_nothing_and_trails_far_behind_does_not_fill_the_list_up() -> None:
    """A spinner whose text is a little like the question stays out where a forge answers."""
    offers = (
        product("forge", "供应法兰锻件毛坯"),
        product("spinner", "精梳棉纱，现货"),
        product("second", "锻件，每月两百吨"),
    )
    likeness = {"o:forge": 0.9, "o:spinner": 0.4, "o:second": 0.5}

    def answer(*names: str) -> list[str]:
        graph = snapshot_of(
            GraphRows(
                organizations=tuple(firm(name) for name in names),
                offers=tuple(each for each in offers if each.id.removeprefix("o:") in names),
            ),
            {offer: [cosine, (1 - cosine**2) ** 0.5] for offer, cosine in likeness.items()},
        )
        question = asked("急找法兰锻件毛坯").texts[0]
        vector = np.array([1, 0], dtype=np.float32)
        seeker = Seeker(texts=(replace(question, vector=vector),))
        return ids(recommend(graph, seeker, Request(SUPPLIER)))

    assert answer("forge", "spinner", "second") == ["forge", "second"]
    # Nobody is cut off for being far behind somebody who is not there.
    assert "spinner" in answer("spinner", "second")


def answered(
    text: str, offers: dict[str, tuple[str, float]], goal: GoalName = SUPPLIER
) -> list[str]:
    """Who answers of firms that each say one thing, with its likeness to the text."""
    graph = snapshot_of(
        GraphRows(
            organizations=tuple(firm(name) for name in offers),
            offers=tuple(product(name, said) for name, (said, _) in offers.items()),
        ),
        {f"o:{name}": [cosine, (1 - cosine**2) ** 0.5] for name, (_, cosine) in offers.items()},
    )
    vector = np.array([1, 0], dtype=np.float32)
    question = replace(
        asked(text, goal).texts[0], vector=vector, usual=Usual(spread=spread(graph, vector))
    )
    return ids(recommend(graph, Seeker(texts=(question,)), Request(goal)))


DIES = ("铝合金压铸模，电机壳", 0.33)


@pytest.mark.parametrize("goal", [SUPPLIER, GoalName.CROSS_CLUSTER])
def test_a_thing_that_everybody_calls_by_its_name_is_met_by_who_says_it(goal: GoalName) -> None:
    """Bearings for motors: a maker of dies for motor housings says nothing of bearings."""
    text = "深沟球轴承，电机上用，两万套"
    assert answered(text, {"dies": DIES}, goal) == []
    assert answered(text, {"dies": DIES, "bearings": ("轴承现货", 0.4)})[0] == "bearings"
    # So near that it must be a word that the lists do not know.
    assert answered(text, {"rollers": ("滚子现货", 0.5)}) == ["rollers"]


@pytest.mark.parametrize(
    "text", ["need a foundry", "looking for a good foundry", "forge", "找一家铸造厂"]
)
def test_who_is_asked_for_by_trade_alone_is_found(text: str) -> None:
    said = {"foundry": ("硅溶胶精密铸造", 0.1), "forge": ("多向模锻", 0.1), "mill": ("棉袜", 0.1)}
    assert answered(text, said) == ["forge" if "forge" in text else "foundry"]


def test_what_lenses_are_made_of_is_no_lens() -> None:
    said = {"lenses": ("树脂镜片", 0.4), "monomers": ("树脂镜片单体供应", 0.45)}
    assert answered("好的镜片供应商推荐", said)[0] == "lenses"


def test_who_does_the_work_on_a_thing_has_not_the_thing() -> None:
    """Zips that are dyed are not had from a dyer of stockings."""
    text = "nylon zips, dyed black"
    assert answered(text, {"dyer": ("dyeing of nylon stockings", 0.35)}) == []
    assert "zips" in answered(text, {"dyer": ("dyeing of nylon", 0.3), "zips": ("拉链现货", 0.3)})


def test_what_has_no_name_of_its_own_is_met_by_who_comes_near() -> None:
    assert answered("电机壳上的那种金属粉", {"dies": DIES}) == ["dies"]


@pytest.mark.parametrize("text", ["你好", "在吗？", "hello there", "12345", "租一台混凝土泵车"])
def test_nobody_answers_a_greeting_or_another_trade(valves: Snapshot, text: str) -> None:
    answer = recommend(valves, known_asker(valves, text), Request(SUPPLIER))
    assert answer.matches == ()
    assert len(answer.closest) <= 3


def test_what_came_closest_is_told_where_nobody_answers(valves: Snapshot) -> None:
    """One word of seven in common, 铸件, is too little to answer."""
    answer = recommend(valves, asked("想找能做汽车座椅骨架铸件"), Request(SUPPLIER))
    assert answer.matches == ()
    assert {each.id for each in answer.closest} == {"t:foundry", "t:second"}


def test_reasons_speak_for_a_candidate_and_add_up_with_what_speaks_against(
    valves: Snapshot,
) -> None:
    answer = recommend(valves, known_asker(valves, NEED), Request(SUPPLIER))
    for each in (*answer.matches, *answer.nearby):
        parts = [reason.contribution for reason in (*each.reasons, *each.against)]
        assert sum(parts) == pytest.approx(each.score, abs=1e-5)
        assert all(reason.contribution > 0 for reason in each.reasons)
        for reason in each.reasons:
            assert "little" not in reason.message.text("en")
            assert "far" not in reason.message.text("en")
    far = {reason.feature for reason in answer.matches[0].against}
    assert "nearness" in far


OFFERS = [
    ("32-count combed cotton yarn", "combed cotton yarn for socks"),
    ("titanium rods", "titanium rods for implants"),
    ("hot runner nozzles", "hot runner nozzles for our moulds"),
    ("epoxy prepreg", "epoxy prepreg for wings"),
    ("ball screws", "ball screws for machine tools"),
    ("corrugated cartons", "corrugated cartons, five layers"),
    ("lithium cells", "lithium cells for drones"),
    ("grey iron castings", "grey iron castings for pumps"),
    ("spring hinges", "spring hinges for frames"),
    ("needle selectors", "needle selectors for knitting"),
    ("dyestuff", "reactive dyestuff"),
    ("gaskets", "spiral gaskets"),
]


def test_twelve_offers_find_twelve_customers() -> None:
    needs = tuple(
        Need(f"n:{number}", f"t:{number:02}", SUPPLIER, text)
        for number, (_, text) in enumerate(OFFERS)
    )
    firms = tuple(firm(f"{number:02}") for number in range(len(OFFERS)))
    snapshot = snapshot_of(GraphRows(organizations=firms, needs=needs))
    first = [
        recommend(snapshot, asked(f"we make {text}", CUSTOMER), Request(CUSTOMER)).matches[0].id
        for text, _ in OFFERS
    ]
    assert first == [f"t:{number:02}" for number in range(len(OFFERS))]


def test_who_looked_for_it_before_is_a_customer_behind_who_looks_now() -> None:
    text = "corrugated cartons, five layers"
    rows = GraphRows(
        organizations=(firm("before"), firm("now"), firm("never")),
        needs=(
            Need("n:1", "t:before", SUPPLIER, text, state=NeedState.EXPIRED),
            Need("n:2", "t:now", SUPPLIER, text),
            Need("n:3", "t:never", SUPPLIER, "epoxy prepreg for wings"),
        ),
    )
    offer = asked(f"we make {text}", CUSTOMER)
    first = recommend(snapshot_of(rows), offer, Request(CUSTOMER)).matches[:2]
    assert [(each.id, each.evidence[0].lapsed) for each in first] == [
        ("t:now", False),
        ("t:before", True),
    ]


def test_who_is_found_by_others_is_found_by_who_says_it_best_itself() -> None:
    """What the asker says itself tells, too, that the question is one of the graph's trades."""
    likeness = {"o:asker": 0.6, "o:lab": 0.33}
    graph = snapshot_of(
        GraphRows(
            organizations=(firm("asker"), firm("lab")),
            offers=(product("asker", "薄膜阵列，现货"), product("lab", "暖体脚，可借")),
        ),
        {offer: [cosine, (1 - cosine**2) ** 0.5] for offer, cosine in likeness.items()},
    )
    (question,) = near("哪里能看看腿上的力有多大").texts
    nobody = Seeker(texts=(replace(question, usual=Usual(0.2, spread=0.08)),))
    asker = replace(nobody, row=graph.row_of("t:asker"))
    assert ids(recommend(graph, nobody, Request(SUPPLIER))) == ["asker", "lab"]
    assert ids(recommend(graph, asker, Request(SUPPLIER))) == ["lab"]


def test_who_says_it_in_another_language_stands_before_who_says_something_else_in_ones_own() -> (
    None
):
    """Likenesses across languages are lower: of a mill and a shop the shop steams socks."""
    offers = {
        "mill": ("Cotton crew socks, private label, knitting", 0.36),
        "shop": ("蒸汽定型代工，立体脚型板三千副", 0.2),
    }
    assert answered("who can heat-set socks", offers) == ["shop", "mill"]


def test_one_word_of_english_is_answered_by_who_names_it_in_chinese() -> None:
    rows = GraphRows(
        organizations=(firm("seals"), firm("crates")),
        offers=(product("seals", "密封圈，氟橡胶"), product("crates", "木箱包装")),
    )
    snapshot = snapshot_of(rows, {"o:seals": [1, 0, 0], "o:crates": [0, 1, 0]})
    (text,) = asked("seals").texts
    vector = np.array([0.2, 0.2, 0.96], dtype=np.float32)  # like neither, and everyday words more
    unlike = Seeker(texts=(replace(text, vector=vector, usual=Usual(0.4)),))
    assert [each.id for each in recommend(snapshot, unlike, Request(SUPPLIER)).matches] == [
        "t:seals"
    ]
    greeting = Seeker(texts=(replace(text, text="hello", vector=vector, usual=Usual(0.4)),))
    assert not recommend(snapshot, greeting, Request(SUPPLIER)).matches


@pytest.mark.parametrize(
    ("goal", "kind", "offer"),
    [
        (GoalName.SUPPLIER, Kind.FIRM, OfferKind.TECHNOLOGY),
        (GoalName.SUPPLIER, Kind.FIRM, OfferKind.EQUIPMENT),
        (GoalName.PLATFORM, Kind.PLATFORM, OfferKind.PLATFORM_ACCESS),
        (GoalName.SHARED_RESOURCE, Kind.PLATFORM, OfferKind.PLATFORM_ACCESS),
        (GoalName.SHARED_RESOURCE, Kind.UNIVERSITY, OfferKind.EQUIPMENT),
        (GoalName.PLATFORM, Kind.UNIVERSITY, OfferKind.EQUIPMENT),
        (GoalName.INDUSTRY_PARTNER, Kind.FIRM, OfferKind.PRODUCT),
    ],
)
def test_every_kind_of_statement_that_can_answer_does(
    goal: GoalName, kind: Kind, offer: OfferKind
) -> None:
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("answers", kind), firm("other", kind)),
            offers=(
                product("answers", "salt spray chamber", offer),
                product("other", "crane", offer),
            ),
        )
    )
    assert ids(recommend(snapshot, asked("salt spray chamber", goal), Request(goal))) == ["answers"]


@pytest.mark.parametrize(
    ("asker", "found"),
    [
        (None, ["firm", "platform"]),
        (Kind.FIRM, ["firm", "lab", "platform"]),
        # Two that both look for firms are no answer to each other.
        (Kind.PLATFORM, ["firm", "lab"]),
        (Kind.UNIVERSITY, ["firm", "platform"]),
    ],
)
def test_who_calls_firms_to_join_is_found_by_who_would_join(
    asker: Kind | None, found: list[str]
) -> None:
    kinds = {
        "platform": Kind.PLATFORM,
        "lab": Kind.RESEARCH_INSTITUTE,
        "firm": Kind.FIRM,
        "silent": Kind.PLATFORM,
    }
    goal = GoalName.INDUSTRY_PARTNER
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(firm(name, kind) for name, kind in kinds.items()),
            needs=tuple(
                Need(f"n:{name}", f"t:{name}", goal, "firms for trials on casting porosity")
                for name in kinds
                if name != "silent"
            ),
            # What a platform offers is none of it.
            offers=(product("silent", "casting porosity tests", OfferKind.PLATFORM_ACCESS),),
        )
    )
    shown = recommend(snapshot, asked("casting porosity", goal, kind=asker), Request(goal))
    assert sorted(ids(shown)) == found
    assert "silent" not in ids(shown) + [near.id.removeprefix("t:") for near in shown.nearby]


def test_who_looks_for_a_laboratory_for_the_work_comes_before_makers_of_the_thing() -> None:
    """A laboratory that can clad: who asks for that is nearer than who makes valves."""
    goal = GoalName.INDUSTRY_PARTNER
    said = {
        "coater": "想搞激光熔覆替代镀硬铬，工艺参数摸不准，求懂粉末的老师指点",
        "tester": "希望与学院做刀具对比试验，切削力仪我们没有",
    }
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("coater"), firm("tester"), firm("valves")),
            needs=tuple(
                Need(f"n:{name}", f"t:{name}", GoalName.RESEARCH_PARTNER, text, "zh")
                for name, text in said.items()
            ),
            descriptions=(Description("d:1", "t:valves", "做阀门阀杆、球阀，修复旧阀杆。", "zh"),),
        )
    )
    found = recommend(
        snapshot, asked("课题组有激光熔覆修复阀杆的技术，想找厂家中试", goal), Request(goal)
    )
    assert ids(found)[0] == "coater"


def test_what_costs_nothing_is_shared_whatever_its_kind() -> None:
    """Prototypes lent to developers are a technology, and nothing that is for sale."""
    lent, sold = (
        replace(product(name, "payload interface, prototypes", OfferKind.TECHNOLOGY), terms=terms)
        for name, terms in (("lends", Terms.FREE), ("sells", Terms.MARKET))
    )
    snapshot = snapshot_of(
        GraphRows(organizations=(firm("lends"), firm("sells")), offers=(lent, sold))
    )
    goal = GoalName.SHARED_RESOURCE
    assert ids(recommend(snapshot, asked("payload interface", goal), Request(goal))) == ["lends"]


@pytest.mark.parametrize("goal", [GoalName.PLATFORM, GoalName.SHARED_RESOURCE])
def test_the_description_of_a_platform_counts_that_of_a_firm_is_no_offer_to_share(
    goal: GoalName,
) -> None:
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("platform", Kind.PLATFORM), firm("maker")),
            descriptions=(
                Description("d:1", "t:platform", "Open laboratory, salt spray chamber."),
                Description("d:2", "t:maker", "We own a salt spray chamber."),
            ),
        )
    )
    found = recommend(snapshot, asked("salt spray chamber", goal), Request(goal))
    assert ids(found) == ["platform"]


def test_who_says_that_it_does_not_make_it_is_no_match() -> None:
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("maker"), firm("denies")),
            offers=(
                product("maker", "stainless steel ball valves"),
                product("denies", "We do not make stainless steel ball valves any longer."),
            ),
        )
    )
    answer = recommend(snapshot, asked("stainless steel ball valves"), Request(SUPPLIER))
    assert ids(answer) == ["maker"]
    assert answer.nearby == ()


def test_another_size_stands_behind_the_right_one_and_is_told_against_it() -> None:
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("large"), firm("right")),
            offers=(
                product("large", "stainless steel ball valves DN500 PN16"),
                product("right", "stainless steel ball valves DN50 PN16"),
            ),
        )
    )
    answer = recommend(snapshot, asked("stainless steel ball valves DN50 PN16"), Request(SUPPLIER))
    assert ids(answer) == ["right", "large"]
    told = [reason.message.text("en") for reason in answer.matches[1].against]
    assert any("DN50" in text for text in told)
    assert answer.matches[1].match is Match.PARTIAL


def test_the_floor_is_a_gate_for_the_question_and_a_bar_for_each() -> None:
    """Nobody below the bar; above it only where somebody of the graph reaches the gate."""
    figures: Floor = replace(floor(), gate=1.0, floor=-1.0)
    standing = np.array([1.5, 0.5, -2.0], dtype=np.float32)
    assert figures.passed(standing, 1.5).tolist() == [True, True, False]
    assert figures.passed(standing[1:], 0.5).tolist() == [False, False]
    assert figures.passed(standing[1:], 1.5).tolist() == [True, False]


def test_shares_of_words_are_counted() -> None:
    """Of valve, castings and helicopter two are known; the first statement has one."""
    index = build_lexical(["valve seats", "castings of iron"])
    assert term_shares(index, "valve castings helicopter").tolist() == pytest.approx([1 / 3, 1 / 3])
    assert known_share(index, "helicopter") == 0
    assert known_share(index, "valve") == 1
    assert 0 < known_share(index, "valve helicopter") < 1


def test_everyday_likeness_is_of_the_three_nearest_by_language() -> None:
    """Cosines of the first axis to the rows, by hand: .9, .8, .7 of four; of the other .5 alone."""
    sentences = {
        "zh": np.array([[0.9, 0, 0], [0.1, 0, 0], [0.7, 0, 0], [0.8, 0, 0]], dtype=np.float32),
        "en": np.array([[0.5, 0, 0]], dtype=np.float32),
    }
    question = np.array([1, 0, 0], dtype=np.float32)
    rows = GraphRows(organizations=(firm("one"),), offers=(product("one", "valves"),))
    graph = snapshot_of(rows, {"o:one": [0.6, 0.8, 0]})

    def told(language: str, known: dict[str, np.ndarray]) -> tuple[float, float]:
        usual = usual_of(graph, question, language, known)
        return usual.everyday, usual.everyday_abroad

    assert told("zh", sentences) == pytest.approx((0.8, 0.5))
    assert told("en", sentences) == pytest.approx((0.5, 0.8))
    assert told("de", sentences)[0] == pytest.approx(0.8)
    assert told("zh", {}) == (0, 0)


def test_what_a_graph_speaks_of_spreads_its_statements() -> None:
    """Cosines .8, 0, 0, 0 have a variance of .12; twenty usual ones of .075² stand beside them."""
    names = ("first", "second", "third", "fourth")
    rows = GraphRows(
        organizations=tuple(firm(name) for name in names),
        offers=tuple(product(name, f"thing of the {name}") for name in names),
    )
    vectors = {f"o:{name}": [0.0, 1.0] for name in names[1:]} | {"o:first": [0.8, 0.6]}
    snapshot = snapshot_of(rows, vectors)
    told = spread(snapshot, np.array([1, 0], dtype=np.float32))
    assert told == pytest.approx(((4 * 0.12 + 20 * 0.075**2) / 24) ** 0.5, rel=1e-5)
    assert told > spread(snapshot, np.array([0, 1], dtype=np.float32) * 0.1)


def test_who_names_the_thing_in_another_language_stands_before_who_is_only_nearer() -> None:
    """Kitchen cabinets are nearer to the words, and nobody sells hinges there."""
    offers = {"hinges": ("缓冲铰链、抽屉滑轨", 0.05), "cabinets": ("全屋定制衣柜、橱柜门板", 0.22)}
    assert answered("hinges for kitchen cabinets, soft close", offers)[0] == "hinges"


def test_a_compound_that_no_list_has_is_answered_by_who_speaks_of_its_stuff() -> None:
    oak = {"oak": ("俄罗斯柞木、欧洲白蜡板材进口", 0.34)}
    assert answered("柞木表板", oak) == ["oak"]
    assert answered("柞木表板", {"doors": ("防火门三十万樘", 0.34)}) == []
