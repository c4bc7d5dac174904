"""Needs as they stand in letters: who writes, where one met, grades by their digits alone."""

import pytest

from matchmaker.domain import GoalName, GraphRows, Kind, Offer, OfferKind, Organization
from matchmaker.recommend.model import Request
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.specification import (
    ItemRole,
    RequirementKind,
    compare_customer,
    is_rival,
    read,
    without_speaker,
)
from tests.unit.recommend.worded import asked
from tests.unit.snapshot.graphs import snapshot_of


@pytest.mark.parametrize(
    ("text", "gone", "kept"),
    [
        ("上次在温州泵阀展上见过面。我们有一批阀杆要做氮化", ["温州", "泵阀"], ["阀杆", "氮化"]),
        (
            "Dear Mr Chen, we met at the Wenzhou valve fair in May. We need nitriding of stems.",
            ["Wenzhou", "valve fair"],
            ["nitriding of stems"],
        ),
        ("新材料企业绕碳纤维管的，想找袜机厂用到辊筒上", ["碳纤维管"], ["袜机厂"]),
        (
            "Drone arm maker with prepreg offcuts looks for recyclers",
            ["Drone arm"],
            ["prepreg offcuts", "recyclers"],
        ),
    ],
)
def test_where_one_met_and_what_the_writer_makes_is_not_asked_for(text, gone, kept):
    wanted = without_speaker(text)
    assert not any(words in wanted for words in gone)
    assert all(words in wanted for words in kept)


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("展会上遇到的客户要球阀，DN50，304材质", "球阀"),
        ("求购球阀上次展会上见过样品，DN50，304材质", "球阀"),
        ("we met buyers who want ball valves at the show, 500 pieces of flanges", "ball valves"),
    ],
)
def test_what_somebody_met_at_a_fair_wants_is_asked_for(text, thing):
    """Seen: the thing went with where one met, and its size and material alone were asked for."""
    assert thing in without_speaker(text)


@pytest.mark.parametrize("event", ["供需对接会上", "订货会", "需求对接活动中", "行业论坛"])
def test_where_one_met_may_be_called_by_what_is_wanted_there(event):
    assert without_speaker(f"上次在{event}见过面，做球阀的找法兰").strip().startswith("做球阀")


@pytest.mark.parametrize(
    "text",
    ["想参加展会认识客户，做镜盒", "眼镜厂用的，找能做小批量的电镀", "袜厂要用的，寻包芯氨纶纱"],
)
def test_what_is_asked_for_stays(text):
    assert without_speaker(text) == text


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("DN80 PN16的304法兰，急", "304"),
        ("不锈钢法兰 DN80 PN16 304的", "304"),
        ("法兰 316", "316"),
        ("304 flange DN80", "304"),
    ],
)
def test_a_usual_grade_beside_a_thing_is_one_without_a_word_of_steel(text, grade):
    assert grade in [item.value for item in read(text).of(RequirementKind.MATERIAL)]


@pytest.mark.parametrize(
    "text", ["304个法兰", "法兰304片", "房间号304，法兰", "电机430台", "We need 430 valves"]
)
def test_a_number_of_things_is_no_grade(text):
    assert not read(text).of(RequirementKind.MATERIAL)


@pytest.mark.parametrize("text", ["阀杆没地方做调质和氮化", "一批阀杆没人肯做氮化"])
def test_what_nobody_is_found_to_work_on_is_there(text):
    (stem,) = read(text).of(RequirementKind.PRODUCT)
    assert (stem.value, stem.role) == ("valve stem", ItemRole.WHOLE)


def test_a_seal_of_a_seat_is_the_seat():
    assert [item.value for item in read("PTFE阀座密封圈 DN25").of(RequirementKind.PRODUCT)] == [
        "valve seat"
    ]


@pytest.mark.parametrize(
    "description", ["Investment castings for valves and pumps, ductile iron.", "铸铝缸体，供球阀厂"]
)
def test_who_sells_to_makers_of_a_thing_is_no_customer_for_it(description):
    assert is_rival(compare_customer(read("我们做V型调节球阀，谁要"), read(description)))


def test_what_another_statement_says_of_the_same_thing_is_met_by_its_owner():
    """A list brought the bare name of the thing; the firm's own words say of which steel."""
    firm = Organization("t:forge", "Forge", Kind.FIRM)
    texts = ("法兰", "多向模锻，做法兰、阀座，材料以F304、F316为主")
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm,),
            offers=tuple(
                Offer(f"o:{number}", firm.id, OfferKind.PRODUCT, text)
                for number, text in enumerate(texts)
            ),
        ),
        vectors=False,
    )
    (match,) = recommend(snapshot, asked("不锈钢法兰"), Request(GoalName.SUPPLIER)).matches
    met = {judged.requirement.value: judged.evidence.text for judged in match.comparison.met}
    assert met["flange"] == "法兰"
    assert met["stainless steel"].casefold() in ("f304", "f316")
