"""Words of closed lists in both languages; countries in many."""

from __future__ import annotations

import pytest
from babel import Locale

from matchmaker.errors import InvalidInput
from matchmaker.goals import GoalName
from matchmaker.ingest.cells import CellWarning, UndecidedCell, read_cell
from matchmaker.ingest.countries import country, iso_code
from matchmaker.ingest.words import (
    flag,
    implied_by_kind,
    is_other,
    kind,
    kind_of_name,
    member_of,
    one_of,
    tier,
)
from matchmaker.messages import languages, term
from matchmaker.vocabulary import (
    EngagementKind,
    Kind,
    Layer,
    NeedState,
    OfferKind,
    Role,
    Size,
    Stage,
    Terms,
    Tier,
)

LISTS = (
    Kind,
    Size,
    Tier,
    Stage,
    Layer,
    EngagementKind,
    Role,
    OfferKind,
    Terms,
    NeedState,
    GoalName,
)


@pytest.mark.parametrize("members", LISTS)
def test_what_pages_show_is_understood(members: type[Kind]) -> None:
    for member in members:
        for word in (member.value, *(str(term(member, language)) for language in languages())):
            assert member_of(members, word) is member


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "企业 公司 民营 民营企业 国有企业 外资 企業 工廠 有限责任公司(自然人独资) 个体工商户",
            Kind.FIRM,
        ),
        ("Company LTD manufacturer Firma entreprise state-owned_enterprise", Kind.FIRM),
        ("高校 大学 学院 高等院校 College Universität", Kind.UNIVERSITY),
        ("科研院所 研究所 研究院 科研机构 实验室 Lab Research_Institute", Kind.RESEARCH_INSTITUTE),
        ("平台 公共服务平台 检测机构 检验检测中心 孵化器 incubator", Kind.PLATFORM),
        ("事业单位 政府部门 管委会 Government", Kind.PUBLIC_BODY),
    ],
)
def test_kinds(words: str, expected: Kind) -> None:
    assert {kind(word) for word in words.split()} == {expected}


@pytest.mark.parametrize(
    ("words", "members", "expected"),
    [
        ("大型 大型企业 LARGE big 250+", Size, Size.LARGE),
        ("中型 中 medium-sized 50-249", Size, Size.MEDIUM),
        ("小型 小型企业 S", Size, Size.SMALL),
        ("微型 微企 micro <10", Size, Size.MICRO),
        ("中小企业 SME KMU", Size, Size.SME),
        ("专精特新 省级专精特新 专精特新（省级） “专精特新”中小企业", Tier, Tier.SPECIALISED),
        (
            "小巨人 国家级小巨人 国家级专精特新“小巨人”企业 专精特新、小巨人",
            Tier,
            Tier.LITTLE_GIANT,
        ),
        ("单项冠军 制造业单项冠军", Tier, Tier.CHAMPION),
        ("龙头企业 链主", Tier, Tier.LEAD),
        ("供货 供应关系 supplies", Layer, Layer.SUPPLIES),
        ("牵头单位 主持单位 coordinator", Role, Role.COORDINATOR),
        ("中标人 乙方 contractor", Role, Role.SUPPLIER),
        ("采购人 甲方 Auftraggeber", Role, Role.BUYER),
        ("发明专利 patents", EngagementKind, EngagementKind.PATENT),
        ("研发 R&D", Stage, Stage.RESEARCH),
        ("产学研合作 技术需求", GoalName, GoalName.RESEARCH_PARTNER),
    ],
)
def test_words_of_other_lists(words: str, members: type[Size], expected: Size) -> None:
    assert {member_of(members, word) for word in words.split()} == {expected}


@pytest.mark.parametrize(
    ("word", "members", "choices"),
    [
        ("小微企业", Size, {Size.MICRO, Size.SMALL, Size.SME}),
        ("规上企业", Size, {Size.SMALL, Size.MEDIUM, Size.LARGE}),
        ("国家级专精特新", Tier, {Tier.LITTLE_GIANT, Tier.SPECIALISED}),
        ("行业协会", Kind, {Kind.PLATFORM, Kind.PUBLIC_BODY}),
    ],
)
def test_a_word_for_several_terms_is_a_question(
    word: str, members: type[Size], choices: set[Size]
) -> None:
    with pytest.raises(UndecidedCell) as error:
        member_of(members, word)
    assert set(error.value.choices) == choices


def test_what_a_person_decided_answers_the_question() -> None:
    read = one_of(Size)
    open_question = read_cell("size", read, "小微企业")
    assert open_question.value is None
    assert open_question.problem is not None
    assert open_question.problem.severity == "warning"
    assert "micro" in open_question.choices
    decided = read_cell("size", read, "小微企业", values={("size", "小微企业"): "micro"})
    assert (decided.value, decided.problem) == (Size.MICRO, None)
    left_out = read_cell("size", read, "小微企业", values={("size", "小微企业"): ""})
    assert (left_out.value, left_out.problem) == (None, None)


