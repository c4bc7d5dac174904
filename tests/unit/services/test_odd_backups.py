"""Backups whose database is odd inside, though every checksum is right: refused or told."""

import hashlib
import json
import re
import sqlite3
import tracemalloc
import zipfile
from contextlib import closing

import pytest

from matchmaker.access import ADMIN
from matchmaker.cli import run
from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.errors import InvalidInput
from matchmaker.settings import Settings
from matchmaker.store.changes import Put
from matchmaker.store.log import Entry
from matchmaker.wiring import Wiring

PLACED = GraphRows(
    organizations=(
        Organization("t:firm", "示例厂", Kind.FIRM),
        Organization("t:2", "二厂", Kind.FIRM),
    )
)
COOKIE = '{"id": "一", "account": "a"}'


@pytest.fixture
def saved(tmp_path):
    """A backup of two firms, one document of a kind of ours and one line of the log."""
    services = Wiring(Settings(data_dir=tmp_path / "one", store="", _env_file=None))
    services.store.prepare()
    services.store.upsert(PLACED)
    services.store.documents.commit(
        [Put("address", "一", COOKIE, keys={"account": "a"})],
        [Entry("2026-01-01T00:00:00Z", "someone", "made", "t:firm")],
    )
    path, _ = services.backups.make(ADMIN, tmp_path / "b.zip")
    services.store.close()
    return path


def changed(path, target, *statements):
    """The backup with statements done in its database, and the checksum that this then has."""
    database = target.with_suffix(".db")
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        database.write_bytes(archive.read("store.db"))
    with closing(sqlite3.connect(database)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    body = database.read_bytes()
    digest = hashlib.sha256(body).hexdigest()
    manifest["parts"]["store.db"] = {"size": len(body), "sha256": digest}
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("store.db", body)
        archive.writestr("manifest.json", json.dumps(manifest))
    return target


def loose(table, columns):
    """Statements that make a table anew, the same rows in it, where any value may stand."""
    return (
        "DROP VIEW statement_owners",
        f"ALTER TABLE {table} RENAME TO earlier",
        f"CREATE TABLE {table} ({columns})",
        f"INSERT INTO {table} SELECT {columns} FROM earlier",
        "DROP TABLE earlier",
    )


REFUSED = {
    "no JSON": (["UPDATE records SET body = '{\"id\"'"], "address 一"),
    "deep JSON": (["UPDATE records SET body = '" + "[" * 100_000 + "'"], "address 一"),
    "another's shape": (["UPDATE records SET body = '{\"id\": 5}'"], "address 一"),
    "another's id": (['UPDATE records SET body = \'{"id": "b", "account": "a"}\''], "address 一"),
    "no object": (["UPDATE records SET kind = 'note', body = '[]'"], "note 一"),
    "documents dropped": (["DROP TABLE record_keys", "DROP TABLE records"], "records"),
    "organisations dropped": (["DROP TABLE organizations"], "organizations"),
    "graph dropped": (["DROP TABLE graph"], "not the graph"),
    "log dropped": (["DROP TABLE log"], "log"),
    "rows dropped": (["DELETE FROM organizations WHERE id = 't:2'"], "organizations"),
    "a column dropped": (["ALTER TABLE records DROP COLUMN body"], "body"),
    "a view in a table's place": (
        [
            "DROP VIEW statement_owners",
            "DROP TABLE ties",
            "CREATE VIEW ties AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i FROM n",
            "DROP TABLE organizations",
            "CREATE VIEW organizations AS SELECT 1 AS id",
        ],
        "organizations",
    ),
    "a number for a text": (
        [*loose("record_keys", "kind, name, value, id"), "UPDATE record_keys SET value = 5"],
        "record_keys",
    ),
    "bytes for a text": (
        [*loose("records", "kind, id, version, body"), "UPDATE records SET body = x'00ff'"],
        "body",
    ),
    "a text for a version": (
        [*loose("records", "kind, id, version, body"), "UPDATE records SET version = 'new'"],
        "version",
    ),
    "a kind that is none": (["UPDATE organizations SET kind = 'x'"], "organizations"),
    "a place that is not there": (
        ["PRAGMA foreign_keys = OFF", "UPDATE organizations SET place = 'nowhere'"],
        "nowhere",
    ),
    "another version": (["UPDATE graph SET version = 99"], "not the graph"),
    "a line that is no line": (
        ["DROP TRIGGER log_is_not_changed", "UPDATE log SET detail = '5'"],
        "log",
    ),
    "a line of no JSON": (
        ["DROP TRIGGER log_is_not_changed", "UPDATE log SET detail = '{'"],
        "log",
    ),
    "no text": (["UPDATE organizations SET name = CAST(x'ff' AS TEXT)"], "organizations"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("statements", "named"), REFUSED.values(), ids=REFUSED)
def test_an_odd_database_is_refused_in_words_and_nothing_is_restored(
    saved, tmp_path, monkeypatch, capfd, statements, named, language
):
    odd = changed(saved, tmp_path / "odd.zip", *statements)
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "two"))
    monkeypatch.setenv("MATCHMAKER_STORE", "")
    monkeypatch.setenv("MATCHMAKER_LANGUAGE", language)
    for command in (["restore", str(odd), "--check"], ["restore", str(odd)]):
        capfd.readouterr()
        assert run(command) == 1
        said = capfd.readouterr().err
        assert str(odd) in said
        assert named in said or (language, named) in {("zh", "not the graph"), ("zh", "log")}
        assert {"en": "Use another backup", "zh": "请改用另一份备份"}[language] in said
        assert not re.search(r"Traceback|\w+Error|\.backup-", said)
    empty = Wiring(Settings(data_dir=tmp_path / "two", store="", _env_file=None))
    empty.store.prepare()
    assert empty.store.is_empty()
    empty.store.close()


