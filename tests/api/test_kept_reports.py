"""A report that was made is handed out again, to whoever may read just that one."""

import re
import threading
import time
from dataclasses import replace
from urllib.parse import unquote

import pytest

from matchmaker.domain import GraphRows
from matchmaker.reports import kept
from matchmaker.reports.document import Document
from matchmaker.reports.kept import KeptReports
from tests.api.conftest import application_of_a_file, installation_of_a_file
from tests.api.world import make_world

# Who opts out here would be missed by other tests.
wired, app = installation_of_a_file(), application_of_a_file()
PLACE = "/clusters/t:cluster/report.pdf"


@pytest.fixture
def made(monkeypatch):
    """The titles of those that were made."""
    titles = []

    def write(document, path):
        titles.append(document.title)
        path.write_bytes(f"%PDF {len(titles)}".encode())

    monkeypatch.setattr(kept, "write_pdf", write)
    return titles


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


def fetched(app, world, role, language="en", place=PLACE):
    headers = world.headers(role) | {"Accept-Language": language}
    answer = app.test_client().get(place, headers=headers)
    return answer.status_code, answer.data


def test_a_report_is_made_once_and_anew_where_anything_of_it_differs(app, world, wired, made):
    status, first = fetched(app, world, "coordinator")
    assert (status, first) == (200, b"%PDF 1")
    assert fetched(app, world, "coordinator") == (200, first)
    assert fetched(app, world, "admin") == (200, first)
    assert len(made) == 1
    assert fetched(app, world, "coordinator", "zh") == (200, b"%PDF 2")
    year = fetched(app, world, "coordinator", place=f"{PLACE}?year=2022")
    assert year == (200, b"%PDF 3")
    assert fetched(app, world, "coordinator") == (200, first)

    suggested = wired.auditing.worklist(world.principal("coordinator"), "t:cluster").items[0]
    left = wired.store.organization(suggested.partner.id)
    wired.store.upsert(GraphRows(organizations=(replace(left, listed=False),)))
    assert fetched(app, world, "coordinator") == (200, b"%PDF 4")


def test_who_may_not_read_a_report_is_not_handed_one_that_was_kept(app, world, made):
    fetched(app, world, "coordinator")
    before = list(made)
    for role in ("anyone", "stranger", "member", "owner", "elsewhere"):
        status, content = fetched(app, world, role)
        assert status in (302, 303, 401, 403, 404), role
        assert b"%PDF" not in content
    assert made == before


def document(title):
    return Document("en", title, "s", ())


def test_so_many_are_kept_and_no_more_the_latest_asked_for(made):
    reports = KeptReports(max_files=2)
    for title in ("a", "b", "a", "c", "a", "b"):
        reports.pdf(document(title))
    assert made == ["a", "b", "c", "b"]


def test_what_is_kept_is_bounded_in_bytes(made):
    reports = KeptReports(max_bytes=12)  # two of six
    for title in ("a", "b", "c", "c", "a"):
        reports.pdf(document(title))
    assert made == ["a", "b", "c", "a"]
    small = KeptReports(max_bytes=3)
    assert small.pdf(document("d")) == small.pdf(document("d"))[:5] + b"5"


def test_two_who_ask_at_once_wait_for_one(monkeypatch):
    made, reports = [], KeptReports()

    def write(document, path):
        made.append(document.title)
        time.sleep(0.3)  # while the others ask
        path.write_bytes(b"%PDF")

    monkeypatch.setattr(kept, "write_pdf", write)
    asking = [threading.Thread(target=reports.pdf, args=(document("a"),)) for _ in range(3)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(10)
    assert made == ["a"]


def test_what_could_not_be_made_is_tried_again(monkeypatch):
    reports, left = KeptReports(), [OSError("full")]

    def write(_, path):
        if left:
            raise left.pop()
        path.write_bytes(b"%PDF")

    monkeypatch.setattr(kept, "write_pdf", write)
    with pytest.raises(OSError, match="full"):
        reports.pdf(document("a"))
    assert reports.pdf(document("a")) == b"%PDF"


def test_a_report_is_a_file_of_its_clusters_name_and_day(app, world, wired, made):
    """Seen: "audit.pdf" of each of two clusters, and "audit (1).pdf" a week later."""
    headers = world.headers("coordinator") | {"Accept-Language": "zh"}
    for place in (PLACE, PLACE.replace(".pdf", ".xlsx")):
        answer = app.test_client().get(place, headers=headers)
        told = unquote(answer.headers["Content-Disposition"])
        assert wired.store.cluster("t:cluster").name in told
        assert str(wired.clock().date()) in told
        # For programs of before 2011: it was "2026-11-30 :.pdf" for them.
        assert re.search(r'filename="\d{4}-\d\d-\d\d audit\.(pdf|xlsx)"', told)
