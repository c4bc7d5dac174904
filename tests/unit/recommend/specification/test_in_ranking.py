"""What a question specifies decides among those who say alike, and a person may correct it."""

from dataclasses import replace

import pytest

from matchmaker.domain import (
    GoalName,
    GraphRows,
    Kind,
    Need,
    Offer,
    OfferKind,
    Organization,
    Place,
    PlaceLevel,
    Size,
    StatementKind,
)
from matchmaker.recommend.model import Recommendation, Request, Seeker, SeekerText
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.specification import Choices, said_of_speaker, without_speaker
from matchmaker.snapshot.model import Snapshot
from tests.unit.snapshot.graphs import snapshot_of

OFFERS = {
    "t:small": "gate valves DN40 PN25 carbon steel",
    "t:large": "gate valves DN400 PN25 carbon steel",
    "t:denied": "we no longer make gate valves DN40 PN25 carbon steel",
    "t:far": "gate valves DN40 PN25 carbon steel",
}
WENZHOU, NINGBO, OUHAI = "gbt2260:330300", "gbt2260:330200", "gbt2260:330304"


@pytest.fixture(scope="module")
def makers() -> Snapshot:
    return snapshot_of(
        GraphRows(
            places=(
                Place("gbt2260:330000", "浙江省", PlaceLevel.PROVINCE),
                Place(
                    WENZHOU,
                    "温州市",
                    PlaceLevel.CITY,
                    "Wenzhou",
                    "gbt2260:330000",
                    "CN",
                    28.0,
                    120.7,
                ),
                Place(
                    NINGBO, "宁波市", PlaceLevel.CITY, "Ningbo", "gbt2260:330000", "CN", 29.9, 121.5
                ),
                Place(OUHAI, "瓯海区", PlaceLevel.COUNTY, "Ouhai", WENZHOU, "CN", 27.97, 120.61),
            ),
            organizations=tuple(
                Organization(
                    id,
                    id,
                    Kind.FIRM,
                    size=Size.SMALL if id == "t:far" else Size.LARGE,
                    place=NINGBO if id == "t:far" else WENZHOU,
                )
                for id in OFFERS
            ),
            offers=tuple(
                Offer(f"{id}#offer", id, OfferKind.PRODUCT, text, "en")
                for id, text in OFFERS.items()
            ),
        ),
        vectors=False,
    )


@pytest.fixture(scope="module")
def makers_of_bearings() -> Snapshot:
    offers = {"t:right": "Bearings 7308-BECBP", "t:wrong": "Bearings 7380-BECBP"}
    return snapshot_of(
        GraphRows(
            organizations=tuple(Organization(id, id, Kind.FIRM) for id in offers),
            offers=tuple(
                Offer(f"{id}#offer", id, OfferKind.PRODUCT, text, "en")
                for id, text in offers.items()
            ),
        ),
        vectors=False,
    )


def found(snapshot: Snapshot, text: str, choices: Choices | None = None) -> list[Recommendation]:
    question = SeekerText(text, StatementKind.NEED, "en", GoalName.SUPPLIER, is_question=True)
    if choices is not None:
        question = replace(question, choices=choices)
    seeker = Seeker(texts=(question,), latitude=28.0, longitude=120.7)
    return list(recommend(snapshot, seeker, Request(GoalName.SUPPLIER)).matches)


def ids(recommendations: list[Recommendation]) -> list[str]:
    return [each.id for each in recommendations]


NEED = "gate valves DN40 PN25 carbon steel"


def test_another_size_stands_below_and_who_denies_it_is_no_match(makers):
    answer = found(makers, NEED)
    assert set(ids(answer)[:2]) == {"t:small", "t:far"}
    assert ids(answer)[2:] == ["t:large"]
    assert {j.requirement.value for j in answer[2].comparison.unmet} == {"DN40"}


def test_another_type_of_a_series_is_no_match(makers_of_bearings):
    assert ids(found(makers_of_bearings, "7308-BECBP")) == ["t:right"]


