"""What a question starts from is read once where nobody has to be looked up before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import Alias, GraphRows
from matchmaker.errors import NotAllowed, NotFound
from matchmaker.services.own_organizations import asking_profile
from matchmaker.store.sqlite import SqliteStore
from tests.unit.recommend.small_graphs import organization


class CountingStore(SqliteStore):
    """A store that counts its readings."""

    readings = 0

    def _read(self, work: Any) -> Any:
        self.readings += 1
        return super()._read(work)


@pytest.fixture
def store(tmp_path: Path):
    store = CountingStore(tmp_path / "graph.db")
    store.prepare()
    organizations = tuple(map(organization, "ab"))
    aliases = (Alias("t:old", "t:a", "manual"),)
    store.upsert(GraphRows(organizations=organizations, aliases=aliases))
    store.readings = 0
    yield store
    store.close()


@pytest.mark.parametrize("asked", ["t:a", "t:old"])
def test_an_administrator_asks_for_anybody_in_one_reading(store: CountingStore, asked: str) -> None:
    assert asking_profile(store, ADMIN, asked).organization.id == "t:a"
    assert store.readings == 1


def test_a_member_asks_for_its_own_in_one_reading(store: CountingStore) -> None:
    member = Principal("account:m", account="m", organizations=frozenset({"t:a"}))
    assert asking_profile(store, member, "t:a").organization.id == "t:a"
    assert store.readings == 1


def test_nobody_else_asks_and_who_is_not_there_is_told_to_administrators(
    store: CountingStore,
) -> None:
    stranger = Principal("account:s", account="s", organizations=frozenset({"t:b"}))
    with pytest.raises(NotAllowed):
        asking_profile(store, stranger, "t:a")
    with pytest.raises(NotFound):
        asking_profile(store, ADMIN, "t:nobody")
