"""What all tests share."""

import pytest
from hypothesis import settings

# A machine under load must not fail a test of what, not how fast.
settings.register_profile("matchmaker", deadline=None)
settings.load_profile("matchmaker")


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
    costly = ("slow", "browser", "neo4j")
    return next((3 - n for n, name in enumerate(costly) if item.get_closest_marker(name)), 0)
