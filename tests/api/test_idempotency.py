"""Keys of POSTs: one answer each, shared by processes."""

import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from matchmaker.api.http import idempotency
from matchmaker.api.http.idempotency import LocalAnswers, StoredAnswer
from matchmaker.api.http.under_way import KeptUnderWay
from matchmaker.app import create_app
from matchmaker.errors import InvalidInput, ServiceUnavailable, WrongState
from matchmaker.settings import Settings
from matchmaker.wiring import wire

ANSWER = StoredAnswer(201, {"Content-Type": "application/json"}, b'{"id":"api:1"}')


def test_the_first_answer_is_given_again(tmp_path):
    path = tmp_path / "keys.db"
    assert LocalAnswers(path).begin("k", "request") is None
    LocalAnswers(path).finish("k", ANSWER)
    assert LocalAnswers(path).begin("k", "request") == ANSWER


def test_another_request_under_the_same_key_is_refused(tmp_path):
    store = LocalAnswers(tmp_path / "keys.db")
    store.begin("k", "request")
    with pytest.raises(InvalidInput):
        store.begin("k", "another")


def test_the_key_is_taken_while_the_first_request_runs(tmp_path):
    store = LocalAnswers(tmp_path / "keys.db")
    store.begin("k", "request")
    with pytest.raises(WrongState):
        store.begin("k", "request")


def test_a_failed_request_frees_its_key(tmp_path):
    store = LocalAnswers(tmp_path / "keys.db")
    store.begin("k", "request")
    store.release("k")
    assert store.begin("k", "request") is None


def test_a_request_whose_worker_died_frees_its_key_after_a_while(tmp_path, monkeypatch):
    store = LocalAnswers(tmp_path / "keys.db")
    store.begin("k", "request")
    later = idempotency.time.time() + idempotency.ABANDONED_SECONDS + 1
    monkeypatch.setattr(idempotency.time, "time", lambda: later)
    assert store.begin("k", "request") is None


def test_a_request_that_takes_long_keeps_its_key_and_gives_it_back(tmp_path, monkeypatch):
    """A proxy gives up after a minute, and its client sends the same again just then."""
    monkeypatch.setattr(idempotency, "ABANDONED_SECONDS", 0.5)
    local = LocalAnswers(tmp_path / "keys.db")
    store = KeptUnderWay(local, every=0.1)
    assert store.begin("long", "request") is None
    time.sleep(1.0)
    with pytest.raises(WrongState):
        local.begin("long", "request")  # another process
    store.finish("long", ANSWER)
    assert local.begin("long", "request") == ANSWER
    assert store.begin("failed", "request") is None
    store.release("failed")
    assert local.begin("failed", "request") is None
    time.sleep(0.7)  # nobody keeps it for the one that gave it back
    assert local.begin("failed", "request") is None


def test_a_key_reserved_by_a_clock_that_was_ahead_is_free_once_it_is_right(tmp_path, monkeypatch):
    store, right = LocalAnswers(tmp_path / "keys.db"), idempotency.time.time()
    monkeypatch.setattr(idempotency.time, "time", lambda: right + 10 * 365 * 86_400)
    store.begin("k", "request")
    monkeypatch.setattr(idempotency.time, "time", lambda: right)
    assert store.begin("k", "request") is None


