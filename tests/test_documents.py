"""What the README says is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matchmaker.cli import cli
from matchmaker.domain import GoalName
from matchmaker.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
DOCUMENTS = README + "".join(path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md"))


def test_every_setting_is_listed_with_its_default() -> None:
    listed = dict(re.findall(r"^\| `(MATCHMAKER_\w+)` \| (.*?) \|", SETTINGS, re.MULTILINE))
    assert listed.keys() == {f"MATCHMAKER_{name.upper()}" for name in Settings.model_fields}
    for name, default in listed.items():
        field = Settings.model_fields[name.removeprefix("MATCHMAKER_").lower()]
        if default.strip():
            assert default.strip(" `") == str(field.default)


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_is_told_of(command: str) -> None:
    assert f"matchmaker {command}" in DOCUMENTS


def test_both_readmes_show_the_same_commands() -> None:
    """A command in one language is there in the other; only its comment differs."""
    chinese = (ROOT / "README.zh.md").read_text(encoding="utf-8")
    assert _commands(README) == _commands(chinese)


def _commands(text: str) -> list[str]:
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = (line for block in blocks for line in block.splitlines())
    plain = (re.sub(r"\s+#.*| --language zh", "", line).strip() for line in lines)
    return sorted(
        line for line in plain if re.match(r"(\.venv/bin/)?(matchmaker|make|export) ", line)
    )


def test_every_goal_is_told_of() -> None:
    assert [goal for goal in GoalName if f"`{goal}`" not in README] == []


def test_links_between_documents_lead_somewhere() -> None:
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
