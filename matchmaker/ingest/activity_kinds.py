"""The kind of an organisation by the type of its activity in CORDIS, and by words in its name."""

from __future__ import annotations

from matchmaker.domain import Kind
from matchmaker.text import normal

ACTIVITY = {
    "HES": Kind.UNIVERSITY,
    "REC": Kind.RESEARCH_INSTITUTE,
    "PRC": Kind.FIRM,
    "PUB": Kind.PUBLIC_BODY,
}
# For OTH and where no activity is given, in this order.
NAME_WORDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.UNIVERSITY, ("universi", "hochschule", "politecnic", "polytechnic", "école", "ecole ")),
    (Kind.RESEARCH_INSTITUTE, ("institut", "research cent", "fraunhofer", "cnrs", "academy of")),
    (Kind.PUBLIC_BODY, ("ministr", "municipal", "city of", "agency", "commune", "comune di")),
)


def kind_of(activity: str, name: str) -> Kind:
    """From CORDIS' activity type; for OTH or none, from words in the name, else a firm."""
    if activity in ACTIVITY:
        return ACTIVITY[activity]
    folded = normal(name)
    for kind, words in NAME_WORDS:
        if any(word in folded for word in words):
            return kind
    return Kind.FIRM
