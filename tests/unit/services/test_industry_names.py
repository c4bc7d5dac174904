"""Industries in the reader's language: a class without an English name is named by its group."""

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Industry


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
