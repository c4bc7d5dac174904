"""Names by what people type, each way told apart and marked."""

import pytest

from matchmaker.services.directory.name_search import MatchedBy, NameTable
from matchmaker.text import marked

NAMES = (
    (0, "浙江大学"),
    (0, "Zhejiang University"),
    (1, "浙江工业大学"),
    (2, "哈尔滨工业大学"),
    (3, "重庆长安阀门有限公司"),
    (4, "Massachusetts Institute of Technology"),
    (5, "温州泵业（集团）有限公司"),
)


def found(typed):
    return NameTable(NAMES).matches(typed)


def stretches(match):
    return [match.text[start:end] for start, end in match.marks]


@pytest.mark.parametrize(
    ("typed", "owner", "by", "shown"),
    [
        ("浙江大学", 0, MatchedBy.NAME, ["浙江大学"]),
        ("浙大", 0, MatchedBy.SHORT_NAME, ["浙", "大"]),
        ("哈工大", 2, MatchedBy.SHORT_NAME, ["哈", "工", "大"]),
        ("zhejiangdaxue", 0, MatchedBy.PINYIN, ["浙江大学"]),
        ("zhe jiang da", 0, MatchedBy.PINYIN, ["浙江大"]),
        ("zjdx", 0, MatchedBy.INITIALS, ["浙江大学"]),
        ("zheda", 0, MatchedBy.SHORT_NAME, ["浙", "大"]),
        ("zhe da", 0, MatchedBy.SHORT_NAME, ["浙", "大"]),
        ("hagongda", 2, MatchedBy.SHORT_NAME, ["哈", "工", "大"]),
        ("zhegongda", 1, MatchedBy.SHORT_NAME, ["浙", "工", "大"]),
        # Characters of several readings are read as their words are: Chongqing, Chang'an.
        ("chongqingchangan", 3, MatchedBy.PINYIN, ["重庆长安"]),
        ("cqca", 3, MatchedBy.INITIALS, ["重庆长安"]),
        ("MIT", 4, MatchedBy.INITIALS, ["M", "I", "T"]),
        ("泵業", 5, MatchedBy.NAME, ["泵业"]),
        ("university zhejiang", 0, MatchedBy.OTHER_NAME, ["Zhejiang", "University"]),
    ],
)
def test_a_name_is_found_by(typed, owner, by, shown):
    matches = found(typed)
    best = max(matches, key=lambda each: matches[each].strength)
    assert best == owner
    assert matches[best].by is by
    assert stretches(matches[best]) == shown


@pytest.mark.parametrize(
    "typed", ["", "  ", "学江", "xyz", "大浙", "zhongqingzhangan", "北大", "dazhe", "jiangxue"]
)
def test_what_no_name_has_finds_none(typed):
    assert found(typed) == {}


def test_the_name_itself_is_stronger_than_its_beginning_and_that_than_a_part():
    names = NameTable([(0, "阀门"), (1, "阀门厂"), (2, "温州 阀门"), (3, "温州阀门厂")])
    matches = names.matches("阀门")
    ranked = sorted(matches, key=lambda owner: -matches[owner].strength)
    assert ranked == [0, 1, 2, 3]
    assert matches[0].strength == 1


def test_a_table_that_is_not_spelt_has_no_pinyin():
    assert NameTable([(0, "浙江大学")], is_spelt=False).matches("zjdx") == {}


@pytest.mark.parametrize(
    ("text", "question", "shown"),
    [
        ("硅溶胶精密铸造阀体，CF8", "精密鑄造 cf-8", ["精密铸造", "CF8"]),
        ("We cast Valves, and forge.", "a valve we forge", ["Valves", "forge"]),
        ("ＤＮ５０ 球阀", "dn50", ["ＤＮ５０"]),
        ("袜子", "阀门", []),
        ("", "阀门", []),
        ("我们需要阀门", "我们需要泵", []),
        ("检验室开放，一周两个半天", "冷冻电镜，一个月两个样", []),
        ("盘缝缝头，日九千双", "缝头，日八千双", ["缝头"]),
    ],
)
def test_the_words_of_a_question_are_marked_where_they_stand(text, question, shown):
    assert [text[start:end] for start, end in marked(text, question)] == shown