def test_what_is_ignored_does_not_count(makers):
    answer = found(makers, NEED, Choices(ignored=frozenset({"size:DN40"})))
    assert not any(each.comparison.unmet for each in answer)
    (ignoring,) = (each.score for each in answer if each.id == "t:large")
    (counting,) = (each.score for each in found(makers, NEED) if each.id == "t:large")
    assert ignoring > counting + 0.1


def test_a_place_is_a_wish_and_a_filter_when_insisted_on(makers):
    wished = found(makers, f"{NEED}, preferably Ningbo")
    assert ids(wished)[0] == "t:far"
    assert "t:small" in ids(wished)
    insisted = found(makers, f"{NEED}, Ningbo", Choices(hard=frozenset({"place:宁波市"})))
    assert ids(insisted) == ["t:far"]
    assert ids(found(makers, f"{NEED}, must be in 宁波")) == ["t:far"]


def test_of_several_places_one_will_do(makers):
    for text in (f"{NEED}，最好温州宁波", f"{NEED}, preferably Wenzhou or Ningbo"):
        for each in found(makers, text):
            assert not [j for j in each.comparison.unmet if j.requirement.kind == "place"]
            assert [j for j in each.comparison.met if j.requirement.kind == "place"]
    insisted = found(makers, f"{NEED}, must be in Wenzhou or Ningbo")
    assert {"t:far", "t:small"} <= set(ids(insisted))
    near = found(makers, f"{NEED}, must be within 20 km of Wenzhou or Ningbo")
    assert {"t:far", "t:small"} <= set(ids(near))


def test_a_name_of_several_cities_is_met_by_each():
    """Taizhou in English: 泰州 and 台州."""
    towns = {"t:ji": "gbt2260:321200", "t:zhe": "gbt2260:331000", "t:other": WENZHOU}
    graph = snapshot_of(
        GraphRows(
            places=tuple(Place(id, id, PlaceLevel.CITY, country="CN") for id in towns.values()),
            organizations=tuple(
                Organization(id, id, Kind.FIRM, place=place) for id, place in towns.items()
            ),
            offers=tuple(Offer(f"{id}#o", id, OfferKind.PRODUCT, NEED, "en") for id in towns),
        ),
        vectors=False,
    )
    assert set(ids(found(graph, f"{NEED}, must be in Taizhou"))) == {"t:ji", "t:zhe"}


@pytest.fixture(scope="module")
def towns():
    """A firm in each of six towns, one of them 40 km from 台州, and one in the province only."""
    rows = {
        "wenzhou": ("330300", 28.0, 120.7),
        "ningbo": ("330200", 29.87, 121.55),
        "taizhou": ("331000", 28.66, 121.42),  # 台州
        "beside": ("331100", 28.45, 121.1),
        "taizhou-js": ("321200", 32.46, 119.92),  # 泰州
        "province": ("330000", 29.2, 120.0),
    }

    def place(code: str, latitude: float, longitude: float) -> Place:
        province = code.endswith("0000")
        level = PlaceLevel.PROVINCE if province else PlaceLevel.CITY
        parent = "" if province else f"gbt2260:{code[:2]}0000"
        id = f"gbt2260:{code}"
        return Place(id, id, level, id, parent, "CN", latitude, longitude)

    jiangsu = place("320000", 33.0, 119.8)
    return snapshot_of(
        GraphRows(
            places=(jiangsu, *(place(*row) for row in rows.values())),
            organizations=tuple(
                Organization(f"t:{name}", name, Kind.FIRM, place=f"gbt2260:{row[0]}")
                for name, row in rows.items()
            ),
            offers=tuple(
                Offer(f"t:{name}#o", f"t:{name}", OfferKind.PRODUCT, NEED, "en") for name in rows
            ),
        ),
        vectors=False,
    )


