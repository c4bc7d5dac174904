"""Files that appear whole, or not at all."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from matchmaker.cli.import_output import write_problems
from matchmaker.cli.imports import template
from matchmaker.ingest.report import Problem
from matchmaker.messages import Message
from matchmaker.whole_file import whole_file


def write_a_part(path: Path) -> None:
    with whole_file(path) as unfinished:
        unfinished.write_text("a part")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_the_file_from_before_and_is_told_of_the_file_that_was_asked_for(
    tmp_path: Path,
) -> None:
    """Writing to a file that is open, the system names none."""
    path = tmp_path / "list.csv"
    path.write_text("from before")
    with pytest.raises(OSError, match=r"list\.csv'$"):
        write_a_part(path)
    assert path.read_text() == "from before"
    assert [each.name for each in tmp_path.iterdir()] == ["list.csv"]


def test_what_a_link_leads_to_is_written_and_what_is_no_file_stays_what_it_is(
    tmp_path: Path,
) -> None:
    """`--out /dev/stdout`, by an administrator of the machine, must not replace it by a file."""
    path, link, device = tmp_path / "list.csv", tmp_path / "link", tmp_path / "device"
    path.write_text("from before")
    link.symlink_to(path)
    device.symlink_to("/dev/null")
    for each in (link, device):
        with whole_file(each) as unfinished:
            unfinished.write_text("whole")
        assert each.is_symlink()
    assert path.read_text() == "whole"
    assert Path("/dev/null").is_char_device()


def test_problems_of_an_import_leave_the_file_from_before_where_the_disk_is_full(
    tmp_path: Path,
) -> None:
    path = tmp_path / "problems.csv"
    path.write_text("from before")

    def problems() -> Iterator[Problem]:
        yield Problem("a.csv", 2, "name", Message("is missing"))
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match=r"problems\.csv'$"):
        write_problems(path, problems())
    assert path.read_text() == "from before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_template_leaves_the_file_from_before_where_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "needs.csv"
    path.write_text("from before")

    def half(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    answer = CliRunner().invoke(template, ["needs", "--out", str(path)])
    assert isinstance(answer.exception, OSError)
    assert path.read_text() == "from before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_of_the_name_that_was_asked_for_as_it_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match=r": 'list\.csv'$"):
        write_a_part(Path("list.csv"))
