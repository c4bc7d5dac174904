"""Size classes of firms by the people they employ."""

from __future__ import annotations

from matchmaker.domain import Size

_CLASSES = (Size.MICRO, Size.SMALL, Size.MEDIUM)
# Upper bounds of micro, small and medium: manufacturing by 工信部联企业〔2011〕300号, and the
# staff headcounts of Recommendation 2003/361/EC.
_BOUNDS = {"CN": (20, 300, 1000)}
_EU_BOUNDS = (10, 50, 250)


def size_by_headcount(people: int, country: str) -> Size:
    """The class that the number of people alone gives, by the country's rules (ISO 3166-1)."""
    for size, bound in zip(_CLASSES, _BOUNDS.get(country, _EU_BOUNDS), strict=True):
        if people < bound:
            return size
    return Size.LARGE
