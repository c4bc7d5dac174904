"""A catalogue is compiled once, and no process reads one that is no longer what it was made of."""

from __future__ import annotations

import sys
from pathlib import Path

import babel.messages.pofile
import pytest

from matchmaker import messages

SOURCE = 'msgid "ball valve"\nmsgstr "{}"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of catalogues, with one of a language that there is nowhere else."""
    monkeypatch.setattr(messages, "TRANSLATIONS", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "eo.po").write_text(SOURCE.format("globvalvo"), "utf-8")
    return tmp_path


def said() -> str:
    """By a process that has read none yet."""
    return str(messages.catalogue.__wrapped__("eo").ugettext("ball valve"))


def kept(folder: Path) -> Path:
    (path,) = (folder / "__pycache__").iterdir()
    return path


def test_what_was_compiled_once_is_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said() == "globvalvo"
    assert kept(folder).name == "eo.mo"
    monkeypatch.delattr(babel.messages.pofile, "read_po")
    assert said() == "globvalvo"


def test_a_catalogue_that_was_changed_is_compiled_anew(folder: Path) -> None:
    """Also one that is as long and as old as the one before."""
    said()
    path = folder / "eo.po"
    path.write_text(SOURCE.format("pilkvalvo"), "utf-8")
    assert said() == "pilkvalvo"
    assert said() == "pilkvalvo"


@pytest.mark.parametrize("left", [0, 10, 64, -1])
def test_one_that_was_cut_off_is_compiled_anew(folder: Path, left: int) -> None:
    said()
    whole = kept(folder).read_bytes()
    kept(folder).write_bytes(whole[:left])
    assert said() == "globvalvo"
    assert kept(folder).read_bytes() == whole


def test_where_nothing_may_be_written_the_words_are_there_too(folder: Path) -> None:
    (folder / "__pycache__").write_text("no folder")
    assert said() == "globvalvo"
    assert {path.name for path in folder.iterdir()} == {"eo.po", "__pycache__"}


def test_where_python_keeps_nothing_we_do_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert said() == "globvalvo"
    assert not (folder / "__pycache__").exists()


def test_names_with_commas_of_their_own_are_parted_by_semicolons() -> None:
    """Read in an audit: "Sample Haichang Valve Co., Ltd., Sample Lingcheng Co., Ltd."."""
    names = messages.message("Members: %(names)s", names=["Alpha Valve Co., Ltd.", "Beta GmbH"])
    assert names.text("en") == "Members: Alpha Valve Co., Ltd.; Beta GmbH"
    plain = messages.message("Members: %(names)s", names=["Alpha GmbH", "Beta GmbH"])
    assert plain.text("en") == "Members: Alpha GmbH, Beta GmbH"
    assert messages.localised_value(["甲阀门厂", "乙、丙联合体"], "zh") == "甲阀门厂；乙、丙联合体"