def test_triggers_and_views_of_others_are_told_and_left_out(saved, tmp_path, capfd, monkeypatch):
    odd = changed(
        saved,
        tmp_path / "odd.zip",
        "CREATE TRIGGER mine AFTER INSERT ON log BEGIN DELETE FROM organizations; END",
        "DROP TRIGGER log_is_not_shortened",
        "CREATE TRIGGER log_is_not_shortened AFTER INSERT ON graph "
        "BEGIN DELETE FROM organizations; END",
        "CREATE VIEW report AS SELECT * FROM organizations",
    )
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "two"))
    monkeypatch.setenv("MATCHMAKER_STORE", "")
    for command in (["restore", str(odd), "--check"], ["restore", str(odd)]):
        assert run(command) == 0
        said = capfd.readouterr().err
        assert "mine" in said
        assert "report" in said
        assert "left out" in said
    with closing(sqlite3.connect(tmp_path / "two" / "matchmaker.db")) as database:
        assert database.execute("SELECT count(*) FROM organizations").fetchone() == (2,)
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_schema")}
        assert not names & {"mine", "report"}
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            database.execute("DELETE FROM log")


def test_what_there_is_is_backed_up_though_a_document_is_odd_and_comes_back_without_it(
    saved, tmp_path
):
    odd = changed(saved, tmp_path / "odd.zip")
    services = Wiring(Settings(data_dir=tmp_path / "two", store="", _env_file=None))
    services.backups.restore(ADMIN, odd)
    services.store.documents.commit([Put("address", "二", '{"id": 2}', keys={"account": "b"})])
    told = []
    object.__setattr__(services.backups, "tell", told.append)
    path, manifest = services.backups.make(ADMIN, tmp_path / "c.zip")
    assert manifest.documents == 2
    assert ["address 二" in str(each) for each in told] == [True]
    services.store.close()

    other = Wiring(Settings(data_dir=tmp_path / "three", store="", _env_file=None))
    with pytest.raises(InvalidInput, match="address 二"):
        other.backups.restore(ADMIN, path)
    assert not (tmp_path / "three" / "matchmaker.db").exists() or other.store.is_empty()
    other.backups.restore(ADMIN, path, leave_out=True)
    assert [each.id for each in other.store.content().documents] == ["一"]
    assert other.store.documents.count("address", "account", "b") == 0
    other.store.close()


def test_a_large_backup_is_looked_through_piece_by_piece(tmp_path):
    """All of a large graph at once took as much memory as making its snapshot (seen: .44 GB)."""
    services = Wiring(Settings(data_dir=tmp_path / "one", store="", _env_file=None))
    services.store.prepare()
    firms = tuple(Organization(f"t:{n}", "示" * 150, Kind.FIRM) for n in range(3_000))
    services.store.upsert(GraphRows(organizations=firms))
    body = '{"id": "%s", "text": "' + "x" * 4_000 + '"}'
    notes = [Put("note", str(number), body % number) for number in range(2_000)]
    services.store.documents.commit(notes)
    path, _ = services.backups.make(ADMIN, tmp_path / "b.zip")
    tracemalloc.start()
    try:
        assert services.backups.check(ADMIN, path).documents == 2_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    services.store.close()
    assert peak < 5_000_000  # the documents alone are 8 MB
