"""What a need or an offer specifies, read from its words, and whether the other meets it."""

from matchmaker.recommend.specification.choices import Choices
from matchmaker.recommend.specification.comparison import compare
from matchmaker.recommend.specification.model import (
    Comparison,
    Judgement,
    Requirement,
    RequirementKind,
    Role,
    Specification,
    Verdict,
)
from matchmaker.recommend.specification.reading import read

__all__ = [
    "Choices",
    "Comparison",
    "Judgement",
    "Requirement",
    "RequirementKind",
    "Role",
    "Specification",
    "Verdict",
    "compare",
    "read",
]
