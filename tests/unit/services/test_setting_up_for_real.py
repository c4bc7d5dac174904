"""A graph to begin with that holds nothing made up."""

from __future__ import annotations

from matchmaker.cli.imports import load_seed


def test_without_samples_there_is_nobody_made_up(wired):
    """Seen: an office that followed the guide had 293 made-up firms, and no way to be rid of them.

    Universities and clusters as seed/README.md counts them.
    """
    assert load_seed(wired, None, samples=False).written
    rows = wired.store.export().rows
    assert (len(rows.organizations), len(rows.clusters)) == (147, 176)
    assert not [
        row.id for row in (*rows.organizations, *rows.clusters) if row.id.startswith("seed:")
    ]
    assert (rows.offers, rows.needs, rows.ties, rows.memberships) == ((), (), (), ())
