"""Lines that are cut off the end of the log are missed, and so is a note that was changed."""

import json
import sqlite3
from contextlib import closing

import pytest

from matchmaker.errors import StoreMismatch
from matchmaker.settings import Settings
from matchmaker.store.log import Entry
from matchmaker.wiring import Wiring


@pytest.fixture
def logged(tmp_path):
    """An installation whose log has five lines, the end of which was noted."""
    services = Wiring(Settings(data_dir=tmp_path, store="", _env_file=None))
    services.store.prepare()
    for number in range(5):
        entry = Entry("2026-01-01T00:00:00Z", "someone", "made", f"t:{number}")
        services.store.documents.commit([], [entry])
    assert services.log_anchor.move() == 5
    yield services
    services.store.close()


def cut(services, after):
    with closing(sqlite3.connect(services.settings.sqlite_path)) as connection:
        connection.execute("DROP TRIGGER log_is_not_shortened")
        connection.execute("DELETE FROM log WHERE number > ?", (after,))
        connection.commit()


def test_a_log_that_only_grew_is_whole(logged):
    entry = Entry("2026-01-01T00:00:00Z", "someone", "made", "t:9")
    logged.store.documents.commit([], [entry])
    logged.log_anchor.check()
    assert logged.log_anchor.move() == 1
    assert logged.log_anchor.move() == 0


def test_lines_cut_off_the_end_are_missed_and_stay_missed(logged):
    cut(logged, 3)
    for _ in range(2):
        with pytest.raises(StoreMismatch, match="line 5"):
            logged.log_anchor.move()
    # Others in their place are not the ones that were noted.
    for _ in range(2):
        entry = Entry("2026-01-01T00:00:00Z", "nobody", "made", "t:x")
        logged.store.documents.commit([], [entry])
    with pytest.raises(StoreMismatch, match="line 5"):
        logged.log_anchor.check()


def test_a_note_that_was_changed_along_with_the_log_is_told(logged, tmp_path):
    cut(logged, 3)
    (line,) = logged.store.documents.last_log(1)
    path = tmp_path / "log.anchor"
    note = json.loads(path.read_text())
    path.write_text(json.dumps(note | {"number": line.number, "digest": line.digest}))
    with pytest.raises(StoreMismatch, match="was changed"):
        logged.log_anchor.check()


def test_files_of_an_installation_are_its_owners_only(logged, tmp_path):
    for name in ("matchmaker.db", "log.anchor", "cursor.secret"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b"[1]", b"\xff\xfe\x00", b""],
    ids=["deep", "list", "no text", "empty"],
)
def test_a_note_that_is_damaged_is_told_in_words(logged, tmp_path, content):
    (tmp_path / "log.anchor").write_bytes(content)
    with pytest.raises(StoreMismatch, match="was changed"):
        logged.log_anchor.check()
