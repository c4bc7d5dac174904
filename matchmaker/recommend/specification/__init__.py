"""What a need or an offer specifies, read from its words, and whether the other meets it."""

from matchmaker.recommend.specification.comparison import compare
from matchmaker.recommend.specification.model import (
    Comparison,
    Judgement,
    Requirement,
    RequirementKind,
    Role,
    Specification,
)
from matchmaker.recommend.specification.reading import read

__all__ = [
    "Comparison",
    "Judgement",
    "Requirement",
    "RequirementKind",
    "Role",
    "Specification",
    "compare",
    "read",
]
