"""The drawing of the state machine and its table say the same."""

import re
from pathlib import Path

from matchmaker.workflow.introduction_states import TRANSITIONS

PAGE = Path(__file__).parents[2] / "docs" / "introductions.md"


def test_the_drawn_arrows_are_the_table():
    drawing = PAGE.read_text("utf-8").split("```mermaid")[1].split("```")[0]
    arrows = re.findall(r"^    (\w+) --> (\w+): (\w+)$", drawing, re.MULTILINE)
    drawn = {(state, action): target for state, target, action in arrows}
    assert len(drawn) == len(arrows)
    assert drawn == {(str(s), str(a)): str(target) for (s, a), target in TRANSITIONS.items()}
