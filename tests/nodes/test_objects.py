"""Files at the place that all nodes share: a folder, and a server that speaks S3."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests

from matchmaker.errors import NotFound, ServiceUnavailable, SettingsError
from matchmaker.nodes.objects import ObjectStore
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


def test_nothing_leaves_this_machine_in_the_clear(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://objects.example.org")
    with pytest.raises(SettingsError, match="AWS_ENDPOINT_URL"):
        store_at("s3://bucket/x").get("one")


@pytest.mark.parametrize("address", ["nonsense://x", "gs://bucket"])
def test_a_place_that_cannot_be_opened_is_named(address):
    with pytest.raises(SettingsError, match="MATCHMAKER_SNAPSHOTS"):
        store_at(address).get("one")
