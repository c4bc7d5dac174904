"""What all tests share."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from matchmaker.settings import Settings

# A machine under load must not fail a test of what, not how fast.
settings.register_profile("matchmaker", deadline=None)
settings.load_profile("matchmaker")


@pytest.fixture(scope="session", autouse=True)
def _one_model_in_memory() -> Iterator[None]:
    """The packaged model, loaded once in a process and not for every installation or command.

    The tests of loading itself have the real function.
    """
    from matchmaker import embedding
    from matchmaker.embedding.packaged import PACKAGE

    load = embedding.load_embedder
    loaded: dict[tuple[object, ...], embedding.Embedder] = {}

    def load_once(chosen: Settings) -> embedding.Embedder:
        if chosen.model != PACKAGE:
            return load(chosen)
        key = (chosen.query_prefix, chosen.passage_prefix)
        if key not in loaded:
            loaded[key] = load(chosen)
        return loaded[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding, "load_embedder", load_once)
        yield


# First of all, as pytest-xdist reads the groups in a hook of the same name.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name what needs a browser, keep together what shares costly things, the quick ones first.

    With several workers a file stays on one of them, and all of Neo4j too: one server.
    """
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        server = item.get_closest_marker("neo4j") is not None
        item.add_marker(pytest.mark.xdist_group("neo4j" if server else item.path.name))
    items.sort(key=_cost)


def _cost(item: pytest.Item) -> int:
    # One server for all of Neo4j: begun before the pages, which both workers can share out.
    costly = ("browser", "neo4j", "slow")
    return next((3 - n for n, name in enumerate(costly) if item.get_closest_marker(name)), 0)
