"""Industries in the reader's language: a class without an English name is named by its group."""

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Industry
from matchmaker.errors import InvalidInput


@pytest.mark.parametrize(
    ("id", "english"),
    [
        ("t:C34", "General machinery"),
        ("t:344", "Pumps and valves"),
        ("t:3443", "Pumps and valves (3443)"),
        ("t:99", ""),
        ("t:none", ""),
    ],
)
def test_an_industry_is_named_in_english_by_itself_or_by_what_is_above_it(wired, id, english):
    wired.store.upsert(
        GraphRows(
            industries=(
                Industry("t:C34", "通用设备制造业", "General machinery"),
                Industry("t:344", "泵、阀门制造", "Pumps and valves", parent="t:C34"),
                Industry("t:3443", "阀门和旋塞制造", parent="t:344"),
                Industry("t:99", "其他"),
            )
        )
    )
    wired.refresher.refresh(ADMIN)
    assert wired.codes.english_of_industry(id) == english


@pytest.mark.parametrize(
    ("text", "id", "is_told"),
    [
        ("泵、阀门", "t:344", True),
        ("泵和阀门", "t:344", True),
        ("泵、阀门、压缩机制造", "t:344", False),
        ("t:344", "t:344", False),
        ("", None, False),
    ],
)
def test_an_industry_that_lists_all_that_a_field_says_is_taken_and_told(wired, text, id, is_told):
    """It was refused, with the name of the one that was meant."""
    wired.store.upsert(
        GraphRows(
            industries=(
                Industry("t:C34", "通用设备制造业"),
                Industry("t:344", "泵、阀门、压缩机制造", parent="t:C34"),
                Industry("t:345", "轴承、齿轮制造", parent="t:C34"),
            )
        )
    )
    wired.refresher.refresh(ADMIN)
    meant, told = wired.codes.meant("industries", text)
    assert (meant, told is not None) == (id, is_told)
    with pytest.raises(InvalidInput):
        wired.codes.meant("industries", "袜子、手套")
