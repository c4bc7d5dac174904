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


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_goals_that_are_told_of_are_there(name: str) -> None:
    """`recommend --help` has every goal; a README may lag behind, but names no other."""
    text = (ROOT / name).read_text(encoding="utf-8")
    (listed,) = re.findall(
        r"^(?:Goals:|目的[：:])(.*?)(?:`--json`)", text, re.MULTILINE | re.DOTALL
    )
    names = re.findall(r"`([a-z_]+)`", listed)
    assert names
    assert set(names) <= set(GoalName)


def test_links_between_documents_lead_somewhere() -> None:
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([\d.]+\.\d+) \| (\d) \| (.*?) \| (.*) \|$", SECURITY, re.MULTILINE)
STATES = ("met", "not applicable", "open")
KINDS = r"\w/$|^Makefile$|\.(py|md|html|js|txt|json|toml)\b"


def _levels() -> dict[str, int]:
    """The level of each requirement of the standard, as `tests/asvs_levels.txt` lists them."""
    text = (ROOT / "tests" / "asvs_levels.txt").read_text(encoding="utf-8")
    sections = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {
        f"{section}.{number}": int(level)
        for section, *levels in sections
        for number, level in enumerate(levels, 1)
    }


def test_the_security_record_has_every_requirement_of_levels_1_and_2_once() -> None:
    expected = {number: level for number, level in _levels().items() if level < 3}
    assert len(expected) == 253  # as the standard counts them
    assert {number: int(level) for number, level, _, _ in ROWS} == expected
    assert len(ROWS) == len(expected)


def test_the_security_record_counts_what_it_lists() -> None:
    written = re.findall(r"^\| (\d)" + r" \| (\d+)" * 4 + r" \|$", SECURITY, re.MULTILINE)
    counted = []
    for level in "12":
        states = [state for _, other, state, _ in ROWS if other == level]
        assert set(states) <= set(STATES)
        counts = [states.count(state) for state in STATES]
        counted.append((level, *map(str, counts), str(len(states))))
    assert written == counted


def test_what_the_security_record_shows_is_there() -> None:
    """Whatever is met names a file, a test or a command, or is written in the document itself."""
    for number, _, state, why in ROWS:
        quoted = re.findall(r"`([^`]+)`", why)
        files = [name for name in quoted if re.search(KINDS, name)]
        for name in files:
            path, _, test = name.partition("::")
            assert (ROOT / path).exists(), f"{number}: {name}"
            assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8"), name
        assert state != "met" or files or "above" in why, number
        assert state != "open" or len(why) > 10, number


PAGES = (ROOT / "docs" / "pages.md").read_text(encoding="utf-8")


def test_every_fault_of_a_page_has_a_test_that_is_there_and_runs_in_a_browser() -> None:
    rows = re.findall(r"^\| ([^|]+) \| (`tests/[^|]+) \|$", PAGES, re.MULTILINE)
    assert len(rows) >= 22
    for fault, tests in rows:
        for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests):
            text = (ROOT / path).read_text(encoding="utf-8")
            (fixtures,) = re.findall(rf"^def {name}\(([^)]*)\)", text, re.MULTILINE) or [""]
            assert "visit" in fixtures, f"{fault}: {path}::{name}"
