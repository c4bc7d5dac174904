"""Certificates on the page of an organisation: entered with a file, and confirmed."""

import csv
import io
import re
from datetime import UTC, datetime
from urllib.parse import quote

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
    confirm = {
        "csrf_token": token, "do": "confirm", "certificate": held["id"], "seen": held["digest"],
    }  # fmt: skip
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


def test_what_a_coordinator_took_back_is_told_and_confirmed_anew_only_as_it_was_seen(app, world):
    owner, token = signed_in(app, world, "owner")
    api = f"/api/v1/organizations/{FIRM}/certificates"
    headers = {"X-CSRF-Token": token}
    sent = {"kind": "CNAS", "number": "L-1", "until": "2999-03-31"}
    made = owner.post(api, json=sent, headers=headers).json
    place = f"/api/v1/certificates/{quote(made['id'])}"
    coordinator, of_coordinator = signed_in(app, world, "coordinator")
    own = {"X-CSRF-Token": of_coordinator, "Accept-Language": "zh"}

    def held():
        rows = coordinator.get(api).json["items"]
        return next(row for row in rows if row["id"] == made["id"])

    def confirm(seen):
        return coordinator.post(f"{place}/confirmation", json={"seen": seen}, headers=own)

    first = held()
    assert first["taken_back_on"] is None
    owner.put(place, json=sent | {"number": "L-2"}, headers=headers)
    refused = confirm(first["digest"])
    assert refused.status_code == 409
    assert "您看过之后，该证书已有变动" in refused.json["detail"]
    assert coordinator.post(f"{place}/confirmation", json={}, headers=own).status_code == 422
    second = held()
    assert confirm(second["digest"]).json["claim"] == "confirmed_by_coordinator"
    taken = coordinator.delete(f"{place}/confirmation", headers=own).json
    today = datetime.now(UTC).date()
    assert (taken["claim"], taken["taken_back_on"]) == ("stated", today.isoformat())
    # Anybody reads it.
    stranger, _ = signed_in(app, world, "stranger")
    page = stranger.get(PAGE).text
    assert f"确认已于 {today.year}年{today.month}月{today.day}日 撤回" in page
    assert "我们重新确认属实" in coordinator.get(PAGE).text
    # What they saw before it was taken back is not what they see now.
    assert confirm(second["digest"]).status_code == 409
    anew = confirm(held()["digest"]).json
    assert (anew["claim"], anew["taken_back_on"]) == ("confirmed_by_coordinator", None)


@pytest.mark.parametrize("do", ["change", "remove"])
def test_what_a_colleague_changed_of_a_certificate_is_not_replaced_unseen(app, world, do):
    """The second of two saved over what the first had, and neither was told."""
    owner, token = signed_in(app, world, "owner")
    headers = {"X-CSRF-Token": token}
    api = f"/api/v1/organizations/{FIRM}/certificates"
    sent = {"kind": f"GB 26640 {do}", "number": "N-1", "until": "2999-03-31"}
    made = owner.post(api, json=sent, headers=headers).json
    place = f"/api/v1/certificates/{quote(made['id'])}"
    form = owner.get(PAGE).text.split(f'value="{made["id"]}"')[1].split("</form>")[0]
    seen = re.search(r'name="seen" value="([^"]+)"', form)[1]
    tagged = headers | {"If-Match": f'"{made["digest"]}"'}
    by_colleague = owner.put(place, json=sent | {"until": "2999-12-31"}, headers=tagged)
    assert by_colleague.status_code == 200

    fields = {"csrf_token": token, "do": do, "certificate": made["id"], "kind": sent["kind"]}
    page = {**fields, "number": "N-2", "until": "2999-03-31", "seen": seen}
    refused = owner.post(f"{PAGE}/certificates", data=page)
    assert refused.status_code == 409
    again = {"json": sent | {"number": "N-2"}} if do == "change" else {}
    send = owner.put if do == "change" else owner.delete
    assert send(place, headers=tagged, **again).status_code == 412
    (held,) = (one for one in owner.get(api).json["items"] if one["id"] == made["id"])
    assert (held["number"], held["until"]) == ("N-1", "2999-12-31")

    tagged = headers | {"If-Match": by_colleague.headers["ETag"]}
    assert send(place, headers=tagged, **again).status_code in {200, 204}