ZHEJIANG = {"wenzhou", "ningbo", "taizhou", "beside", "province"}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("must be in Taizhou, Zhejiang", {"taizhou"}),
        ("must be in Taizhou (Jiangsu)", {"taizhou-js"}),
        ("must be in Wenzhou, Zhejiang or Taizhou, Jiangsu", {"wenzhou", "taizhou-js"}),
        ("必须在浙江台州或江苏泰州", {"taizhou", "taizhou-js"}),
        ("must be in Zhejiang or Wenzhou", ZHEJIANG),
        ("must be in Zhejiang, Jiangsu or Wenzhou", ZHEJIANG | {"taizhou-js"}),
        ("must be outside Wenzhou and Ningbo", {"taizhou", "beside", "taizhou-js", "province"}),
        ("必须不在温州、宁波", {"taizhou", "beside", "taizhou-js", "province"}),
        ("必须非温州", ZHEJIANG - {"wenzhou"} | {"taizhou-js"}),
        ("must be anywhere but Wenzhou, Zhejiang", ZHEJIANG - {"wenzhou"} | {"taizhou-js"}),
        ("必须在浙江，别是温州的", ZHEJIANG - {"wenzhou"}),
        ("must be within 50 km of 台州", {"taizhou", "beside"}),
        ("must be in Wenzhou or within 50 km of 台州", {"wenzhou", "taizhou", "beside"}),
        ("must be within 100 km of Ningbo, not in Wenzhou", {"ningbo"}),
        ("必须在温州或台州附近", {"wenzhou", "taizhou", "beside"}),
        ("must be near Taizhou, Zhejiang", {"taizhou", "beside"}),
        ("必须在温州，不在台州", {"wenzhou"}),
    ],
)
def test_who_is_where_a_question_insists_on(towns, where, expected):
    """The sets are counted on the map by hand."""
    answer = found(towns, f"{NEED}, {where}")
    assert {id.removeprefix("t:") for id in ids(answer)} == expected


def test_of_here_and_another_place_either_will_do(towns):
    for where in ("must be local or in Ningbo", "必须在本地或宁波"):
        answer = found(towns, f"{NEED}, {where}")
        assert set(ids(answer)) == {"t:wenzhou", "t:ningbo"}


def test_of_a_place_within_another_both_count(makers):
    """浙江宁波 is Ningbo, not the province or the city."""
    insisted = found(makers, f"{NEED}，必须在浙江宁波")
    assert ids(insisted) == ["t:far"]


def test_around_a_county_called_by_its_short_name_is_within_a_drive_of_it(makers):
    """Wenzhou's middle is nine kilometres from that of 瓯海区, Ningbo some 230."""
    answer = {each.id: each.comparison for each in found(makers, f"{NEED}，最好瓯海附近")}
    assert "瓯海附近" in [judged.requirement.text for judged in answer["t:small"].met]
    assert "瓯海附近" in [judged.requirement.text for judged in answer["t:far"].unmet]


def test_where_somebody_is_is_not_told_as_its_saying(makers):
    told = [
        reason.message.text("en")
        for each in found(makers, f"{NEED}, preferably Ningbo")
        for reason in (*each.reasons, *each.against)
    ]
    assert "is not what you ask of a partner: Ningbo" in told
    assert "something else than you specify: DN40" in told
    assert not any("Ningbo" in text for text in told if "specify" in text)


def test_what_is_not_to_be_is_told_so(makers):
    told = {
        reason.message.text(language)
        for language in ("en", "zh")
        for each in found(makers, f"{NEED}, not in Ningbo")
        for reason in (*each.reasons, *each.against)
    }
    assert "is not what you ask of a partner: not Ningbo" in told
    assert any(text.endswith("非Ningbo") for text in told)


def test_a_distance_is_measured_from_the_place_named_else_from_the_seeker(makers):
    """Wenzhou to Ningbo are some 220 km as the crow flies."""
    here = found(makers, f"{NEED}, must be within 100 km")
    assert set(ids(here)) == {"t:small", "t:large"}
    there = found(makers, f"{NEED}, must be within 100 km of Ningbo")
    assert ids(there) == ["t:far"]


def test_the_kind_of_partner_is_what_the_graph_knows(makers):
    answer = {each.id: each.comparison for each in found(makers, f"{NEED}, small firm preferred")}
    met = {j.requirement.value for j in answer["t:far"].met}
    unmet = {j.requirement.value for j in answer["t:small"].unmet}
    assert "small firm" in met & unmet


