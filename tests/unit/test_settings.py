"""What settings let leave this machine."""

import re
from pathlib import Path

import pytest

from matchmaker.cli import run
from matchmaker.errors import SettingsError
from matchmaker.mail import Mailer
from matchmaker.settings import Settings, read_settings
from matchmaker.store.opening import open_store


def settings(**values):
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize("scheme", ["neo4j", "bolt"])
def test_nothing_leaves_this_machine_in_the_clear_unless_somebody_says_so(scheme):
    with pytest.raises(SettingsError, match="without encryption"):
        open_store(settings(store=f"{scheme}://neo4j@graph.example.org:7687"))
    for store in (
        f"{scheme}+s://neo4j@graph.example.org:7687",
        f"{scheme}://neo4j@127.0.0.1:7687",
        f"{scheme}://neo4j@[::1]:7687",
        f"{scheme}://neo4j@localhost",
    ):
        open_store(settings(store=store)).close()  # it connects when it is first asked
    open_store(settings(store=f"{scheme}://neo4j@10.0.0.7:7687", unencrypted=True)).close()


def test_a_mail_server_elsewhere_is_spoken_to_over_tls():
    mailer = Mailer(settings(smtp_host="mail.example.org", smtp_tls=False))
    with pytest.raises(SettingsError, match="MATCHMAKER_SMTP_TLS"):
        mailer.send("wang@example.org", "Hello", "Text")


def test_a_secret_may_be_in_a_file_that_changes_while_the_service_runs(tmp_path, monkeypatch):
    """As Docker, systemd and the agents of vaults hand secrets over."""
    secret = tmp_path / "password"
    secret.write_text("first\n")
    monkeypatch.setenv("MATCHMAKER_SMTP_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("MATCHMAKER_SMTP_PASSWORD", "in the environment")
    chosen = settings()
    assert chosen.smtp_password.get_secret_value() == "first"
    secret.write_text("second-7bQ\n")
    assert chosen.smtp_password.get_secret_value() == "second-7bQ"
    assert "7bQ" not in repr(chosen)


def test_a_secrets_file_may_be_named_in_the_file_of_settings(tmp_path):
    (tmp_path / "key").write_text("of the file")
    (tmp_path / ".env").write_text(f"MATCHMAKER_ADMIN_KEY_FILE={tmp_path / 'key'}\n")
    chosen = Settings(_env_file=tmp_path / ".env")
    assert chosen.admin_key.get_secret_value() == "of the file"


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_secrets_file_without_a_secret_is_named(tmp_path, monkeypatch, content):
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("MATCHMAKER_STORE_PASSWORD_FILE", str(path))
    with pytest.raises(SettingsError) as refused:
        settings()
    assert refused.value.where == "MATCHMAKER_STORE_PASSWORD_FILE"


def test_only_secrets_are_read_from_files(tmp_path, monkeypatch):
    (tmp_path / "port").write_text("1234")
    monkeypatch.setenv("MATCHMAKER_PORT_FILE", str(tmp_path / "port"))
    assert settings().port == 8000


NODES = {
    "redis": "redis://127.0.0.1:6379/0",
    "snapshots": "s3://bucket/matchmaker",
    "store": "bolt://neo4j@127.0.0.1:7687",
    "signing_secret": "s",
    "admin_key": "k",
}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"snapshots": ""}, "MATCHMAKER_SNAPSHOTS is not set"),
        ({"redis": ""}, "MATCHMAKER_REDIS is not set"),
        ({"store": ""}, "MATCHMAKER_STORE: Each node would have a store of its own"),
        ({"signing_secret": ""}, "MATCHMAKER_SIGNING_SECRET"),
        ({"admin_key": ""}, "MATCHMAKER_ADMIN_KEY"),
        ({"redis": "http://127.0.0.1"}, "MATCHMAKER_REDIS: is no address"),
        ({"redis": "redis://"}, "MATCHMAKER_REDIS: is no address"),
        ({"redis": "redis://127.0.0.1:x"}, "MATCHMAKER_REDIS: is no address"),
        ({"redis": "redis://127.0.0.1/queue"}, "MATCHMAKER_REDIS: is no address"),
        ({"redis": "redis://cache.example.org"}, "without encryption"),
    ],
)
def test_nodes_that_could_not_work_together_are_refused(changed, named):
    settings(**NODES).require_sound_sharing()
    with pytest.raises(SettingsError, match=named):
        settings(**NODES | changed).require_sound_sharing()


@pytest.mark.parametrize(
    ("given", "days"), [({"TRACES": "30"}, 30), ({"TRACES": "30", "INTERACTIONS": "60"}, 60)]
)
def test_a_setting_is_read_under_the_name_it_had_before(tmp_path, monkeypatch, given, days):
    for name, number in given.items():
        monkeypatch.setenv(f"MATCHMAKER_KEEP_{name}_DAYS", number)
    assert settings().keep_interactions_days == days
    monkeypatch.undo()
    (tmp_path / ".env").write_text("MATCHMAKER_KEEP_TRACES_DAYS=31\n")
    assert Settings(_env_file=tmp_path / ".env").keep_interactions_days == 31


def test_one_node_alone_needs_nothing_of_it():
    settings().require_sound_sharing()
    settings(**NODES | {"redis": "rediss://cache.example.org"}).require_sound_sharing()


@pytest.mark.parametrize("place", ["data", "data/uploads"])
def test_settings_among_the_data_are_refused(tmp_path, monkeypatch, place):
    """A restored backup, or whoever can write there, would decide what runs."""
    here = tmp_path / place
    here.mkdir(parents=True)
    (here / ".env").write_text("MATCHMAKER_SCANNER=/tmp/evil\n")
    monkeypatch.chdir(here)
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "data"))
    with pytest.raises(SettingsError, match="folder of the data") as refusal:
        read_settings()
    assert str(here / ".env") in str(refusal.value)


def test_settings_beside_the_data_are_read(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("MATCHMAKER_SCANNER=/usr/bin/clamdscan\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MATCHMAKER_DATA_DIR", raising=False)
    assert read_settings().scanner == "/usr/bin/clamdscan"


def test_the_unit_file_of_the_documentation_starts_outside_of_the_data():
    unit = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    [data] = set(re.findall(r"^MATCHMAKER_DATA_DIR=(.*)$", unit, re.MULTILINE))
    [start] = re.findall(r"^WorkingDirectory=(.*)$", unit, re.MULTILINE)
    assert not Path(start).is_relative_to(data)


@pytest.mark.parametrize("name", ["a%41b", "a?b", "a#b", "a b"])
def test_the_store_is_in_the_folder_of_the_data_whatever_that_is_called(tmp_path, name):
    there = settings(data_dir=tmp_path / name, store="")
    assert there.sqlite_path == tmp_path / name / "matchmaker.db"
    assert there.store_address == str(tmp_path / name / "matchmaker.db")


def test_a_store_that_is_a_link_to_itself_is_refused_in_words(tmp_path, monkeypatch, capfd):
    (tmp_path / "matchmaker.db").symlink_to("matchmaker.db")
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MATCHMAKER_STORE", "")
    assert run(["status"]) == 4
    assert "cannot be opened" in capfd.readouterr().err
