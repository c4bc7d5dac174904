"""What every answer tells the browser, and the cookies that it is given."""

import re

import pytest

from matchmaker.access import ADMIN
from matchmaker.wiring import wire
from tests.api.conftest import application_of

API = "/api/v1"
PASSWORD = "correct horse 9"
PROXIED = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
PLACES = ["/sign-in", "/livez", f"{API}/organizations", f"{API}/nowhere", "/nowhere"]


@pytest.fixture
def behind_proxy(wired):
    services = wire(wired.settings.model_copy(update={"trusted_proxies": 1}))
    yield application_of(services)
    services.store.close()


def directives(answer):
    policy = answer.headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.mark.parametrize("place", PLACES)
def test_no_answer_is_shown_in_a_frame_or_taken_for_another_type(app, place):
    answer = app.test_client().get(place)
    told = directives(answer)
    assert told["frame-ancestors"] == told["object-src"] == told["base-uri"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers  # plain http


@pytest.mark.parametrize("place", PLACES)
def test_over_https_browsers_are_told_to_stay_there_for_a_year(behind_proxy, place):
    answer = behind_proxy.test_client().get(place, headers=PROXIED)
    stated = answer.headers["Strict-Transport-Security"].split("; ")
    assert "max-age=31536000" in stated
    assert "includeSubDomains" in stated


def test_over_https_no_other_host_can_set_the_cookies(behind_proxy, wired):
    email = "cookies@headers.example"
    wired.accounts.create(ADMIN, email, "王芳", PASSWORD)
    client = behind_proxy.test_client()
    body = {"email": email, "password": PASSWORD}
    answer = client.post(f"{API}/session", json=body, headers=PROXIED)
    cookies = answer.headers.getlist("Set-Cookie")
    assert sorted(cookie.partition("=")[0] for cookie in cookies) == [
        "__Host-matchmaker",
        "__Host-matchmaker_device",
    ]
    for cookie in cookies:  # else browsers refuse the prefix
        assert "; Secure" in cookie
        assert "; Path=/" in cookie
        assert "Domain" not in cookie
    url = "https://localhost"
    known = client.get(f"{API}/account", headers=PROXIED, base_url=url)
    assert known.status_code == 200
    headers = PROXIED | {"X-CSRF-Token": answer.json["csrf_token"]}
    ended = client.delete(f"{API}/session", headers=headers, base_url=url)
    assert (ended.status_code, ended.headers["Clear-Site-Data"]) == (204, '"storage"')


def test_a_form_over_https_needs_its_token_and_no_referrer(behind_proxy, wired):
    email = "form@headers.example"
    wired.accounts.create(ADMIN, email, "王芳", PASSWORD)
    client = behind_proxy.test_client()
    asked = {"headers": PROXIED, "base_url": "https://localhost"}
    page = client.get("/sign-in", **asked)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    form = {"email": email, "password": PASSWORD, "back": "/account"}
    assert client.post("/sign-in", data=form, **asked).status_code == 400
    form["csrf_token"] = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    entered = client.post("/sign-in", data=form, **asked)
    assert (entered.status_code, entered.headers["Location"]) == (303, "/account")


def test_methods_that_nobody_needs_are_refused(app):
    for place in PLACES[:3]:
        assert app.test_client().open(place, method="TRACE").status_code == 405
