"""Addresses that browsers send along: where somebody is, comes from, and goes to."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def parts_of(address: str) -> SplitResult | None:
    """The parts of an address; none of what is no address at all, as `http://[`."""
    try:
        return urlsplit(address)
    except ValueError:
        return None
