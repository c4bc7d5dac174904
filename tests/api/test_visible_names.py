"""What is written through the API and through forms holds no characters that nobody sees."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.errors import InvalidInput
from tests.api.conftest import application_of_a_file, installation_of_a_file

API = "/api/v1"
FIRM = f"{API}/organizations/t:firm1"
# Zero width; right-to-left override and isolate (UAX 9); a Braille blank; a mark upon nothing.
UNSEEN = ["\u200b\u200b\u200b", "\u202e\u2066", "\u2800", "\u0301\ufe0f"]
PASSWORD = "correct\u200bhorse 9 stable"


# A firm that other files ask for changes its name here.
wired, app = installation_of_a_file(), application_of_a_file()


@pytest.fixture
def change(client):
    def send(**fields):
        version = {"If-Match": client.get(FIRM).headers["ETag"]}
        return client.patch(FIRM, json=fields, headers=version)

    return send


@pytest.mark.parametrize("name", UNSEEN)
def test_a_name_of_nothing_that_is_seen_is_refused_in_words(change, name):
    answer = change(name=name)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["name"]
    assert answer.json["errors"][0]["message"]


def test_names_are_kept_without_characters_that_turn_or_hide_others(change, client):
    answer = change(
        name="袜厂\u202ecod.exe",
        name_en="So\u00adck \u200bworks",
        website="https://a.example/\u202egnp",
    )
    assert answer.status_code == 200, answer.text
    kept = client.get(FIRM).json
    assert (kept["name"], kept["name_en"], kept["website"]) == (
        "袜厂cod.exe", "Sock works", "https://a.example/gnp",
    )  # fmt: skip


def test_texts_keep_lines_tabs_and_the_joiners_of_scripts_and_pictures(client):
    written = "می\u200cخواهم\n\tDN50\t8 t\n👩\u200d🔧"
    offer = {"organization": "t:firm1", "kind": "product"}
    answer = client.post(f"{API}/offers", json=offer | {"text": written + "\u202e\u200b"})
    assert answer.status_code == 201, answer.text
    assert answer.json["text"] == written
    assert client.post(f"{API}/offers", json=offer | {"text": "\u200b"}).status_code == 422


def test_what_one_firm_writes_to_another_turns_and_hides_nothing(client):
    """The message and terms of a request; reasons, talk and meetings are of the same type."""
    odd, plain = "PAY\u202e3202\u2066\u200b\x1b[2JX\n\tby Friday", "PAY3202[2JX\n\tby Friday"
    body = {"seeker": "t:firm1", "candidate": "t:firm2", "goal": "supplier"}
    asked = client.post(f"{API}/introductions", json=body | {"message": odd, "terms": odd})
    assert asked.status_code == 201, asked.text
    seen = client.get(f"{API}/introductions/{asked.json['id']}")
    assert (seen.json["message"], seen.json["terms"]) == (plain, plain)


def test_an_address_to_call_is_as_it_is_read(client):
    body = {"organization": "t:firm1", "url": "https://erp.example.com/\u202egnp"}
    answer = client.post(f"{API}/webhooks", json=body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "url")


def test_a_form_keeps_nothing_unseen_but_in_a_password(app, wired):
    account = wired.accounts.create(ADMIN, "unseen@example.org", "王芳", PASSWORD)
    client = app.test_client()

    def token(path):
        return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[1]

    sign_in = {"email": account.email, "password": PASSWORD, "csrf_token": token("/sign-in")}
    assert client.post("/sign-in", data=sign_in).status_code == 303
    names = {"what": "preferences", "name": "王\u202e芳\u2066", "csrf_token": token("/account")}
    assert client.post("/account", data=names).status_code < 400
    assert wired.repositories.accounts.get(account.id).value.name == "王芳"


NOTICES = [
    "Mill\n\nYour account was locked",
    "Mill: sign in at https://evil.example/reset",
    "Mill ｈｔｔｐ：//evil.example",
    "Mill (WWW.evil.example)",
    "***",
]


@pytest.mark.parametrize("name", NOTICES)
@pytest.mark.parametrize("field", ["name", "name_en"])
def test_a_name_that_is_a_notice_or_a_link_is_refused_in_both_languages(client, field, name):
    version = {"If-Match": client.get(FIRM).headers["ETag"]}
    told = set()
    for language in ("en", "zh"):
        headers = version | {"Accept-Language": language}
        answer = client.patch(FIRM, json={field: name}, headers=headers)
        assert answer.status_code == 422, answer.text
        assert field in answer.json["detail"] or answer.json["errors"][0]["field"] == field
        told.add(answer.json["detail"])
    assert len(told) == 2
    new = {"name": "Mill", "kind": "firm", field: name}
    assert client.post(f"{API}/organizations", json=new).status_code == 422


def test_a_domain_in_a_name_is_right(change):
    assert change(name="Booking.com B.V.").json["name"] == "Booking.com B.V."


def test_a_name_from_before_is_read_and_stays_while_other_fields_change(client, wired):
    id, name = "t:named-before", "Mill\nhttps://mill.example"
    wired.store.upsert(GraphRows(organizations=(Organization(id, name, Kind.FIRM),)))
    read = client.get(f"{API}/organizations/{id}")
    version = {"If-Match": read.headers["ETag"]}
    answer = client.patch(
        f"{API}/organizations/{id}", json={"name": name, "contact": "K"}, headers=version
    )
    assert (answer.status_code, answer.json["name"], answer.json["contact"]) == (200, name, "K")


@pytest.mark.parametrize("title", NOTICES)
def test_titles_of_what_others_read_and_issuers_are_no_notices(client, wired, title):
    call = {
        "organization": "t:firm1", "title": title, "text": "Valves", "goal": "supplier",
        "deadline": "2999-01-01",
    }  # fmt: skip
    pooled = {
        "kind": "pooled_needs", "cluster": "t:cluster", "title": title,
        "parties": ["t:firm1", "t:firm2"],
    }  # fmt: skip
    survey = {
        "title": title, "questions": ["buys_from"], "members": ["t:firm1", "t:firm2"],
        "deadline": str(datetime.now(UTC).date() + timedelta(days=7)),
    }  # fmt: skip
    held = {"kind": "ISO 9001", "issuer": title}
    for path, body in (
        ("calls", call),
        ("gatherings", pooled),
        ("clusters/t:cluster/surveys", survey),
        ("organizations/t:firm1/certificates", held),
    ):
        answer = client.post(f"{API}/{path}", json=body)
        assert answer.status_code == 422, answer.text
        assert re.search("one line|web address|a letter or a digit", answer.text), answer.text
    with pytest.raises(InvalidInput):
        wired.directory.put_cluster(ADMIN, "", {"name": title})


@pytest.mark.parametrize("name", NOTICES[1:])
def test_a_person_is_called_by_no_link(wired, name):
    with pytest.raises(InvalidInput):
        wired.accounts.create(ADMIN, "linked@example.org", name, PASSWORD)
