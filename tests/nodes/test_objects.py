"""Files at the place that all nodes share: a folder, and a server that speaks S3."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from matchmaker.errors import NotFound, ServiceUnavailable, SettingsError
from matchmaker.nodes import objects as objects_module
from matchmaker.nodes.objects import ObjectStore, only_looking
from matchmaker.settings import Settings

pytestmark = pytest.mark.slow  # a server that does not answer


def store_at(address: str, **values: object) -> ObjectStore:
    return ObjectStore(Settings(snapshots=address, _env_file=None, **values))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Where moto's server answers, which `make test-cluster` installs."""
    program = os.environ.get("MOTO_SERVER")
    if program is None:
        pytest.skip("MOTO_SERVER names no server that speaks S3: `make test-cluster`")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [program, "-H", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while True:
        with suppress(requests.ConnectionError):
            requests.put(f"{address}/bucket", timeout=5)
            break
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.2)
    yield address
    process.kill()
    process.wait()


@pytest.fixture(params=["folder", "s3"])
def objects(request, tmp_path, monkeypatch) -> ObjectStore:
    if request.param == "folder":
        return store_at(str(tmp_path / "shared"))
    address = request.getfixturevalue("s3_server")
    for name, value in {
        "AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return store_at(f"s3://bucket/{tmp_path.name}/below")


def test_what_was_put_is_there_until_it_is_removed(objects, tmp_path):
    (tmp_path / "file").write_bytes(b"large")
    objects.put("a/b/one", tmp_path / "file")
    objects.put("a/two", b"first")
    objects.put("a/two", b"second")
    objects.put("a/empty", b"")
    assert objects.get("a/two") == b"second"
    assert objects.get("a/empty") == b""
    objects.fetch("a/b/one", tmp_path / "there" / "one")
    assert (tmp_path / "there" / "one").read_bytes() == b"large"
    listed = objects.listed("a")
    assert [(each.name, each.size) for each in listed] == [("a/empty", 0), ("a/two", 6)]
    assert all(each.written is not None for each in listed)
    assert objects.folders("a") == ["b"]
    objects.remove("a/two")
    objects.remove("a/two")
    with pytest.raises(NotFound):
        objects.get("a/two")
    with pytest.raises(NotFound):
        objects.fetch("a/two", tmp_path / "two")


def test_where_nothing_was_put_nothing_is_listed(objects):
    assert objects.listed("none") == []
    assert objects.folders("none") == []


def test_a_server_that_does_not_answer_is_named(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(ServiceUnavailable, match="MATCHMAKER_SNAPSHOTS"):
        store_at("s3://bucket/x").get("one")


CONTENT = b"what was sent"
PAGE = b"<html><body>Sign in</body></html>"


class BreakingStore(ThreadingHTTPServer):
    """Speaks as much of S3 as one file needs, and breaks off as many answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _BreakingAnswers)
        self.way = ""
        self.left = 0
        self.kept: bytes | None = None
        self.asked: list[str] = []
        self.over = threading.Event()


class _BreakingAnswers(BaseHTTPRequestHandler):
    server: BreakingStore
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """What begins and ends a file that is sent in parts, which the client always does."""
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        what = "InitiateMultipartUpload" if "uploads" in self.path else "CompleteMultipartUpload"
        told = f"<{what}Result><UploadId>1</UploadId><ETag>1</ETag></{what}Result>"
        self._answer(200, PAGE if self.server.way == "page" else told.encode())

    def do_PUT(self) -> None:
        """As what stands in front of a store and asks to sign in, with a page of its own."""
        content = b"".join(self._chunks())
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            size, _, content = content.partition(b"\r\n")  # then the sum of it
            content = content[: int(size, 16)]
        if self.server.way != "page":
            self.server.kept = content[:5] if self.server.way == "cut" else content
        self._answer(200, PAGE if self.server.way == "page" else b"")

    def _chunks(self) -> Iterator[bytes]:
        if "Content-Length" in self.headers:
            yield self.rfile.read(int(self.headers["Content-Length"]))
            return
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def do_HEAD(self) -> None:
        if self.server.kept is not None or self.server.way == "page":
            kept = self.server.kept
            is_there = kept is not None or not self.path.endswith("/one")
            self._answer(200 if is_there else 404, kept or b"", shown=False)
            return
        size = 10_000_000 if self.server.way == "dripping" and self.server.left > 0 else 0
        status = 403 if self.server.way == "denied" else 200
        self._answer(status, bytes(size) or CONTENT, shown=False)

    def do_GET(self) -> None:
        if "list-type" in self.path:
            self._answer(200, b"<ListBucketResult></ListBucketResult>")
            return
        is_broken, self.server.left = self.server.left > 0, self.server.left - 1
        if not is_broken:
            self._answer(200, CONTENT if self.server.kept is None else self.server.kept)
        elif self.server.way == "dripping":
            self._answer(200, bytes(10_000_000), sent=1)
            with suppress(OSError):
                while not self.server.over.wait(0.1):
                    self.wfile.write(b"x")
        elif self.server.way == "short":
            self._answer(200, CONTENT, sent=4)
        elif self.server.way == "silent":
            self.close_connection = True
        else:  # longer than the file
            self._answer(500, b"<html>" + b"the store stumbled " * 200)

    def _answer(self, status: int, body: bytes, *, shown: bool = True, sent: int = -1) -> None:
        self.server.asked.append(f"{self.command} {status}")
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
        self.end_headers()
        if shown:
            self.wfile.write(body if sent < 0 else body[:sent])
            self.close_connection = sent >= 0


@pytest.fixture
def breaking(monkeypatch) -> Iterator[BreakingStore]:
    with BreakingStore() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        yield server
        server.over.set()
        server.shutdown()


# pyarrow's client itself asks three times where an answer ends, four where none begins, and once
# for an error.
@pytest.mark.parametrize(("way", "broken"), [("error", 1), ("short", 3), ("silent", 4)])
def test_an_answer_that_breaks_off_is_asked_for_again(breaking, tmp_path, way, broken):
    breaking.way = way
    breaking.left = broken
    assert store_at("s3://bucket/x").get("one") == CONTENT
    breaking.left = broken
    store_at("s3://bucket/x").fetch("one", tmp_path / "one")
    assert (tmp_path / "one").read_bytes() == CONTENT


def test_a_store_that_goes_on_breaking_off_is_named(breaking):
    breaking.way, breaking.left = "error", 100
    with pytest.raises(ServiceUnavailable, match="MATCHMAKER_SNAPSHOTS"):
        store_at("s3://bucket/x").get("one")
    assert breaking.asked.count("GET 500") == 2


def test_an_answer_that_drips_is_given_up_and_nobody_waits_for_it_again(
    breaking, tmp_path, monkeypatch
):
    """The client itself waits for as long as anything comes: a request would never end."""
    monkeypatch.setattr(objects_module, "_SECONDS", 3.0)
    monkeypatch.setattr("matchmaker.nodes.answer_deadline._PAUSE_SECONDS", 0.0)
    breaking.way, breaking.left = "dripping", 100
    store = store_at("s3://bucket/x")
    begun = time.monotonic()
    with pytest.raises(ServiceUnavailable, match="no answer came in time"):
        store.fetch("one", tmp_path / "one", len(CONTENT))
    assert time.monotonic() - begun < 30  # with the loading of the client

    def ask_again():
        with suppress(ServiceUnavailable):
            store.get("one")

    asking_again = threading.Thread(target=ask_again)
    asking_again.start()
    time.sleep(0.5)
    begun = time.monotonic()
    with pytest.raises(ServiceUnavailable):  # another asks for everybody
        store.listed("a")
    assert time.monotonic() - begun < 1
    asking_again.join()
    breaking.left = 0
    assert store.get("one") == CONTENT
    assert not list(tmp_path.iterdir())


def test_who_only_looks_waits_for_a_moment_and_nobody_goes_by_that(breaking, tmp_path, monkeypatch):
    """The administrators' page took twenty seconds while the store of files hung."""
    monkeypatch.setattr(objects_module, "_LOOK_SECONDS", 0.5)
    store = store_at("s3://bucket/x")
    assert store.get("one") == CONTENT
    breaking.way, breaking.left = "dripping", 100
    begun = time.monotonic()
    for _ in range(3):
        with only_looking(), pytest.raises(ServiceUnavailable, match="no answer came in time"):
            store.fetch("one", tmp_path / "one")
    assert time.monotonic() - begun < 2
    breaking.left = 0
    assert store.get("one") == CONTENT


@pytest.mark.parametrize("way", ["page", "cut"])
def test_a_store_that_has_not_what_it_said_that_it_took_is_not_believed(breaking, tmp_path, way):
    store, sent = store_at("s3://bucket/x"), tmp_path / "sent"
    sent.write_bytes(CONTENT)
    store.put("one", CONTENT)
    store.put("one", sent)
    breaking.way, breaking.kept = way, None
    for source in (CONTENT, sent):
        with pytest.raises(ServiceUnavailable, match="said that it took one"):
            store.put("one", source)


def test_what_a_store_denies_is_not_asked_for_again(breaking):
    breaking.way = "denied"
    with pytest.raises(ServiceUnavailable, match="MATCHMAKER_SNAPSHOTS"):
        store_at("s3://bucket/x").get("one")
    assert breaking.asked == ["HEAD 403"]


def test_nothing_leaves_this_machine_in_the_clear(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://objects.example.org")
    with pytest.raises(SettingsError, match="AWS_ENDPOINT_URL"):
        store_at("s3://bucket/x").get("one")


@pytest.mark.parametrize("address", ["nonsense://x", "gs://bucket"])
def test_a_place_that_cannot_be_opened_is_named(address):
    with pytest.raises(SettingsError, match="MATCHMAKER_SNAPSHOTS"):
        store_at(address).get("one")
