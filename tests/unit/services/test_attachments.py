"""Files of conversations: which are taken, under which name, and how they lie on the disk."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import matplotlib
import openpyxl
import pytest

from matchmaker.errors import InvalidInput, NotFound, ServiceUnavailable
from matchmaker.services.cooperation.attachment_files import AttachmentFiles
from matchmaker.services.cooperation.attachment_types import media_type_of
from matchmaker.services.cooperation.scanner import Scanner, ScanPlaces
from matchmaker.workflow.attachment import MAX_FILE, attachment_name

matplotlib.use("Agg")

DXF = b"999\r\nmade by hand\r\n  0\r\nSECTION\r\n  2\r\nHEADER\r\n  0\r\nENDSEC\r\n  0\r\nEOF\r\n"
STEP = b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n"
IGES = b"valve body".ljust(72) + b"S      1\n" + b"1H,,1H;".ljust(72) + b"G      1\n"
STL = bytes(80) + struct.pack("<I", 1) + bytes(50)


def workbook() -> bytes:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return content.getvalue()


def picture(kind: str) -> bytes:
    from matplotlib import pyplot

    content = io.BytesIO()
    figure = pyplot.figure(figsize=(1, 1))
    figure.savefig(content, format=kind)
    pyplot.close(figure)
    return content.getvalue()


def packed_tightly() -> bytes:
    """A workbook whose main part unpacks to a thousand times what it takes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", b" " * 30_000_000)
    return packed.getvalue()


