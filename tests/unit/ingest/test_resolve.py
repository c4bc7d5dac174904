"""Duplicates: merged when certain, listed when not, left alone else."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain import (
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Need,
    Organization,
    OrganizationStatus,
    Tie,
)
from matchmaker.ingest.blocking import pairs
from matchmaker.ingest.matching_model import Comparable, are_unlike
from matchmaker.ingest.names import name_key, normal_name
from matchmaker.ingest.references import drop_dangling
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.resolve import Resolution, resolve
from matchmaker.ingest.unlike import NameSummaries
from matchmaker.store.ports import DuplicateKeys

CODE = "91110000600037341L"  # a valid check character
VAT = "DE136695976"


def firm(identity: str, name: str = "", **more: object) -> Organization:
    return Organization(identity, name or identity, Kind.FIRM, **more)  # type: ignore[arg-type]


def duplicate_keys(identity: str, name: str, **more: str) -> DuplicateKeys:
    given = {"name_en": "", "credit_code": "", "vat": "", "country": "", "place": None, **more}
    return DuplicateKeys(id=identity, name=name, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("示例阀门有限公司", "示例阀门有限责任公司"),
        ("示例閥門有限公司", "示例阀门有限公司"),
        ("Valve Co., Ltd.", "VALVE CO LTD"),
        ("Valve S.p.A.", "Valve SPA"),
        ("Müller GmbH", "MÜLLER GMBH"),
        ("VALVE PTE. LTD.", "Valve Pte Ltd"),
        ("ＡＢＣ有限公司", "abc有限公司"),
    ],
)
def test_spellings_of_a_form_and_scripts_do_not_tell_names_apart(name: str, other: str) -> None:
    assert normal_name(name) == normal_name(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("示例集团有限公司", "示例有限公司"),
        ("示例阀门有限公司", "示例阀门股份有限公司"),
        ("第二阀门厂", "第三阀门厂"),
        ("SA", "AG"),
        ("Muster AG", "Muster GmbH"),
    ],
)
def test_names_that_are_two_stay_two(name: str, other: str) -> None:
    assert normal_name(name) != normal_name(other)


@given(st.text(max_size=60))
def test_normalising_twice_is_normalising_once(name: str) -> None:
    assert normal_name(normal_name(name)) == normal_name(name)


@pytest.mark.parametrize("mark", [{"credit_code": CODE}, {"vat": VAT}])
def test_the_same_valid_number_is_the_same_organization(mark: dict[str, str]) -> None:
    rows = GraphRows(organizations=(firm("a:1", "One", **mark), firm("b:1", "Another", **mark)))
    resolution = resolve(rows, (), {})
    assert [(row.id, row.organization) for row in resolution.merged] == [("b:1", "a:1")]
    assert [row.id for row in resolution.rows.organizations] == ["a:1"]


def test_an_invalid_number_proves_nothing() -> None:
    rows = GraphRows(
        organizations=(firm("a:1", "One", credit_code="123"), firm("b:1", "Two", credit_code="123"))
    )
    assert resolve(rows, (), {}).merged == ()


def test_the_same_name_in_the_same_place_is_the_same_organization() -> None:
    resolution = resolve(
        GraphRows(organizations=(firm("b:1", "示例閥門有限公司", place="p:1"),)),
        [duplicate_keys("a:1", "示例阀门有限公司", place="p:1")],
        {},
    )
    assert [(row.id, row.organization) for row in resolution.merged] == [("b:1", "a:1")]
    assert resolution.rows.organizations == ()


def test_the_same_name_without_a_place_is_for_a_person_to_decide() -> None:
    rows = GraphRows(
        organizations=(firm("a:1", "Valve works Ltd"), firm("b:1", "Valve Works Limited"))
    )
    resolution = resolve(rows, (), {})
    assert resolution.merged == ()
    assert [(row.first, row.second, row.reason) for row in resolution.review] == [
        ("a:1", "b:1", "same name; country of one not known")
    ]
    assert resolution.review[0].is_of_one_name


def test_different_valid_numbers_are_two_whatever_the_name() -> None:
    rows = GraphRows(
        organizations=(
            firm("a:1", "Same", place="p:1", vat=VAT),
            firm("b:1", "Same", place="p:1", vat="ESA58818501"),
        )
    )
    resolution = resolve(rows, (), {})
    assert (resolution.merged, resolution.review) == ((), ())


def test_a_source_whose_keys_are_trusted_is_not_merged_with_itself() -> None:
    rows = GraphRows(organizations=(firm("c:1", "Same", vat=VAT), firm("c:2", "Same", vat=VAT)))
    resolution = resolve(rows, (), {}, trust_keys=True)
    assert resolution.merged == ()
    assert len(resolution.review) == 1


def test_references_lead_to_the_one_that_was_kept() -> None:
    rows = GraphRows(
        organizations=(firm("a:1", vat=VAT), firm("b:1", vat=VAT), firm("b:2")),
        needs=(Need("n:1", "b:1", GoalName.SUPPLIER, "valves"),),
        ties=(Tie("r:1", "b:1", "b:2", Layer.SUPPLIES), Tie("r:2", "a:1", "b:1", Layer.SUPPLIES)),
    )
    resolution = resolve(rows, (), {}).rows
    assert resolution.needs[0].organization == "a:1"
    assert [(row.id, row.source) for row in resolution.ties] == [("r:1", "a:1")]


def test_a_merge_made_before_holds_again_and_is_not_made_twice() -> None:
    rows = GraphRows(
        organizations=(firm("b:1", "Renamed since"),),
        needs=(Need("n:1", "b:1", GoalName.SUPPLIER, "valves"),),
    )
    resolution = resolve(rows, [duplicate_keys("a:1", "One")], {"b:1": "a:1"})
    assert resolution.merged == ()
    assert resolution.rows.organizations == ()
    assert resolution.rows.needs[0].organization == "a:1"


def test_what_refers_to_nothing_is_left_out_and_located() -> None:
    """A place costs the place; a row that cannot be without what it names goes."""
    rows = GraphRows(
        organizations=(firm("a:1"), firm("a:2", place="p:none")),
        ties=(Tie("r:1", "a:1", "a:9", Layer.USES), Tie("r:2", "a:1", "s:1", Layer.USES)),
        needs=(Need("n:1", "a:8", GoalName.SUPPLIER, "x"),),
    )
    origins = {("ties", "r:1"): ("ties.csv", 7)}
    resolution = drop_dangling(Parsed(rows, origins=origins), {"organizations": {"s:1"}})
    assert resolution.rows.organizations == (firm("a:1"), firm("a:2"))
    assert [row.id for row in resolution.rows.ties] == ["r:2"]
    assert resolution.rows.needs == ()
    assert {(p.file, p.line, p.field, p.severity) for p in resolution.problems} == {
        ("", 0, "place", "warning"), ("ties.csv", 7, "target", "error"),
        ("", 0, "organization", "error"),
    }  # fmt: skip


def test_rows_may_refer_to_what_an_earlier_import_merged() -> None:
    """The alias itself is not in the file: only an offer that names it."""
    need = Need("n:1", "b:1", GoalName.SUPPLIER, "castings")
    tie = Tie("r:1", "b:1", "c:1", Layer.SUPPLIES)
    rows = GraphRows(needs=(need,), ties=(tie,))
    resolution = resolve(
        rows, [duplicate_keys("a:1", "A"), duplicate_keys("c:1", "C")], {"b:1": "a:1"}
    )
    assert resolution.rows.needs[0].organization == "a:1"
    assert (resolution.rows.ties[0].source, resolution.rows.ties[0].target) == ("a:1", "c:1")
    assert resolution.merged == ()


def sources(first: dict[str, str], second: dict[str, str]) -> Resolution:
    """What becomes of one row each of two sources."""
    rows = [firm(f"{source}:1", **fields) for source, fields in (("a", first), ("b", second))]
    return resolve(GraphRows(organizations=tuple(rows)), (), {})


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({"name": "Muster Ltd", "country": "GB"}, {"name": "MUSTER LIMITED"}, "same name"),
        (
            {"name": "示例恒通阀门有限公司", "name_en": "Sample Hengtong Valve Co., Ltd"},
            {"name": "Sample Hengtong Valve Co Ltd"},
            "same name",
        ),
        ({"name": "上海示例机械有限公司"}, {"name": "上海示例机械有限公司苏州分公司"}, "branch"),
        ({"name": "示例（上海）科技有限公司"}, {"name": "上海示例科技有限公司"}, "another order"),
        ({"name": "示例第二机床厂"}, {"name": "示例二机床厂"}, "another spelling"),
        ({"name": "Global Muster Samples Corp"}, {"name": "GMS"}, "abbreviates"),
        ({"name": "Universität Musterau"}, {"name": "University of Musterau"}, "another language"),
        ({"name": "Müller & Söhne GmbH"}, {"name": "Mueller und Soehne GmbH"}, "another spelling"),
        ({"name": "示例閥門股份有限公司"}, {"name": "示例阀门有限公司"}, "different legal forms"),
        ({"name": "示例集团有限公司"}, {"name": "示例有限公司"}, "group"),
        ({"name": "Werkzeug (The Muster) Inc"}, {"name": "The Muster Werkzeug Inc."}, "order"),
    ],
)
def test_what_is_alike_is_listed_with_its_reasons(
    first: dict[str, str], second: dict[str, str], reason: str
) -> None:
    both = {"country": "DE"}
    resolution = sources(both | first, both | second)
    assert resolution.merged == ()
    (pair,) = resolution.review
    assert 0 < pair.score < 0.99
    assert any(reason in str(each) for each in pair.reasons)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"name": "示例第二机床厂"}, {"name": "示例第三机床厂"}),
        ({"name": "Muster Nord GmbH"}, {"name": "Muster Süd GmbH"}),
        ({"name": "Muster Ltd", "vat": VAT}, {"name": "Muster Ltd", "vat": "ESA58818501"}),
        ({"name": "Prüftechnik Muster AG"}, {"name": "Gießerei Muster AG"}),
        ({"name": "示例鼎越智能软件有限公司"}, {"name": "示例卓越智能软件有限公司"}),
        ({"name": "示例市工业大学"}, {"name": "示例市大学"}),
        (
            {"name": "示例恒川镜片厂", "name_en": "Sample Hengchuan Lens Works"},
            {"name": "示例华川镜片厂", "name_en": "Sample Huachuan Lens Works"},
        ),
    ],
)
def test_what_differs_in_what_tells_is_neither_merged_nor_listed(
    first: dict[str, str], second: dict[str, str]
) -> None:
    resolution = sources(first, second)
    assert (resolution.merged, resolution.review) == ((), ())


def test_a_country_or_a_province_is_no_place_to_merge_by() -> None:
    for place in ("iso3166:CN", "gbt2260:330000"):
        fields = {"name": "示例阀门有限公司", "place": place, "country": "CN"}
        assert sources(fields, fields).merged == ()


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("台州市海鑫泵业有限公司", True),
        ("浙江利欧锋机电股份有限公司", True),
        ("浙江大学", True),
        ("新华机械制造有限公司", False),  # a district is called so, and firms everywhere
        ("永安阀门制造有限公司", False),
        ("海鑫泵业", False),  # no place and no form: anybody's short name
        ("示例阀门有限公司", False),
        ("Taizhou Haixin Pump Co., Ltd.", False),
    ],
)
def test_a_full_registered_name_is_given_once(name, is_one) -> None:
    """State Council order 734 of 2020: no register has it twice."""
    assert bool(sources({"name": name}, {"name": name}).merged) == is_one
    apart = {"name": name, "place": "gbt2260:331000"}, {"name": name, "place": "gbt2260:330300"}
    assert sources(*apart).merged == ()
    assert sources({"name": name}, {"name": name + "台州分公司"}).merged == ()


def test_two_that_a_person_kept_apart_are_never_merged_again() -> None:
    rows = GraphRows(organizations=(firm("a:1", vat=VAT), firm("b:1", vat=VAT)))
    resolution = resolve(rows, (), {}, not_duplicates={("a:1", "b:1")})
    assert (resolution.merged, resolution.review) == ((), ())


def test_two_keys_of_a_trusted_source_are_not_joined_over_a_third() -> None:
    rows = GraphRows(organizations=(firm("c:1", "Same", vat=VAT), firm("c:2", "Same", vat=VAT)))
    resolution = resolve(rows, [duplicate_keys("a:1", "Same", vat=VAT)], {}, trust_keys=True)
    assert [(row.id, row.organization) for row in resolution.merged] == [("c:1", "a:1")]
    assert [row.key for row in resolution.review] == [("a:1", "c:2")]


def test_a_name_known_by_an_older_key_of_its_source_is_the_same_one() -> None:
    """Keys are made of names; when the rule changes, an import does not bring all anew."""
    name = "Muster Werke Ltd"
    rows = GraphRows(organizations=(firm(f"t:{name_key(name)}", name),))
    older = duplicate_keys("t:0123456789abcdef", "MUSTER WERKE LIMITED")
    (alias,) = resolve(rows, [older], {}, trust_keys=True).merged
    assert alias.organization == older.id


def test_one_source_means_one_by_a_name_whatever_it_knows_besides() -> None:
    """A list of members has codes, that of orders only names; another source is not the same."""
    name = "Muster Werke Ltd"
    order = GraphRows(organizations=(firm(f"t:{name_key(name)}", name),))
    (alias,) = resolve(order, [duplicate_keys("t:12", name, vat=VAT, country="DE")], {}).merged
    assert alias.organization == "t:12"
    other = resolve(order, [duplicate_keys("u:12", name, vat=VAT, country="DE")], {})
    assert (other.merged, [row.key for row in other.review]) == ((), [(order_id(name), "u:12")])


def test_a_name_of_two_in_one_source_is_for_a_person_to_decide() -> None:
    name = "Muster Werke Ltd"
    known = [
        duplicate_keys("t:1", name, place="gbt2260:330300"),
        duplicate_keys("t:2", name, place="gbt2260:330100"),
    ]
    order = GraphRows(organizations=(firm(order_id(name), name),))
    resolution = resolve(order, known, {})
    assert resolution.merged == ()
    assert {key for row in resolution.review for key in row.key} == {"t:1", "t:2", order_id(name)}


def test_one_name_in_two_places_of_one_list_is_two() -> None:
    rows = (
        firm("t:0123456789abcdef", "Muster Ltd", place="gbt2260:330300"),
        firm("t:fedcba9876543210", "Muster Ltd", place="gbt2260:330100"),
    )
    assert resolve(GraphRows(organizations=rows), (), {}).merged == ()


def order_id(name: str) -> str:
    """The id of one that a list of orders names."""
    return f"t:{name_key(name)}"


def test_the_status_that_a_name_tells_is_kept() -> None:
    rows = GraphRows(organizations=(firm("a:1", "Muster GmbH (in liquidation)"),))
    (row,) = resolve(rows, (), {}).rows.organizations
    assert row.status is OrganizationStatus.IN_LIQUIDATION


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("示例流体控制有限公司", ("恒泰阀门",)), ("恒泰阀门有限公司", ())),
        (("Sample Group AG", ("Muster Armaturen GmbH",)), ("Muster Armaturen GmbH", ())),
        (("Alpha Valves", ("Nordic Flow",)), ("Beta Pumps", ("Nordic Flow",))),
    ],
)
def test_a_name_that_the_other_has_besides_is_listed_and_never_merged(first, second) -> None:
    rows = (
        firm("a:1", first[0], other_names=first[1]),
        firm("b:1", second[0], other_names=second[1]),
    )
    result = resolve(GraphRows(organizations=rows), (), {})
    assert result.merged == ()
    (pair,) = result.review
    assert "one is also called as the other" in [reason.id for reason in pair.reasons]


def test_an_acronym_that_many_share_tells_nothing() -> None:
    rows = (firm("a:1", "Sample University", other_names=("SU",)),
            firm("b:1", "Silesian Polytechnic", other_names=("SU",)))  # fmt: skip
    result = resolve(GraphRows(organizations=rows), (), {})
    assert (result.merged, result.review) == ((), ())


def test_who_is_told_apart_at_once_is_unlike_in_full() -> None:
    """Names that share a block: only such as the whole comparison calls unlike are dismissed."""
    draw = random.Random(7)
    words = (
        "Universität University Sample Muster Pumps GmbH Branch Institut de la 2 II Group MIT & %"
    )
    signs = "温州示例阀门集团控股有限公司第一二分研究院电子12机械"
    names = [
        joined.join(draw.choice(parts) for _ in range(draw.randint(1, most)))
        for joined, parts, most in ((" ", words.split(), 5), ("", list(signs), 12))
        for _ in range(800)
    ]  # fmt: skip
    sites, codes = ("", "", "www.sample.example", "muster.example"), ("", "", "DE136695976")
    rows = [
        DuplicateKeys(
            f"x:{number}", name, vat=draw.choice(codes), website=draw.choice(sites),
            other_names=tuple(draw.sample(names, draw.choice((0, 0, 1, 2)))),
        )
        for number, name in enumerate(names)
    ]  # fmt: skip
    of = [Comparable.of(row) for row in rows]
    every, kept = set(pairs(rows)), set(pairs(rows, 0, NameSummaries()))
    assert kept < every
    assert all(are_unlike(of[first], of[second]) for first, second in every - kept)


def test_names_of_the_same_letters_are_told_apart_by_their_words_and_not_from_a_part() -> None:
    names, summaries = ("Casa Rete", "Cesare Ata", "Casa Rete Uno"), NameSummaries()
    for number, name in enumerate(names):
        summaries.add(Comparable.of(DuplicateKeys(f"x:{number}", name)))
    told = summaries.are_unlike(np.array([0, 0]), np.array([1, 2]))
    assert told.tolist() == [True, False]


@pytest.mark.parametrize(
    ("chinese", "latin", "is_listed"),
    [
        ("台州市海鑫泵业有限公司", "Haixin Pump Co., Ltd. Taizhou", True),
        ("台州市海鑫泵业有限公司", "Taizhou Hai Xin Pump Industry Co.,Ltd", True),
        ("温岭市宏昌铸件厂", "Hongchang Casting Works, Wenling", True),
        ("浙江利欧锋机电股份有限公司", "Zhejiang Lioufeng Electromechanical Co., Ltd.", True),
        ("乐清市海鑫电气有限公司", "Yueqing Haixin Electric Co., Ltd.", True),
        ("宁波长城泵业有限公司", "Ningbo Changcheng Pump Co., Ltd.", True),
        ("宁波和平泵业有限公司", "Ningbo Heping Pump", True),
        ("台州市海鑫泵业有限公司", "Haixin Pump Co., Ltd.", False),  # of which town?
        ("台州市海鑫泵业有限公司", "Ningbo Haixin Pump Co., Ltd.", False),
        ("台州市海鑫泵业有限公司", "Taizhou Xinhai Pump Co., Ltd.", False),
    ],
)
def test_a_trade_name_in_pinyin_with_its_town_is_asked_about(chinese, latin, is_listed) -> None:
    """The readings are those of any dictionary: 海 hǎi, 鑫 xīn, 宏 hóng, 昌 chāng."""
    answer = sources({"name": chinese}, {"name": latin})
    assert answer.merged == ()
    assert bool(answer.review) == is_listed
