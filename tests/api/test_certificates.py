"""Certificates on the page of an organisation: entered with a file, and confirmed."""

import csv
import io

import pytest

from tests.api.world import PASSWORD, make_world

FIRM = "t:firm1"
PAGE = f"/organizations/{FIRM}"


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


def signed_in(app, world, role):
    client = app.test_client()
    sent = {"email": world.accounts[role].email, "password": PASSWORD}
    token = client.post("/api/v1/session", json=sent).json["csrf_token"]
    return client, token


def test_entered_with_a_file_and_confirmed_on_the_page(app, world):
    owner, token = signed_in(app, world, "owner")
    form = {
        "csrf_token": token, "do": "enter", "kind": "ts16949", "number": "T-77",
        "since": "2024-03", "until": "2999-03-31",
        "file": (io.BytesIO(b"IATF 16949 held by firm 1"), "iatf.txt"),
    }  # fmt: skip
    sent = owner.post(f"{PAGE}/certificates", data=form, content_type="multipart/form-data")
    assert sent.status_code == 303
    coordinator, token = signed_in(app, world, "coordinator")
    api = f"/api/v1/organizations/{FIRM}/certificates"
    (held,) = (one for one in coordinator.get(api).json["items"] if one["kind"] == "IATF 16949")
    assert (held["since"], held["claim"], held["file"]["name"]) == ("2024-03", "stated", "iatf.txt")
    page = coordinator.get(PAGE).text
    assert "IATF 16949" in page
    assert "我们确认属实" in page
    confirm = {"csrf_token": token, "do": "confirm", "certificate": held["id"]}
    assert coordinator.post(f"{PAGE}/certificates", data=confirm).status_code == 303
    stranger, _ = signed_in(app, world, "stranger")
    profile = stranger.get(f"/api/v1/organizations/{FIRM}").json
    (seen,) = (one for one in profile["certificates"] if one["kind"] == "IATF 16949")
    assert (seen["claim"], seen["file"]) == ("confirmed_by_coordinator", None)
    notices = owner.get("/notices").text
    assert "IATF 16949" in notices
    export = "/api/v1/clusters/t:cluster/certificates/export?format=csv&language=zh"
    rows = list(csv.DictReader(io.StringIO(coordinator.get(export).text.lstrip("\ufeff"))))
    (row,) = (one for one in rows if one["证书名称"] == "IATF 16949")
    assert (row["证书编号"], row["发证机构"]) == ("T-77", "")


def test_a_program_is_no_proof(app, world):
    owner, token = signed_in(app, world, "owner")
    form = {
        "csrf_token": token, "do": "enter", "kind": "CE", "back": PAGE,
        "file": (io.BytesIO(b"MZ\x90\x00"), "ce.exe"),
    }  # fmt: skip
    owner.post(f"{PAGE}/certificates", data=form, content_type="multipart/form-data")
    held = owner.get(f"/api/v1/organizations/{FIRM}/certificates").json["items"]
    assert "CE" not in {one["kind"] for one in held}
