"""Files that gzip packed are unpacked no further than a list could be that people keep."""

import gzip

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.ingest import archives
from matchmaker.ingest.gleif_records import gleif_records
from matchmaker.ingest.json_records import json_records
from matchmaker.ingest.table_file import open_table

# Eight million bytes in some thousands.
LINE = b'{"LEI": "5299SAMPLE0000000138", "name": "a"}\n'
ENDLESS = {
    "json": LINE * 180_000,
    "csv": b"LEI,Entity.LegalName\n" + b"5299SAMPLE0000000138,A\n" * 350_000,
}
FEW = 500_000  # bytes: what each reader is tried with; one reads to the real limit
READERS = {
    "a table": ("csv", lambda path: open_table(path).lines()),
    "a table of JSON": ("json", lambda path: open_table(path).lines()),
    "a public register in JSON": ("json", json_records),
    "a register of legal entities": ("csv", gleif_records),
    "the same in JSON": ("json", gleif_records),
}


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packed")
    for name, content in ENDLESS.items():
        (folder / f"list.{name}.gz").write_bytes(gzip.compress(content, 6))
    return folder


@pytest.mark.parametrize(
    ("reader", "limit"), [*((reader, FEW) for reader in READERS), ("a table", archives._SMALL_TEXT)]
)
def test_a_file_that_unpacks_without_end_is_refused_in_both_languages(
    packed, reader, limit, monkeypatch
):
    monkeypatch.setattr(archives, "_SMALL_TEXT", limit)
    kind, read = READERS[reader]
    path = packed / f"list.{kind}.gz"
    with pytest.raises(InvalidInput) as refusal:
        for _ in read(path):
            pass
    assert refusal.value.text("en") == (
        f"{path.name}: Unpacked, this file is far too large. Part it into several files."
    )
    assert "此文件解压后过大" in refusal.value.text("zh")


def test_a_packed_table_of_many_different_lines_is_read_to_its_end(tmp_path):
    path = tmp_path / "list.csv.gz"
    lines = "".join(f"{n},甲{n * 7919}厂\n" for n in range(20_000))
    path.write_bytes(gzip.compress(f"id,name\n{lines}".encode()))
    assert sum(1 for _ in open_table(path).lines()) == 20_000
