"""Characters that only sound like those meant, and words that only look like a slip."""

import pytest

from matchmaker.recommend import homophones
from matchmaker.recommend.homophones import resounded


def read(text: str, *stated: str) -> str:
    return resounded(text, set(stated).__contains__)[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("我门要做一批不绣钢法兰", "我门要做一批不锈钢法兰"),
        ("找碳纤为布，3K斜纹", "找碳纤维布，3K斜纹"),
        ("电动掉节阀 DN50", "电动调节阀 DN50"),
        ("谁做精密竹造", "谁做精密铸造"),
    ],
)
def test_a_name_with_a_character_that_sounds_like_its_own_is_read_as_that_name(written, meant):
    assert read(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "不锈钢法兰，碳纤维布，电动调节阀，精密铸造",
        "缝头、翻袜、检袜加工，缝头机二十台，计件结算。",
        "机械工程、光学工程、材料科学与工程及工程热物理",
        "可绣字、硅胶防滑点；压力袜测试仪；真空机和喷涂",
        "非标到2米，含深孔水路",
        "一帆无人机要飞手",
        "你好，在吗？谢谢老板",
        "锻件带热处理，巧克力及饼干",
    ],
)
def test_what_is_written_as_it_is_meant_stays(text):
    assert read(text) == text


def test_what_the_graph_says_so_is_meant_so():
    assert read("找不绣钢", "不绣钢") == "找不绣钢"


def test_each_slip_is_told_once():
    text, slips = resounded("不绣钢和不绣钢", lambda word: False)
    assert text == "不锈钢和不锈钢"
    assert slips == (("不绣钢", "不锈钢"),)


def test_a_text_is_listened_to_once_under_whichever_goals_it_is_put(monkeypatch):
    """Of a question of 20,000 characters it was half a second of the processor for each goal."""
    listened: list[int] = []
    meant = homophones._meant

    def counted(text, start, end):
        listened.append(start)
        return meant(text, start, end)

    monkeypatch.setattr(homophones, "_meant", counted)
    text = "这一句话只在这里问：谁做精密竹造"
    assert read(text) == read(text) == "这一句话只在这里问：谁做精密铸造"
    assert len(listened) == len(set(listened))


def test_whether_a_word_stands_in_the_graph_is_asked_once_for_each():
    asked: list[str] = []

    def is_stated(word):
        asked.append(word)
        return True

    text = "谁做精密竹造，" * 50
    assert resounded(text, is_stated)[0] == text
    assert len(asked) == len(set(asked)) > 0
