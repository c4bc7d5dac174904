"""What statements specify is read once for a snapshot, and kept as it was read."""

import csv
import datetime
from dataclasses import replace
from pathlib import Path

import grimp
import pytest
from hypothesis import given
from hypothesis import strategies as some

import matchmaker
from matchmaker.domain import GraphRows, Offer, OfferKind
from matchmaker.recommend.specification import kept
from matchmaker.recommend.specification.kept import reader, specification_of, written
from matchmaker.recommend.specification.reading import read
from matchmaker.snapshot.build import build
from matchmaker.snapshot.specified import UNREAD, TextReader
from matchmaker.store.ports import Export
from tests.unit.recommend.small_graphs import organization

SEED = Path(matchmaker.__file__).parents[1] / "seed"
TODAY = datetime.date(2026, 1, 1)
TEXTS = [
    "Valve bodies in CF8M, DN50–DN200, 3,000 a month; no castings, within 50 km of Wenzhou",
    "不做铸件，专做锻造阀体 F51，交期四周，-196℃到600℃，最好浙江",
    "Hello",
]


def snapshot_of(texts, text_reader, earlier=None):
    """The snapshot of one firm that offers these."""
    offers = tuple(
        Offer(f"t:o{number}", "t:a", OfferKind.PRODUCT, text) for number, text in enumerate(texts)
    )
    rows = GraphRows(organizations=(organization("a"),), offers=offers)
    return build(Export(1, rows), TODAY, None, earlier, text_reader)


def row_of(snapshot, number):
    return snapshot.statements.table.column("id").to_pylist().index(f"t:o{number}")


def offers_of_the_seed():
    texts = set()
    for file in SEED.rglob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            texts |= {row["text"] for row in csv.DictReader(lines) if row.get("text")}
    return sorted(texts)


def test_what_was_read_of_each_statement_is_what_it_says():
    texts = [*TEXTS[:2], *offers_of_the_seed()[::3]]
    assert len(texts) > 100
    snapshot = snapshot_of(texts, reader())
    for number, text in enumerate(texts):
        found, right = specification_of(snapshot, row_of(snapshot, number)), read(text)
        assert (found.text, found.items, found.denials) == (text, right.items, right.denials)
        assert found.requirements == right.requirements


@given(some.text())
def test_whatever_is_said_is_kept_as_it_was_read(text):
    found, right = kept._from_written(text, written(read(text))), read(text)
    assert (found.items, found.denials) == (right.items, right.denials)


def test_nothing_is_read_where_it_was_read_before(monkeypatch):
    snapshot = snapshot_of(TEXTS, reader())
    monkeypatch.setattr(kept, "read", lambda _: pytest.fail("it is read again"))
    found = specification_of(snapshot, row_of(snapshot, 0))
    assert "casting" in {item.value for item in found.items if item.denied}


@pytest.mark.parametrize("other", [UNREAD, TextReader("another version", lambda _: "[[],[]]")])
def test_what_was_read_another_way_is_read_anew(other):
    snapshot = snapshot_of(TEXTS, other)
    assert specification_of(snapshot, row_of(snapshot, 1)).items == read(TEXTS[1]).items


def test_the_next_snapshot_reads_what_is_new_alone():
    seen = []

    def noting(text):
        seen.append(text)
        return text[::-1]

    by = TextReader("backwards", noting)
    first = snapshot_of(["ball valves", "castings"], by)
    seen.clear()
    second = snapshot_of(["ball valves", "forgings", "gears"], by, first)
    assert sorted(seen) == ["forgings", "gears"]
    column = second.statements.table.column("specification")
    assert sorted(column.to_pylist()) == ["sevlav llab", "sgnigrof", "sraeg"]
    seen.clear()
    snapshot_of(["ball valves"], replace(by, mark="another"), second)
    assert seen == ["ball valves"]


def test_the_mark_is_of_everything_that_texts_are_read_by(monkeypatch):
    """Every module that reading imports: a change of any of them makes another mark."""
    graph = grimp.build_graph("matchmaker")
    package = "matchmaker.recommend.specification"
    reads = {f"{package}.reading", *graph.find_upstream_modules(f"{package}.reading")}
    root, digested = Path(matchmaker.__file__).parent, set()
    read_bytes = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda file: digested.add(file.resolve()) or read_bytes(file)
    )
    kept._mark()
    for module in reads:
        at = root.joinpath(*module.split(".")[1:])
        file = at / "__init__.py" if at.is_dir() else at.with_suffix(".py")
        assert file.resolve() in digested or not file.read_text("utf-8").strip(), module
