"""What was read in a text, by its kind."""

from matchmaker.recommend.specification import Requirement, read


def of(text: str, kind: str) -> list[Requirement]:
    return [item for item in read(text).items if item.kind == kind]


def values(text: str, kind: str) -> list[str]:
    return [item.value for item in of(text, kind)]
