"""Our own styles and scripts, and the libraries: packed for who takes it, and never torn apart."""

import gzip

import pytest

from matchmaker.access import ADMIN

ADDRESSES = ("/static/app.css", "/vendor/htmx.min.js")


@pytest.fixture(params=ADDRESSES)
def fetch(request, anonymous):
    """Ask for one of them with these fields of a request."""

    def fetch(method="GET", **fields):
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return anonymous.open(request.param, method=method, headers=named)

    return fetch


@pytest.mark.parametrize("taken", ["gzip", "GZIP, br", "*", "br;q=1, gzip;q=0.1"])
def test_who_takes_gzip_gets_it(fetch, taken):
    packed = fetch(Accept_Encoding=taken)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == fetch().data


@pytest.mark.parametrize("taken", ["", "identity", "br", "gzip;q=0", "gzip;q=0, *", "x-gzipped"])
def test_who_refuses_gzip_gets_the_file_as_it_is(fetch, taken):
    plain = fetch(Accept_Encoding=taken)
    assert "Content-Encoding" not in plain.headers
    assert plain.data == fetch().data
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_who_asks_for_the_head_alone_learns_of_what_would_come(fetch):
    whole, head = fetch(Accept_Encoding="gzip"), fetch("HEAD", Accept_Encoding="gzip")
    for field in ("Content-Encoding", "Content-Length", "ETag", "Vary"):
        assert head.headers[field] == whole.headers[field]
    assert head.data == b""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_it_is_not_sent_it_again(fetch, method):
    for taken in ("gzip", "identity"):
        tag = fetch(Accept_Encoding=taken).headers["ETag"]
        again = fetch(method, Accept_Encoding=taken, If_None_Match=tag)
        assert (again.status_code, again.data) == (304, b"")
        assert "Accept-Encoding" in again.headers["Vary"]


def test_a_part_is_of_what_the_rest_is_of(fetch):
    """RFC 9110: a range counts in bytes as they travel, and `If-Range` compares strongly."""
    whole = fetch(Accept_Encoding="gzip")
    part = fetch(Accept_Encoding="gzip", Range="bytes=10-", If_Range=whole.headers["ETag"])
    if part.status_code == 206:
        assert whole.data[:10] + part.data == whole.data
    else:
        assert (part.status_code, part.data) == (200, whole.data)


def test_a_part_of_the_file_as_it_is_can_be_asked_for(fetch):
    part = fetch(Range="bytes=5-14")
    assert (part.status_code, part.data) == (206, fetch().data[5:15])
    assert fetch(Range="bytes=99999999-").status_code == 416


def test_no_file_brings_somebody_s_session_along(anonymous, wired):
    """A cache in front may keep a file for everybody, and an error that does not say otherwise."""
    wired.accounts.create(ADMIN, "who@files.example", "Who", "Kx7-plover-Quartz")
    sent = {"email": "who@files.example", "password": "Kx7-plover-Quartz"}
    assert anonymous.post("/api/v1/session", json=sent).headers["Set-Cookie"]
    assert "Set-Cookie" in anonymous.get("/account").headers
    for address in ADDRESSES:
        answer = anonymous.get(address)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
    for address in ("/static/none.css", "/vendor/none.js"):
        answer = anonymous.get(address)
        assert answer.status_code == 404
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
