"""The copy of the graph beside a server: what cannot be read of it is no reason to stop."""

import pytest

from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.store.graph_copy import GraphCopy
from matchmaker.store.sqlite import SqliteStore


@pytest.mark.parametrize("how", ["empty", "cut off", "another thing"])
def test_a_damaged_copy_is_of_no_state_and_the_next_takes_its_place(tmp_path, how):
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    store.upsert(GraphRows(organizations=(Organization("t:firm", "示例厂", Kind.FIRM),)))
    copy = GraphCopy(tmp_path / "copy", SqliteStore)
    copy.write(store.export())
    assert copy.is_of(store.state())
    (file,) = copy.folder.glob("*.db")
    content = file.read_bytes()
    file.write_bytes({"empty": b"", "cut off": content[: len(content) // 3]}.get(how, b"x" * 9999))
    assert not copy.is_of(store.state())
    copy.write(store.export())
    assert copy.is_of(store.state())
    store.close()


def test_a_copy_that_goes_as_it_is_read_is_read_from_the_one_that_took_its_place(
    tmp_path, monkeypatch
):
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    store.upsert(GraphRows(organizations=(Organization("t:firm", "示例厂", Kind.FIRM),)))
    copy = GraphCopy(tmp_path / "copy", SqliteStore)
    copy.write(store.export())
    read = SqliteStore._read

    def goes_meanwhile(opened, work, *, bulk=False):
        monkeypatch.setattr(SqliteStore, "_read", read)
        GraphCopy(copy.folder, SqliteStore).write(store.export())  # as another process does
        return read(opened, work, bulk=bulk)

    assert copy.read(lambda tx: tx.seeker_profile("t:firm")) is not None
    monkeypatch.setattr(SqliteStore, "_read", goes_meanwhile)
    assert copy.read(lambda tx: tx.seeker_profile("t:firm")) is not None
    store.close()
