"""All indicators, in the order of the page."""

from __future__ import annotations

from matchmaker.audit import actor_indicators, channel_indicators, network_indicators
from matchmaker.audit.figures import Figure
from matchmaker.audit.view import INDICATORS, View

__all__ = ["INDICATORS", "actor_indicators", "channel_indicators", "measured", "network_indicators"]


def measured(view: View, names: tuple[str, ...] | None = None) -> dict[str, Figure]:
    """All indicators of a view, or those named, in the order of the page."""
    return {
        name: function(view)
        for name, (_, function) in INDICATORS.items()
        if names is None or name in names
    }
