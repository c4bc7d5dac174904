"""No text takes much longer to be read than others of its length."""

import re
import time

import pytest

from matchmaker.recommend.specification import read, with_lacks_sought
from matchmaker.recommend.specification.replaced import replaced

pytestmark = pytest.mark.slow  # each piece is read several times, at length


@pytest.mark.parametrize(
    "piece",
    [
        "1-",
        "十",
        "dn15/",
        "1/2 ",
        "不做",
        "a ",
        "no 304 ",
        "碳刷、",
        "非温州、",
        "x-ray, ",
        "盐雾 ",
        "hrc",
        "销往东南亚和欧洲、",
        "go to Japan, ",
        "色牢度、",
        "热压罐Φ3 ",
        "盐雾、耐候和",
        "球阀换成水泵，",
        "维修，",
        "我们有两台机床，",
        "不做 宁波 ",
        "没有轴承 就",
        "代工没有",
        "x z, f,nor a的",
        "300-600-",
        "100,",
        "环氧",
        "污水检测",
    ],
)
def test_reading_takes_time_in_proportion_to_the_text(piece):
    _assert_in_proportion(read.__wrapped__, piece, 3000)


@pytest.mark.parametrize(
    "piece", ["a本厂不做b", "a我们没有", "a我们没有热处理 ", "we lack ", "no xx of our own "]
)
def test_what_is_lacked_is_looked_for_in_proportion_to_the_text(piece):
    """Else a question without a comma, as long as it may be, takes fifteen seconds."""
    _assert_in_proportion(with_lacks_sought.__wrapped__, piece, 1000)


def _assert_in_proportion(read_it, piece, pieces):
    def seconds(size: int) -> float:
        text = piece * size
        begin = time.process_time()
        read_it(text)
        return time.process_time() - begin

    seconds(100)
    short = min(seconds(pieces // 10) for _ in range(3))
    assert any(seconds(pieces) < 30 * max(short, 1e-3) for _ in range(3))


@pytest.mark.parametrize(
    "text", ["我们需要采购不锈钢球阀铸件" * 1500, "we need brass pumps " * 1000]
)
def test_what_is_replaced_is_looked_for_where_it_is_said(text):
    """Of 20,000 characters without a word of it a tenth of a second and more was taken."""
    begin = time.process_time()
    assert replaced(text, ()) == frozenset()
    taken = time.process_time() - begin
    begin = time.process_time()
    re.findall(r"\w+", text)
    assert taken < 20 * max(time.process_time() - begin, 1e-3)


@pytest.mark.parametrize("piece", ["卤素, ", "，耐火", "硬度、", "检测、", "pilling, "])
def test_a_list_without_end_is_read_about_as_fast_as_sentences(piece):
    """Else one request with a long list of tests keeps a worker busy for minutes."""

    def seconds(piece: str) -> float:
        text = (piece * 1000)[:1000]
        begin = time.process_time()
        read.__wrapped__(text)
        return time.process_time() - begin

    sentence = "需要 200 件不锈钢阀门 DN50，2 月内交货，ISO 9001。"
    seconds(sentence)
    usual = min(seconds(sentence) for _ in range(3))
    assert any(seconds(piece) < 12 * usual for _ in range(3))