@pytest.mark.parametrize(
    ("kind", "is_met"),
    [(Kind.UNIVERSITY, True), (Kind.RESEARCH_INSTITUTE, True), (Kind.FIRM, False)],
)
def test_a_research_group_is_one_of_a_university_or_an_institute(kind, is_met):
    snapshot = snapshot_of(
        GraphRows(
            organizations=(Organization("t:one", "t:one", kind),),
            offers=(Offer("t:offer", "t:one", OfferKind.TECHNOLOGY, "再生碳纤维表面活化", "zh"),),
        ),
        vectors=False,
    )
    text = SeekerText(
        "找做再生碳纤维表面活化的课题组",
        StatementKind.NEED,
        "zh",
        GoalName.CROSS_CLUSTER,
        is_question=True,
    )
    answer = recommend(snapshot, Seeker(texts=(text,)), Request(GoalName.CROSS_CLUSTER))
    (comparison,) = (match.comparison for match in answer.matches)
    said = {j.requirement.value: j.verdict.value for j in comparison.judgements}
    assert said["research group"] == ("met" if is_met else "unmet")


def test_who_has_no_place_but_says_where_it_is_looks_from_there(makers):
    """Ningbo is some 230 kilometres from Wenzhou: not local, and elsewhere."""
    for text, expected in (
        ("我们在温州，找本地的 gate valves DN40 PN25 carbon steel", ["t:small"]),
        ("我们在温州，找外地的 gate valves DN40 PN25 carbon steel", ["t:far"]),
    ):
        question = SeekerText(
            without_speaker(text),
            StatementKind.NEED,
            "en",
            GoalName.SUPPLIER,
            is_question=True,
            said_of_speaker=said_of_speaker(text),
        )
        guest = Seeker(texts=(question,))
        answer = recommend(makers, guest, Request(GoalName.SUPPLIER)).matches
        assert ids(list(answer))[:1] == expected


def test_who_sells_the_grade_alone_stands_behind_who_makes_the_thing():
    offers = {
        "t:stockist": "T700 3K twill stock, T700 tow from the shelf, next day",
        "t:weaver": "prepreg cloth in small lots",
    }
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(Organization(id, id, Kind.FIRM) for id in offers),
            offers=tuple(
                Offer(f"{id}#offer", id, OfferKind.PRODUCT, text, "en")
                for id, text in offers.items()
            ),
        ),
        vectors=False,
    )
    assert ids(found(snapshot, "T700 prepreg cloth")) == ["t:weaver", "t:stockist"]


def test_who_lacks_something_else_itself_is_no_partner_however_alike_it_asks():
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(Organization(id, id, Kind.FIRM) for id in ("t:lacks", "t:makes")),
            needs=(
                Need(
                    "n:1",
                    "t:lacks",
                    GoalName.CROSS_CLUSTER,
                    "想跟外地碳纤维厂直接合作，样件一起做，本地都是贸易商",
                    "zh",
                ),
            ),
            offers=(Offer("o:1", "t:makes", OfferKind.PRODUCT, "供镍基合金棒，样件可做", "zh"),),
        ),
        vectors=False,
    )
    for text in (
        "想跟外地合金棒厂直接合作，样件一起做",
        "想直接跟外地做镍合金棒的厂合作，样件一起做",
    ):
        question = SeekerText(
            text, StatementKind.NEED, "zh", GoalName.CROSS_CLUSTER, is_question=True
        )
        answer = recommend(snapshot, Seeker(texts=(question,)), Request(GoalName.CROSS_CLUSTER))
        assert ids(list(answer.matches))[:1] == ["t:makes"]


def test_nobody_of_the_town_that_who_asks_says_to_be_in_is_a_partner_elsewhere(makers):
    text = "我们在温州，找 gate valves DN40 PN25 carbon steel"
    question = SeekerText(
        without_speaker(text),
        StatementKind.NEED,
        "en",
        GoalName.CROSS_CLUSTER,
        is_question=True,
        said_of_speaker=said_of_speaker(text),
    )
    answer = recommend(makers, Seeker(texts=(question,)), Request(GoalName.CROSS_CLUSTER))
    assert ids([*answer.matches, *answer.nearby]) == ["t:far"]
