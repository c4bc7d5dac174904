"""What is too large for memory comes to the same as what is not."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows
from matchmaker.ingest import blocking, cordis, partitions, spool
from matchmaker.services.operations import large_import
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.store import upsert
from matchmaker.store.sqlite import SqliteStore

pytestmark = pytest.mark.slow  # long files

HEADER = "id,name,kind,country,place,founded,headcount,successor,website,description\n"
# Lines 2 and 3 are one by their place, 5 is 2's id again, 6 has no name, 7 a total.
LINES = """\
a:1,温州示例阀门有限公司,企业,CN,温州市,2012-06-01,120,a:9,,专业生产球阀
a:2,温州示例阀门有限公司,企业,CN,温州市,,,,www.example-valve.com,球阀铸件
a:3,Sample Pumps Ltd (in liquidation),firm,GB,,13/45/2011,n/a,,,pumps
a:1,Another Name Ltd,firm,GB,,,,,,
a:5,,firm,GB,,,,,,
合计,,,,,,165,,,
a:6,Sample Pumps Limited,firm,GB,London W1,,30,b:none,,
a:6,Sample Pumps Limited,firm,GB,London W1,,30,b:none,,
a:9,Later Valve Works,firm,CN,诸暨市,2001,45,,,
a:10,Stored Works GmbH,firm,DE,,,,,,Werk
a:11,Sample Pump Ltd,firm,GB,,,,,,
"""
MORE = "".join(f"m:{n},Made Up Works {n} GmbH,firm,DE,,20{n % 20:02},{n},,,made {n}\n"
               for n in range(40))  # fmt: skip
STORED = "id,name,kind,country,place,website\ns:1,Stored Works GmbH,firm,DE,,\n"


@pytest.fixture
def parted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that count as large, in chunks of a few rows that all go through the disk."""
    monkeypatch.setattr(large_import, "LARGE", 0)
    monkeypatch.setattr(large_import, "CHUNK", 7)
    monkeypatch.setattr(upsert, "CHUNK", 3)
    monkeypatch.setattr(spool, "_WAITING", 5)
    monkeypatch.setattr(spool, "_READ", 4)
    monkeypatch.setattr(blocking, "_BATCH", 10)


def imported(folder: Path, **options: bool) -> tuple[ImportReport, GraphRows]:
    folder.mkdir()
    file = folder / "organizations.csv"
    store = SqliteStore(folder / "graph.sqlite")
    store.prepare()
    importer = Importer(store)
    for text in (STORED, HEADER + LINES + MORE):
        file.write_text(text, encoding="utf-8")
        report = importer.tables(ADMIN, [file], ImportOptions(keep=True, **options))
    rows = store.export().rows
    store.close()
    return report, rows


