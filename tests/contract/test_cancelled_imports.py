"""Files are cancelled by the API and on their page until they are written, on a Neo4j server.

That they are on SQLite, other tests show: of services (`test_cancelled_uploads.py`) and pages.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.services.operations import importer, large_import
from matchmaker.settings import Settings
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.wiring import Wiring, wire
from tools.neo4j.server import ServerAddress

pytestmark = [pytest.mark.slow, pytest.mark.neo4j]

KEY, PASSWORD = "k" * 32, "Kx7-plover-Quartz"
LIST = "id,name,kind\n" + "".join(f"list:{n},示例{n}号阀门厂,firm\n" for n in range(20))


Make = Callable[..., "Service"]


class Service:
    """An installation, and who sends it files: by the API or on its pages."""

    def __init__(self, settings: Settings, by_page: bool) -> None:
        self.settings, self.by_page = settings, by_page
        self.services = wire(settings)
        self.client: FlaskClient = create_app(self.services).test_client()
        self.token = ""
        if by_page:
            self._sign_in()
        else:
            self.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"

    def _sign_in(self) -> None:
        account = self.services.accounts.create(
            ADMIN, "who@cancel.example", "Who", PASSWORD, admin=True
        )
        sent = {"email": account.email, "password": PASSWORD}
        answer = self.client.post("/api/v1/session", json=sent)
        self.token = answer.json["csrf_token"]
        self.client.environ_base["HTTP_X_CSRF_TOKEN"] = self.token

    def sent(self) -> str:
        file = (io.BytesIO(LIST.encode()), "list.csv")
        answer = self.client.post("/api/v1/imports", data={"file": file})
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def requested(self) -> str:
        id = self.sent()
        assert self.client.post(f"/api/v1/imports/{id}/write", json={}).status_code == 200
        return id

    def cancel(self, id: str) -> TestResponse:
        if self.by_page:
            return self.client.post(f"/imports/{id}/cancel", data={"csrf_token": self.token})
        return self.client.delete(f"/api/v1/imports/{id}")

    def is_cancelled(self, id: str) -> bool:
        answer = self.cancel(id)
        assert answer.status_code in ((303, 409) if self.by_page else (204, 409)), answer.text
        return answer.status_code != 409

    def state(self, id: str) -> str | int:
        answer = self.client.get(f"/api/v1/imports/{id}")
        return str(answer.json["state"]) if answer.status_code == 200 else answer.status_code

    def left_files(self) -> list[str]:
        uploads = self.settings.data_dir / "uploads"
        names = [path.name for path in uploads.rglob("*") if path.is_file()]
        return [name for name in names if name != ".moving"]


@pytest.fixture
def store(neo4j_store: Neo4jStore) -> Neo4jStore:
    neo4j_store.clear()
    return neo4j_store


@pytest.fixture
def make(neo4j_server: ServerAddress, store: Neo4jStore, tmp_path: Path) -> Iterator[Make]:
    del store  # it is empty
    server, made = neo4j_server, list[Service]()

    def make(*, by_page: bool = False) -> Service:
        settings = Settings(
            data_dir=tmp_path,
            admin_key=KEY,
            store=server.url.replace("bolt://", f"bolt://{server.user}@"),
            store_password=server.password,
            _env_file=None,
        )
        made.append(Service(settings, by_page))
        return made[-1]

    yield make
    for service in made:
        service.services.store.close()


@pytest.fixture
def service(make: Make) -> Service:
    return make()


@pytest.fixture
def paused(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[object, str], tuple[threading.Event, threading.Event]]:
    """Has what is called by a name wait; when it is reached, and what lets it go on."""

    def pause(owner: object, name: str) -> tuple[threading.Event, threading.Event]:
        reached, goes_on, real = threading.Event(), threading.Event(), getattr(owner, name)

        def waiting(*args: Any, **named: Any) -> Any:
            reached.set()
            assert goes_on.wait(30)
            return real(*args, **named)

        monkeypatch.setattr(owner, name, waiting)
        return reached, goes_on

    return pause


@pytest.mark.parametrize("by_page", [False, True], ids=["api", "page"])
def test_what_is_looked_at_or_waits_is_cancelled_and_what_is_written_is_not(
    make: Make, store: Neo4jStore, by_page: bool
) -> None:
    service, before = make(by_page=by_page), store.version()
    looked = service.sent()
    assert service.is_cancelled(looked)
    assert service.state(looked) == 404
    waits = service.requested()
    assert service.is_cancelled(waits)
    service.services.job_queue.run(waits)
    assert service.state(waits) == "cancelled"
    assert service.is_cancelled(waits)  # once more: it is
    assert service.left_files() == []
    assert store.version() == before
    written = service.requested()
    service.services.job_queue.run(written)
    assert not service.is_cancelled(written)
    assert len(store.export().rows.organizations) == 20


def test_what_is_at_work_is_cancelled_until_it_writes(
    service: Service, store: Neo4jStore,
    paused: Callable[[object, str], tuple[threading.Event, threading.Event]],
) -> None:  # fmt: skip
    before, id = store.version(), service.requested()
    reached, goes_on = paused(importer, "resolve")
    running = threading.Thread(target=service.services.job_queue.run, args=(id,))
    running.start()
    assert reached.wait(30)
    assert service.state(id) == "running"
    assert service.is_cancelled(id)
    assert service.state(id) == "cancelled"  # at once
    goes_on.set()
    running.join(30)
    assert service.state(id) == "cancelled"
    assert service.left_files() == []
    assert store.version() == before


def test_what_is_being_written_is_written_whole(
    service: Service, store: Neo4jStore,
    paused: Callable[[object, str], tuple[threading.Event, threading.Event]],
) -> None:  # fmt: skip
    id = service.requested()
    reached, goes_on = paused(type(service.services.store), "import_rows")
    running = threading.Thread(target=service.services.job_queue.run, args=(id,))
    running.start()
    assert reached.wait(30)
    assert not service.is_cancelled(id)
    goes_on.set()
    running.join(30)
    assert not service.is_cancelled(id)
    assert service.state(id) == "written"
    assert len(store.export().rows.organizations) == 20


def test_of_a_large_list_that_its_worker_died_of_nothing_is_cancelled(
    service: Service, store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server may have some of its rows: it is taken up again, and written whole."""
    monkeypatch.setattr(large_import, "LARGE", 0)
    monkeypatch.setattr(large_import, "CHUNK", 7)
    id, chunks = service.requested(), large_import.LargeImport.chunks

    def dies(self: large_import.LargeImport) -> Iterator[Any]:
        for number, chunk in enumerate(chunks(self)):
            if number == 2:
                raise KeyboardInterrupt
            yield chunk

    with monkeypatch.context() as context:
        context.setattr(large_import.LargeImport, "chunks", dies)
        with pytest.raises(KeyboardInterrupt):
            service.services.job_queue.run(id)
    worker: Wiring = wire(service.settings)
    assert worker.job_queue.resume_interrupted() == 1
    assert service.state(id) == "queued"
    assert not service.is_cancelled(id)
    worker.job_queue.run(id)
    worker.store.close()
    assert service.state(id) == "written"
    rows = store.export().rows.organizations
    assert sorted(row.id for row in rows) == sorted(f"list:{n}" for n in range(20))
    assert service.left_files() == []
