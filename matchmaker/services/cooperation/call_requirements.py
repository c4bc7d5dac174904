"""Requirements that a call's text specifies, to be asked one by one."""

from __future__ import annotations

from matchmaker.recommend.specification import read
from matchmaker.workflow.call import CallRequirement

# Of what a text specifies, so many lines at most are asked one by one.
MAX_REQUIREMENTS = 40


def requirements_of(text: str) -> tuple[CallRequirement, ...]:
    """The requirements that a text specifies, each in the words it was read from."""
    requirements = (item for item in read(text).requirements if not item.denied)
    return tuple(
        CallRequirement(item.key[:200], item.kind, item.text[:200])
        for item, _ in zip(requirements, range(MAX_REQUIREMENTS), strict=False)
    )
