"""The admin key and the signing secret."""

import errno
import os
import stat

import pytest

from matchmaker.errors import SettingsError, StorageFull, WrongState
from matchmaker.services.people.operator_key import KEY_FILE, LENGTH_FILE, SIGNING_FILE, OperatorKey

LEFT = ["nothing", "zeros", "a part", "no text"]


def test_the_admin_key_is_made_once(tmp_path):
    first = OperatorKey(tmp_path).make()
    assert first is not None
    assert OperatorKey(tmp_path).make() is None
    assert OperatorKey(tmp_path).matches(first)


def test_only_a_hash_of_the_key_is_kept(tmp_path):
    key = OperatorKey(tmp_path).make()
    assert key not in (tmp_path / KEY_FILE).read_text()
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_without_a_key_nobody_is_admin(tmp_path):
    assert not OperatorKey(tmp_path).matches("")
    assert not OperatorKey(tmp_path).matches("guess")


def test_a_renewed_key_ends_the_old_one(tmp_path):
    operator_key = OperatorKey(tmp_path)
    old = operator_key.make()
    new = operator_key.renew()
    assert operator_key.matches(new)
    assert not operator_key.matches(old)


def test_a_configured_key_needs_no_file(tmp_path):
    operator_key = OperatorKey(tmp_path, "from the settings")
    assert operator_key.make() is None
    assert operator_key.matches("from the settings")
    assert not list(tmp_path.iterdir())


def test_all_processes_sign_with_the_same_private_secret(tmp_path):
    assert OperatorKey(tmp_path).signing_secret() == OperatorKey(tmp_path).signing_secret()
    assert stat.S_IMODE((tmp_path / SIGNING_FILE).stat().st_mode) == 0o600


def test_a_secret_that_was_put_there_as_a_line_signs_as_it_is(tmp_path):
    """`openssl rand -hex 32 > cursor.secret` ends the line; what it sealed is still opened."""
    (tmp_path / SIGNING_FILE).write_text("0123456789abcdef" * 4 + "\n")
    assert OperatorKey(tmp_path).signing_secret() == "0123456789abcdef" * 4 + "\n"


def test_a_folder_that_cannot_be_written_is_said_in_one_error(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(StorageFull, match="MATCHMAKER_DATA_DIR"):
        OperatorKey(in_the_way / "folder").make()


def test_where_no_secret_can_be_written_sign_ins_are_signed_by_one_in_memory(tmp_path):
    """A full disk: this process's own until there is room, then the one that is kept."""
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    operator_key = OperatorKey(in_the_way / "folder")
    assert operator_key.session_secret() == operator_key.session_secret()
    assert operator_key.session_secret() != OperatorKey(in_the_way / "folder").session_secret()
    with pytest.raises(StorageFull):
        operator_key.signing_secret()  # what it would seal could never be read again
    in_the_way.unlink()
    assert operator_key.session_secret() == (in_the_way / "folder" / SIGNING_FILE).read_text()


def test_the_old_key_goes_on_where_no_new_one_can_be_kept(tmp_path, monkeypatch):
    """The disk is full, or the process is killed before the new one is written."""
    operator_key = OperatorKey(tmp_path)
    old = operator_key.make()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageFull):
            operator_key.renew()
    assert operator_key.matches(old)
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_of_the_settings_is_not_renewed_in_a_file_that_nobody_reads(tmp_path):
    with pytest.raises(WrongState, match="MATCHMAKER_ADMIN_KEY"):
        OperatorKey(tmp_path, "from the settings").renew()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("left", [b"", bytes(64), b"cut off", b"\xe9\xff" * 32], ids=LEFT)
def test_nothing_is_signed_or_sealed_with_what_a_power_cut_left_of_the_secret(left, tmp_path):
    """Anybody knows 64 zeros. Sign-ins go on with one in memory, and the check says so."""
    (tmp_path / SIGNING_FILE).write_bytes(left)
    operator_key = OperatorKey(tmp_path)
    with pytest.raises(SettingsError, match="is damaged"):
        operator_key.signing_secret()
    assert len(operator_key.session_secret()) == 64
    assert operator_key.session_secret() == operator_key.session_secret()
    with pytest.raises(SettingsError, match=r"cursor\.secret"):
        operator_key.check()


@pytest.mark.parametrize("left", [b"", bytes(64), b"0123", b"\xe9\xff" * 32], ids=LEFT)
def test_where_the_hash_of_the_key_is_damaged_nobody_is_admin_and_the_check_says_so(left, tmp_path):
    operator_key = OperatorKey(tmp_path)
    operator_key.make()
    (tmp_path / KEY_FILE).write_bytes(left)
    assert not operator_key.matches("guess")
    with pytest.raises(SettingsError, match="key --renew"):
        operator_key.check()
    assert operator_key.matches(operator_key.renew())
    operator_key.check()


def test_keys_that_are_as_they_were_made_are_told_so(tmp_path):
    operator_key = OperatorKey(tmp_path)
    operator_key.make()
    operator_key.signing_secret()
    assert str(operator_key.check()) == "as they were made"


def test_a_secret_that_was_cut_short_is_noticed_however_long_what_is_left_is(tmp_path):
    """What it sealed could not be opened with it, and nobody would know why."""
    operator_key, path = OperatorKey(tmp_path), tmp_path / SIGNING_FILE
    whole = operator_key.signing_secret()
    for length in (32, 48, 63):
        path.write_text(whole[:length])
        with pytest.raises(SettingsError, match="is damaged"):
            operator_key.signing_secret()
        with pytest.raises(SettingsError, match=r"cursor\.secret"):
            operator_key.check()
    path.write_text(whole)
    assert operator_key.signing_secret() == whole


def test_a_secret_of_an_earlier_version_is_noted_when_it_is_read_first(tmp_path):
    (tmp_path / SIGNING_FILE).write_text("0123456789abcdef" * 4)
    OperatorKey(tmp_path).signing_secret()
    (tmp_path / SIGNING_FILE).write_text("0123456789abcdef" * 3)
    with pytest.raises(SettingsError, match="is damaged"):
        OperatorKey(tmp_path).signing_secret()


def test_another_secret_takes_the_place_of_one_that_was_removed_or_replaced(tmp_path):
    """A longer one that was put there by hand, and then a new one, which is shorter."""
    path, operator_key = tmp_path / SIGNING_FILE, OperatorKey(tmp_path)
    operator_key.signing_secret()
    path.write_text("another" * 20)
    assert operator_key.signing_secret() == "another" * 20
    path.unlink()
    assert len(operator_key.signing_secret()) == 64


@pytest.mark.parametrize(
    "noted", ["", "x", "-1", "9" * 5000], ids=["nothing", "no number", "less", "too long"]
)
def test_a_length_that_is_none_counts_for_nothing(tmp_path, noted):
    secret = OperatorKey(tmp_path).signing_secret()
    (tmp_path / LENGTH_FILE).write_text(noted)
    assert OperatorKey(tmp_path).signing_secret() == secret
    assert (tmp_path / LENGTH_FILE).read_text() == "64"
