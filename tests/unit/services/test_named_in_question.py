"""A question that is little more than a name finds who bears it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.services.matching.named_in_question import named_in_question
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import snapshot_of
from tests.unit.recommend.worded import asked

NAMES = {
    "haichang": ("温州·海昌阀门有限公司", "Haichang Valve Co., Ltd."),
    "tongyuan": ("同源袜厂", ""),
    "zju": ("浙江大学", "Zhejiang University"),
    "one": ("一号铸造厂", ""),
    **{f"cast{number}": (f"铸造{number}厂", "") for number in range(4)},
}


@pytest.fixture(scope="module")
def named() -> Snapshot:
    return snapshot_of(
        GraphRows(
            organizations=tuple(
                Organization(f"t:{key}", name, Kind.FIRM, name_en=english)
                for key, (name, english) in NAMES.items()
            )
        )
    )


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("海昌阀门怎么样", ["t:haichang"]),
        ("海昌阀门", ["t:haichang"]),
        ("请问同源袜厂的联系方式", ["t:tongyuan"]),
        ("Is Haichang Valve reliable?", ["t:haichang"]),
        ("contact details of Zhejiang University", ["t:zju"]),
        ("Zhejiang University phone", ["t:zju"]),
        ("浙江大学", ["t:zju"]),
        # Trades, wishes and what nobody bears.
        ("阀门", []),
        ("袜厂", []),
        ("铸造怎么样", []),
        ("铸造", []),
        ("东方阀门怎么样", []),
        ("我们需要海昌阀门那样的耐高温不锈钢阀门铸件，每月两百件", []),
        ("how good is the quality", []),
        ("你好", []),
        ("怎么样", []),
        ("x" * 5000, []),
    ],
)
def test_a_question_names_whom_it_asks_for(named: Snapshot, question: str, who: list[str]) -> None:
    assert [each.id for each in named_in_question(named, asked(question))] == who


def test_who_is_hidden_is_not_counted_among_those_who_bear_a_name() -> None:
    """Three of a name are named; with a fourth, whom the reader does not find, still three."""
    names = {number: f"海昌阀门{sign}厂" for number, sign in enumerate("甲乙丙丁")}
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(
                Organization(f"t:{number}", name, Kind.FIRM) for number, name in names.items()
            )
        )
    )
    seeker = asked("海昌阀门怎么样")
    assert named_in_question(snapshot, seeker) == ()
    hidden = frozenset({snapshot.row_of("t:2")})
    named = named_in_question(snapshot, replace(seeker, hidden=hidden))
    assert {each.id for each in named} == {"t:0", "t:1", "t:3"}