@pytest.mark.parametrize("options", [{}, {"dry_run": True}, {"strict": True}])
def test_a_large_list_comes_to_the_same(
    options: dict[str, bool], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    whole, rows = imported(tmp_path / "whole", **options)
    request.getfixturevalue("parted")
    report, parted_rows = imported(tmp_path / "parted", **options)
    assert report.problems[:] == list(whole.problems)
    empty = GraphRows()
    comparable = replace(report, problems=(), put=empty, before=empty)
    assert comparable == replace(whole, problems=(), put=empty, before=empty)
    for name, table in rows.tables():
        assert sorted(getattr(parted_rows, name), key=repr) == sorted(table, key=repr)
        for kept in ("put", "before"):
            one, other = (getattr(getattr(each, kept), name) for each in (report, whole))
            assert sorted(one, key=repr) == sorted(other, key=repr)


PROJECTS = (
    "id;title;startDate;endDate;frameworkProgramme;objective;legalBasis\n"
    + "".join(
        f"P{n};Project {n};20{n % 20:02}-01-01;;H2020;About {n};H2020-EU.1|H2020-EU.2\n"
        for n in range(30)
    )
    + """\
P7;The same id again;2016-01-01;;H2020;;
P98;Nobody takes part;2016-01-01;;H2020;;
P3x;Ends before it begins;2016-01-01;2015-01-01;H2020;;
P4x;"A broken quotation mark;2016-01-01;;H2020;;
;No id;2016-01-01;;H2020;;
"""
)
WEBSITE = "www.stored-works.example"
# Rows of a project and of an organisation stand far apart, some are refused, some add up, and some
# organisations are stored by another source: the same name in the same country, twice.
PARTICIPATIONS = (
    "projectID;organisationID;name;activityType;city;country;role;ecContribution;"
    "endOfParticipation;organizationURL\n"
    + "".join(
        f"P{(n * 7) % 30};O{n % 17};{'' if n < 9 else f'Made Up Works {n % 17} GmbH'};"
        f"{'PRC' if n % 3 else ''};{'Bonn' if n % 17 > 8 else ''};DE;"
        f"{'coordinator' if n % 5 == 0 else ''};{n}.5;{'true' if n % 2 else ''};\n"
        for n in range(90)
    )
    + f"""\
P3x;O3;;;;;;;;
P1;O20;Stored Works GmbH;PRC;Bonn;DE;;many;;{WEBSITE}
P2;O21;Stored Works GmbH;PRC;Bonn;DE;;12;;{WEBSITE}
P99;O22;Alone Ltd;PRC;;GB;;;;
P99;O5;;;;;;;;
;O23;;;;;;;;
P5;O 24;Of no id;;;;;;;
P6;O25;"Broken;;;;;;;
"""
)
STORED_NEARBY = f"{STORED.rstrip()}{WEBSITE}\ns:2,Made Up Works 11 GmbH,firm,DE,,\n"


def imported_projects(folder: Path, **options: bool) -> tuple[list[ImportReport], GraphRows]:
    """What two imports of the same projects into a graph of other organisations come to."""
    folder.mkdir()
    stored = folder / "organizations.csv"
    stored.write_text(STORED_NEARBY, encoding="utf-8")
    archive = folder / "cordis.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("project.csv", PROJECTS)
        zipped.writestr("organization.csv", PARTICIPATIONS)
    store = SqliteStore(folder / "graph.sqlite")
    store.prepare()
    importer = Importer(store)
    importer.tables(ADMIN, [stored], ImportOptions())
    run = ImportOptions(keep=True, **options)
    reports = [importer.cordis(ADMIN, archive, run) for _ in range(2)]
    rows = store.export().rows
    store.close()
    return reports, rows


@pytest.mark.parametrize("options", [{}, {"dry_run": True}, {"strict": True}])
def test_large_projects_come_to_the_same(
    options: dict[str, bool],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, rows = imported_projects(tmp_path / "whole", **options)
    request.getfixturevalue("parted")
    monkeypatch.setattr(cordis, "LARGE", 0)
    monkeypatch.setattr(partitions, "_WAITING", 2)
    monkeypatch.setattr(partitions, "_PLACES", 1)
    reports, parted_rows = imported_projects(tmp_path / "parted", **options)
    assert (whole[0].merged, whole[0].refused, len(rows.engagements) > 25) == (1, 5, not options)
    empty = GraphRows()
    for report, expected in zip(reports, whole, strict=True):
        assert list(report.problems) == list(expected.problems)
        comparable = replace(report, problems=(), put=empty, before=empty)
        assert comparable == replace(expected, problems=(), put=empty, before=empty)
        for kept in ("put", "before"):
            for name, table in getattr(expected, kept).tables():
                assert sorted(getattr(getattr(report, kept), name), key=repr) == sorted(
                    table, key=repr
                )
    for name, table in rows.tables():
        assert sorted(getattr(parted_rows, name), key=repr) == sorted(table, key=repr)


@pytest.mark.usefixtures("parted")
def test_every_line_of_a_large_list_is_accounted_for(tmp_path: Path) -> None:
    report, rows = imported(tmp_path / "parted")
    # 11 lines and 40: two refused (another name, no name), a total and a repeated line.
    assert (report.read, report.refused, report.passed) == (51, 2, 2)
    assert len(rows.organizations) + report.merged == report.loaded + 1
    assert {row.name for row in rows.organizations} >= {
        "Later Valve Works",
        "Made Up Works 39 GmbH",
    }


@pytest.mark.usefixtures("parted")
def test_a_large_list_that_breaks_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path / "graph.sqlite")
    store.prepare()
    file = tmp_path / "organizations.csv"
    file.write_text(HEADER + LINES + MORE, encoding="utf-8")
    chunks = large_import.LargeImport.chunks

    def broken(self: large_import.LargeImport):  # type: ignore[no-untyped-def]
        yield from list(chunks(self))[:4]
        raise OSError("the disk is full")

    monkeypatch.setattr(large_import.LargeImport, "chunks", broken)
    version = store.version()
    with pytest.raises(OSError, match="full"):
        Importer(store).tables(ADMIN, [file], ImportOptions())
    assert (store.version(), len(store.export().rows)) == (version, 0)


WORKER = """
import sys, time
from pathlib import Path
from matchmaker.access import ADMIN
from matchmaker.services.operations import large_import
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.store.sqlite import SqliteStore

chunks = large_import.LargeImport.chunks
def told(self):
    for chunk in chunks(self):
        yield chunk
        print("written", flush=True)
    time.sleep(60)  # nothing is committed yet
large_import.LargeImport.chunks = told
large_import.LARGE, large_import.CHUNK = 0, 7
folder = Path(sys.argv[1])
Importer(SqliteStore(folder / "graph.sqlite")).tables(
    ADMIN, [folder / "organizations.csv"], ImportOptions()
)
"""


@pytest.mark.slow
@pytest.mark.parametrize("written", [2, pytest.param(9, marks=pytest.mark.long)])
def test_a_large_list_that_is_killed_leaves_nothing_and_can_be_repeated(
    written: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Killed between chunks, and after the ninth, when not all is committed."""
    store = SqliteStore(tmp_path / "graph.sqlite")
    store.prepare()
    (tmp_path / "organizations.csv").write_text(HEADER + LINES + MORE, encoding="utf-8")
    before = store.version()
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(tmp_path)], stdout=subprocess.PIPE, cwd=root
    ) as worker:
        assert worker.stdout is not None
        for _ in range(written):
            assert worker.stdout.readline() == b"written\n"
        worker.kill()
    assert (store.version(), len(store.export().rows)) == (before, 0)
    request.getfixturevalue("parted")
    report = Importer(store).tables(ADMIN, [tmp_path / "organizations.csv"], ImportOptions())
    assert (report.written, report.read, report.refused) == (True, 51, 2)
    assert len(store.export().rows.organizations) == report.new
