"""Files that appear whole, or not at all."""

import errno
from pathlib import Path

import pytest

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
