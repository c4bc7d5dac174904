"""What needs as people write them name, and what answers them."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import (
    Fulfilment,
    ItemRole,
    compare,
    made_by_customers,
    read,
)


def verdicts(need: str, statement: str) -> dict[str, Fulfilment]:
    compared = compare(read(need), read(statement))
    return {each.requirement.value: each.verdict for each in compared.judgements}


@pytest.mark.parametrize("statement", ["碳纤维缠绕管，壁厚0.8–5", "碳纤维管，外径8–120"])
def test_a_name_of_the_thesaurus_is_met_by_who_says_a_name_of_the_lists(statement):
    assert verdicts("碳纤卷管五十根，长一米二", statement)["carbon fibre tube"] is Fulfilment.MET


def test_another_thing_of_the_same_material_does_not_meet_it():
    found = verdicts("碳纤卷管五十根，长一米二", "碳纤维板，2 mm，CNC切割")
    assert found["carbon fibre tube"] is not Fulfilment.MET


@pytest.mark.parametrize(
    "text", ["Toe closing by machine for 14,000 pairs of socks a day", "toe closing of socks"]
)
def test_work_for_so_many_things_is_done_on_them(text):
    roles = {item.value: item.role for item in read(text).items}
    assert roles["sock"] is ItemRole.WHOLE


@pytest.mark.parametrize("text", ["镀彩虹色，哪些做钛架的厂要", "镀彩虹色，有没有做钛架的厂要的"])
def test_who_is_asked_whether_they_want_it_are_customers(text):
    assert "spectacle frame" in made_by_customers(read(text))


def test_who_speaks_of_the_whole_is_not_put_behind_where_what_is_wanted_is_on_no_list():
    compared = compare(
        read("third-party store for spectacle lenses, picked the same afternoon"),
        read("镜片分光度自动拣选云仓，当日16点前出库，旺季可临时加位。"),
    )
    assert not compared.whole
    # Valves are no seals of valves.
    assert compare(read("valve seals"), read("ball valves, DN50")).whole