def test_a_file_that_another_process_holds_is_waited_for_by_one_and_refuses_the_others(tmp_path):
    """One that was stopped in its midst holds it for a minute: every thread would wait."""
    path = tmp_path / "keys.db"
    store = LocalAnswers(path)
    store.begin("k", "request")
    with closing(sqlite3.connect(path, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        for key in "abcdef":
            with pytest.raises(ServiceUnavailable, match="another process holds them"):
                store.begin(key, "request")
        store.finish("k", ANSWER)  # what was done is answered
        assert time.monotonic() - begun < 3
    time.sleep(1.1)
    assert store.begin("a", "request") is None


def test_of_many_at_once_nobody_is_told_that_another_process_holds_the_file(tmp_path, monkeypatch):
    """One member with forty connections was told so of most, and others of two in five."""
    store, reserve = LocalAnswers(tmp_path / "keys.db"), idempotency._reserve

    def reserve_slowly(connection, key, request):
        time.sleep(0.03)  # a disk that has other things to do
        return reserve(connection, key, request)

    monkeypatch.setattr(idempotency, "_reserve", reserve_slowly)

    def use(number):
        assert store.begin(f"k{number}", "request") is None
        store.finish(f"k{number}", ANSWER)
        return store.begin(f"k{number}", "request")

    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(use, range(60))) == [ANSWER] * 60


def test_a_key_is_reserved_as_fast_however_many_answers_are_kept(tmp_path):
    path = tmp_path / "keys.db"
    store = LocalAnswers(path)

    def seconds(name):
        begun = time.process_time()
        for number in range(10):
            store.begin(f"{name}{number}", "request")
        return time.process_time() - begun

    seconds("first")
    none_kept = min(seconds(f"none{turn}") for turn in range(3))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO answer VALUES (?, 'request', ?, 201, '{}', ?)",
            [(f"kept{number}", time.time(), bytes(300)) for number in range(50_000)],
        )
    assert min(seconds(f"many{turn}") for turn in range(3)) < 4 * none_kept


def test_a_damaged_file_is_set_aside_and_requests_with_a_key_go_on(tmp_path):
    """Refusing each of them until somebody removes the file would be worse than doing one twice."""
    path = tmp_path / "keys.db"
    LocalAnswers(path).begin("k", "request")
    whole = path.read_bytes()
    for damaged in (bytes(len(whole)), whole[: len(whole) // 2], b"no database" * 500):
        path.write_bytes(damaged)
        assert LocalAnswers(path).begin("k", "request") is None
        assert path.with_name("keys.db.damaged").read_bytes() == damaged
        LocalAnswers(path).finish("k", ANSWER)
        assert LocalAnswers(path).begin("k", "request") == ANSWER


def test_a_write_is_answered_as_it_ended_where_its_answer_cannot_be_kept(tmp_path, monkeypatch):
    """The disk fills up between the two: what was done is not to be told as a fault."""
    services = wire(Settings(data_dir=tmp_path, admin_key="k" * 32, _env_file=None))
    services.store.prepare()
    client = create_app(services).test_client()
    headers = {"Authorization": f"Bearer {'k' * 32}", "Idempotency-Key": "once-only"}

    begin = LocalAnswers.begin

    def begin_and_fill(self, *reserved):
        answer = begin(self, *reserved)
        path = tmp_path / "idempotency.db"
        path.rename(path.with_suffix(".aside"))
        path.mkdir()  # nothing can be written there
        return answer

    monkeypatch.setattr(LocalAnswers, "begin", begin_and_fill)
    firm = {"name": "写满厂", "kind": "firm"}
    made = client.post("/api/v1/organizations", headers=headers, json=firm)
    assert made.status_code == 201
    assert client.get(f"/api/v1/organizations/{made.json['id']}").json["name"] == "写满厂"


FULL = """
mount -t tmpfs -o size=1m tmpfs "$0" || exit 99
cd "$2" && exec "$1" -c '
import sys
from pathlib import Path
from matchmaker.api.http.idempotency import LocalAnswers
answers = LocalAnswers(Path(sys.argv[1]) / "keys.db")
answers.begin("k", "request")
with (Path(sys.argv[1]) / "filler").open("wb", buffering=0) as file:
    try:
        while file.write(bytes(4096)):
            pass
    except OSError:
        pass
answers.release("k")
print(answers.begin("k", "request"))
' "$0"
"""


def test_a_key_is_freed_on_a_disk_that_is_full_since(tmp_path):
    """A write that the full disk refused was told to be still under way for a minute (409)."""
    within = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*within, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    done = subprocess.run(
        [*within, "sh", "-c", FULL, str(tmp_path), sys.executable, str(Path.cwd())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("None\n", 0), done.stderr