def packed_in_many() -> bytes:
    """A document whose many parts, each small, unpack to a thousand times what they take."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<document/>")
        for number in range(12):
            package.writestr(f"word/media/{number}.bmp", bytes(9_900_000))
    return packed.getvalue()


def with_macros() -> bytes:
    content = io.BytesIO(workbook())
    with zipfile.ZipFile(content, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\x00")
    return content.getvalue()


GOOD = {
    "a.dxf": lambda: DXF,
    "a.step": lambda: STEP,
    "a.stp": lambda: STEP,
    "a.igs": lambda: IGES,
    "a.stl": lambda: STL,
    "b.stl": lambda: b"solid v\n facet normal 0 0 1\nendsolid v\n",
    "a.dwg": lambda: b"AC1032" + bytes(20),
    "a.xlsx": workbook,
    "a.pdf": lambda: picture("pdf"),
    "a.png": lambda: picture("png"),
    "a.jpg": lambda: picture("jpg"),
    "a.tif": lambda: picture("tiff"),
    "a.csv": lambda: "名称,数量\n球阀,3\n".encode("gb18030"),
    "a.txt": lambda: "见附图".encode(),
}


@pytest.mark.parametrize("name", GOOD)
def test_drawings_pictures_tables_and_texts_are_taken(name) -> None:
    assert "/" in media_type_of(name, io.BytesIO(GOOD[name]()))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"MZ\x90\x00 a program"),
        ("a.png", b"<svg onload=alert(1)>"),
        ("a.dxf", b"0\nSOMETHING\n"),
        ("a.step", b"<html>"),
        ("a.iges", b"S      1\n"),
        ("a.stl", bytes(100)),
        ("a.dwg", b"AC10"),
        ("a.txt", b"\x7fELF\x02\x01\x01\x00"),
        ("a.csv", b"\xff\xfe\xff\xff"),
        ("a.xlsx", with_macros),
        ("a.xlsx", packed_tightly),
        ("a.docx", packed_in_many),
        ("a.docx", workbook),
        ("a.xlsx", b"PK\x03\x04 cut off"),
        ("a.svg", b"<svg/>"),
        ("a.html", b"<html>"),
        ("a.exe", b"MZ"),
        ("a.zip", b"PK"),
    ],
    ids=lambda part: part if isinstance(part, str) else "content",
)
def test_what_its_extension_does_not_say_or_nobody_may_send_is_refused(name, content) -> None:
    sent = content() if callable(content) else content
    with pytest.raises(InvalidInput):
        media_type_of(name, io.BytesIO(sent))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/图纸.PDF", "图纸.pdf"),
        ("C:\\drawings\\a b.dwg", "a b.dwg"),
        ("in\u202efdp.exe.pdf", "infdp.exe.pdf"),
        ('a"\r\nSet-Cookie: x.pdf', "aSet-Cookie x.pdf"),
        ("x" * 300 + ".step", "x" * 115 + ".step"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
    ],
)
def test_a_name_keeps_no_folder_and_no_mark_that_misleads(sent, kept) -> None:
    assert attachment_name(sent) == kept


@pytest.mark.parametrize("name", ["", ".pdf", "drawing", "..", "a.", "a.p/f", "a.图"])
def test_a_name_without_stem_or_extension_is_refused(name) -> None:
    with pytest.raises(InvalidInput):
        attachment_name(name)


def files_in(folder: Path, scanner: str = "") -> AttachmentFiles:
    return AttachmentFiles(folder / "attachments", Scanner(scanner))


def test_a_kept_file_is_its_owners_alone_and_reads_as_it_was_sent(tmp_path) -> None:
    files = files_in(tmp_path)
    kept = files.keep("account:a", "阀体.step", io.BytesIO(STEP))
    (path,) = files.root.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.root.stat().st_mode) == 0o700
    assert (kept.name, kept.size, kept.digest) == (
        "阀体.step", len(STEP), hashlib.sha256(STEP).hexdigest(),
    )  # fmt: skip
    with files.open(kept) as file:
        assert file.read() == STEP
    files.drop(kept)
    with pytest.raises(NotFound):
        files.open(kept)


@pytest.mark.parametrize("content", [b"", bytes(MAX_FILE + 1)], ids=["nothing", "too much"])
def test_nothing_and_too_much_leave_nothing_behind(tmp_path, content) -> None:
    files = files_in(tmp_path)
    with pytest.raises(InvalidInput):
        files.keep("account:a", "a.txt", io.BytesIO(content))
    assert list(files.root.iterdir()) == []


def script(folder: Path, body: str) -> str:
    path = folder / "scan.sh"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o700)
    return str(path)


def test_the_scanner_is_given_the_file_and_refuses_by_its_status(tmp_path) -> None:
    files = files_in(tmp_path, script(tmp_path, '! grep -q EICAR "$1"'))
    assert files.keep("account:a", "a.txt", io.BytesIO(b"harmless")).name == "a.txt"
    with pytest.raises(InvalidInput, match="scanner"):
        files.keep("account:a", "b.txt", io.BytesIO(b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"))
    assert len(list(files.root.iterdir())) == 1


def test_where_the_scanner_cannot_be_run_nothing_is_taken(tmp_path) -> None:
    files = files_in(tmp_path, str(tmp_path / "no such scanner"))
    with pytest.raises(ServiceUnavailable):
        files.keep("account:a", "a.txt", io.BytesIO(b"harmless"))
    assert list(files.root.iterdir()) == []


def test_files_that_no_message_has_any_more_go_once_they_are_old(tmp_path) -> None:
    files = files_in(tmp_path)
    kept, gone = (files.keep("account:a", name, io.BytesIO(b"text")) for name in ("a.txt", "b.txt"))
    now = datetime.now(UTC)
    assert files.drop_orphans(now - timedelta(days=1), lambda: {kept.id}) == 0
    assert files.drop_orphans(now + timedelta(days=1), lambda: {kept.id}) == 1
    with files.open(kept):
        pass
    with pytest.raises(NotFound):
        files.open(gone)


def test_a_scanner_that_hangs_takes_two_threads_and_no_more(tmp_path: Path) -> None:
    """Eight files of a member held every thread that answers light pages for 45 seconds."""
    slow, begun = tmp_path / "slow.sh", time.monotonic()
    slow.write_text("#!/bin/sh\nsleep 8\n")
    slow.chmod(0o700)
    files = AttachmentFiles(tmp_path / "files", Scanner(str(slow)))

    def send(number: int) -> tuple[bool, float]:
        try:
            files.keep(f"account:{number}", f"{number}.pdf", io.BytesIO(b"%PDF-1.4\n"))
        except ServiceUnavailable:
            return False, time.monotonic() - begun
        return True, time.monotonic() - begun

    with ThreadPoolExecutor(6) as threads:
        sent = list(threads.map(send, range(6)))
    assert sorted(kept for kept, _ in sent) == [False] * 4 + [True] * 2
    assert all(seconds < 7 for kept, seconds in sent if not kept)
    assert Scanner("true").check("account:a", slow, "later") is None


def test_one_account_holds_one_place_of_a_scanner_that_is_slow(tmp_path: Path) -> None:
    """It kept both of a process, one file after another, and others could send nothing."""
    scanner = Scanner(script(tmp_path, "sleep 4"))

    def send(sender: str) -> bool:
        try:
            scanner.check(sender, tmp_path / "a.pdf", "a.pdf")
        except ServiceUnavailable:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        many = [threads.submit(send, "account:many") for _ in range(3)]
        time.sleep(0.2)
        one = threads.submit(send, "account:one")
        assert one.result()
    assert sorted(each.result() for each in many) == [False, False, True]


@pytest.mark.parametrize(("threads", "places"), [(1, 1), (2, 1), (3, 2), (4, 2), (64, 2)])
def test_a_thread_is_left_beside_what_is_looked_through(threads: int, places: int) -> None:
    """With two threads both were held by a scanner that hangs."""
    scans = ScanPlaces(threads)
    with ExitStack() as held:
        for number in range(places):
            held.enter_context(scans.of(f"account:{number}"))
        with pytest.raises(ServiceUnavailable), scans.of("account:another"):
            pass


@pytest.mark.parametrize("is_64", [False, True])
def test_a_document_that_lists_parts_without_end_is_refused_unread(is_64: bool) -> None:
    """Five files of 400,000 parts each took ten seconds of the processor."""
    part = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, *[0] * 8, 1, *[0] * 6) + b"a"
    listed = part * 380_000
    end = [0, 0, 65_535, 65_535, len(listed), 0, 0]
    more = b""
    if is_64:  # which says it in place of the record at the end
        whole = struct.pack("<2H2L4Q", 45, 45, 0, 0, 380_000, 380_000, len(listed), 0)
        more = b"PK\x06\x06" + struct.pack("<Q", 44) + whole
        more += b"PK\x06\x07" + struct.pack("<LQL", 0, len(listed), 1)
        end = [0, 0, 1, 1, len(part), 0, 0]
    file = io.BytesIO(listed + more + b"PK\x05\x06" + struct.pack("<4H2LH", *end))
    assert len(zipfile.ZipFile(file).namelist()) == 380_000
    began = time.process_time()
    with pytest.raises(InvalidInput):
        media_type_of("a.docx", file)
    assert time.process_time() - began < 0.5
