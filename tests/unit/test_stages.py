"""Stages read from words, against texts that were read and labelled by hand."""

from __future__ import annotations

import csv
import time
from collections import Counter
from pathlib import Path

import pytest

from matchmaker import stages
from matchmaker.domain import Stage
from matchmaker.stages import StageReading, read_stages

LABELS = Path(__file__).with_name("stage_labels.csv")


def test_precision_and_recall_of_stages_on_hand_labelled_texts():
    """`either` stages may be read or not: people differ on them."""
    counts = Counter[str]()
    with LABELS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            named, either = set(row["named"].split()), set(row["either"].split())
            reading = read_stages(row["text"], is_need=False)
            read = {stage.value for stage in reading.held | reading.sought}
            counts["right"] += len(read & named)
            counts["wrong"] += len(read - named - either)
            counts["missed"] += len(named - read)
            counts["texts"] += 1
    assert counts["texts"] >= 200
    assert counts["right"] / (counts["right"] + counts["wrong"]) >= 0.97
    assert counts["right"] / (counts["right"] + counts["missed"]) >= 0.95


@pytest.mark.parametrize("stage", Stage)
def test_each_stage_is_labelled_in_both_languages(stage):
    with LABELS.open(encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file) if stage in row["named"].split()]
    assert any(text.isascii() for text in texts)
    assert any(not text.isascii() for text in texts)


@pytest.mark.parametrize(
    ("text", "is_need", "held", "sought"),
    [
        ("我们织袜子，找会做直播和品牌推广的伙伴", True, {"making"}, {"marketing"}),
        ("we knit socks, looking for e-commerce operators", True, {"making"}, {"marketing"}),
        ("生产自己来，没有设计能力", True, {"making"}, {"design"}),
        ("Logistics wanted; production in-house", True, {"making"}, {"delivery"}),
        ("售后维修网点，华东", True, set(), {"after_sales"}),
        ("售后维修网点，华东", False, {"after_sales"}, set()),
        ("32-count combed yarn, looking for sock mills", False, set(), {"making"}),
    ],
)
def test_what_one_does_is_told_from_what_one_looks_for(text, is_need, held, sought):
    expected = StageReading(frozenset(map(Stage, held)), frozenset(map(Stage, sought)))
    assert read_stages(text, is_need=is_need) == expected


@pytest.mark.parametrize("text", ["", "   ", "你好", "12345", "\ud800", "阀" * 5000])
def test_texts_without_stages_name_none(text):
    assert read_stages(text, is_need=False) == StageReading(frozenset(), frozenset())


def test_what_is_said_is_read_once_however_often_it_is_asked_with(monkeypatch):
    """With 2,000 offers each page that says why somebody fits took a second, among light ones."""
    read, find = [], stages._mentions

    def counted(written):
        read.append(written)
        return find(written)

    monkeypatch.setattr(stages, "_mentions", counted)
    texts = [f"袜子定型加工 {number}" for number in range(2_000)]
    for _ in range(3):
        assert all(Stage.MAKING in read_stages(text, is_need=False).held for text in texts)
    assert len(read) == 2_000


@pytest.mark.slow  # 20,000 characters, several times
@pytest.mark.parametrize("piece", ["年产", "也我厂", "研发找", "we make, we need design, "])
def test_stages_are_read_in_proportion_to_the_text(piece):
    """Else a text as long as one may post keeps a worker, and each refresh, busy for seconds."""

    def seconds(pieces: int) -> float:
        begin = time.process_time()
        read_stages.__wrapped__(piece * pieces, is_need=True)
        return time.process_time() - begin

    seconds(100)
    most = 20_000 // len(piece)
    short = min(seconds(most // 10) for _ in range(3))
    assert any(seconds(most) < 30 * max(short, 1e-3) for _ in range(3))
