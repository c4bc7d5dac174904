"""The admin key and the signing secret."""

import stat

import pytest

from matchmaker.errors import StorageFull
from matchmaker.services.people.operator_key import KEY_FILE, SIGNING_FILE, Keys


def test_the_admin_key_is_made_once(tmp_path):
    first = Keys(tmp_path).make_admin_key()
    assert first is not None
    assert Keys(tmp_path).make_admin_key() is None
    assert Keys(tmp_path).is_admin_key(first)


def test_only_a_hash_of_the_key_is_kept(tmp_path):
    key = Keys(tmp_path).make_admin_key()
    assert key not in (tmp_path / KEY_FILE).read_text()
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_without_a_key_nobody_is_admin(tmp_path):
    assert not Keys(tmp_path).is_admin_key("")
    assert not Keys(tmp_path).is_admin_key("guess")


def test_a_renewed_key_ends_the_old_one(tmp_path):
    keys = Keys(tmp_path)
    old = keys.make_admin_key()
    new = keys.renew_admin_key()
    assert keys.is_admin_key(new)
    assert not keys.is_admin_key(old)


def test_a_configured_key_needs_no_file(tmp_path):
    keys = Keys(tmp_path, "from the settings")
    assert keys.make_admin_key() is None
    assert keys.is_admin_key("from the settings")
    assert not list(tmp_path.iterdir())


def test_all_processes_sign_with_the_same_private_secret(tmp_path):
    assert Keys(tmp_path).signing_secret() == Keys(tmp_path).signing_secret()
    assert stat.S_IMODE((tmp_path / SIGNING_FILE).stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_said_in_one_error(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(StorageFull, match="MATCHMAKER_DATA_DIR"):
        Keys(in_the_way / "folder").make_admin_key()