def test_an_unknown_word_is_told_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="Perhaps firm is meant"):
        kind("民营企也")
    with pytest.raises(InvalidInput, match="not one of innovative"):
        tier("高新技术企业")


def test_a_kind_may_tell_a_size_or_a_tier() -> None:
    assert (kind("个体"), implied_by_kind("个体")) == (Kind.FIRM, Size.MICRO)
    assert (kind("龙头企业"), implied_by_kind("龙头企业")) == (Kind.FIRM, Tier.LEAD)
    assert implied_by_kind("企业") is None


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ("是 有 √ ✓ Y yes TRUE 1 对 Ja Oui да はい", True),
        ("否 无 × N no FALSE 0 不 nein opt-out 拒绝 暂不公开 保密 不參與 нет いいえ", False),
    ],
)
def test_yes_and_no(cells: str, value: bool) -> None:
    assert {flag(cell) for cell in cells.split()} == {value}


def test_a_cross_of_letters_can_be_yes_or_no() -> None:
    with pytest.raises(UndecidedCell):
        flag("x")
    with pytest.raises(InvalidInput, match="neither"):
        flag("perhaps")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("示例浙江金棉袜业有限公司", Kind.FIRM),
        ("示例诸暨大唐永兴缝头加工厂", Kind.FIRM),
        ("示例大学科技园有限公司", Kind.FIRM),
        ("示例绍兴文理学院纺织服装学院", Kind.UNIVERSITY),
        ("University of Sampleton", Kind.UNIVERSITY),
        ("Sample Institute of Technology", Kind.UNIVERSITY),
        ("示例大学深圳研究院", Kind.RESEARCH_INSTITUTE),
        ("Sample Institute for Pumps", Kind.RESEARCH_INSTITUTE),
        ("示例袜业质量检测中心", Kind.PLATFORM),
        ("示例自行车电动车质量监督检验所", Kind.PLATFORM),
        ("Univ. of the Plain - Dept. of Mechatronics", Kind.UNIVERSITY),
        ("Sample Institute Ltd", Kind.FIRM),
        ("示例", Kind.FIRM),
    ],
)
def test_a_name_says_what_it_is(name: str, expected: Kind) -> None:
    assert kind_of_name(name) is expected


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("CN|cn|CHN|156|中国|中國|China|中华人民共和国|P.R. China|PRC|Volksrepublik China", "CN"),
        ("UK|GB|GBR|United Kingdom|Great Britain|英国|England|826", "GB"),
        ("EL|GR|Greece|Griechenland|希腊|Ελλάδα", "GR"),
        ("DE|Deutschland|Germany|Allemagne|德国|DE - Germany|Germany (DE)", "DE"),
        ("Viet Nam|Vietnam|越南|VNM", "VN"),
        ("South Korea|Republic of Korea|Korea, Republic of|韩国|KR", "KR"),
        ("台湾|臺灣|Taiwan|中国台湾|Taiwan, Province of China", "TW"),
        ("香港|中国香港|Hong Kong|Hong Kong SAR", "HK"),
        ("USA|U.S.A.|United States of America|美国|840|us", "US"),
        ("Côte d'Ivoire|Ivory Coast|Cote d’Ivoire", "CI"),
        ("Kingdom of Spain|España|西班牙", "ES"),
        ("The Netherlands|Holland|Pays-Bas", "NL"),
        ("Czech Republic|Czechia|捷克", "CZ"),
    ],
)
def test_countries_in_any_usual_spelling(cells: str, code: str) -> None:
    assert {cell: country(cell) for cell in cells.split("|")} == dict.fromkeys(
        cells.split("|"), code
    )


def test_every_territory_of_iso_is_known_by_its_names() -> None:
    for language in ("en", "zh", "de", "fr"):
        for code, name in Locale.parse(language).territories.items():
            if iso_code(str(code)) == code:
                assert iso_code(name) == code or iso_code(name) == "", name


@pytest.mark.parametrize("cell", ["XX", "ZZ", "EU", "Atlantis", "Germny"])
def test_what_is_no_country_is_refused(cell: str) -> None:
    assert iso_code(cell) == ""
    with pytest.raises(InvalidInput):
        country(cell)


def test_an_unknown_country_names_the_nearest_and_two_are_a_question() -> None:
    with pytest.raises(InvalidInput, match="Perhaps Germany is meant: DE"):
        country("Germny")
    with pytest.raises(UndecidedCell) as error:
        country("Congo")
    assert error.value.choices == ("CD", "CG")
    with pytest.raises(CellWarning):
        country("n/a")


@pytest.mark.parametrize("cell", ["firm/university", "企业、高校", "Company or university"])
def test_two_kinds_in_one_cell_are_a_question(cell: str) -> None:
    with pytest.raises(UndecidedCell) as asked:
        kind(cell)
    assert asked.value.choices == (Kind.FIRM, Kind.UNIVERSITY)


@pytest.mark.parametrize("cell", ["其他", "Other", "Sonstige", "その他"])
def test_a_word_for_none_of_them_is_known_as_such(cell: str) -> None:
    assert is_other(cell)
    assert not is_other("其他企业联盟")
