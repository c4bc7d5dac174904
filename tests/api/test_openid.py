"""Signing in with a real OpenID Connect provider, which runs in a process of its own."""

import gzip
import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from matchmaker.access import ADMIN
from matchmaker.api.people.openid import claims_with
from matchmaker.app import create_app
from matchmaker.errors import InvalidInput, SignInNeeded
from matchmaker.services.people.sign_in import OpenIdClaims
from matchmaker.settings import Settings
from matchmaker.wiring import wire
from tests.openid_provider import Provider

# The provider is a process of its own.
pytestmark = pytest.mark.slow

API = "/api/v1"
HERE = "http://localhost"


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.stop()


def application(wired, issuer):
    settings = Settings(
        data_dir=wired.settings.data_dir,
        store="",
        oidc_issuer=issuer,
        oidc_client_id="matchmaker",
        oidc_client_secret="secret",
        _env_file=None,
    )
    return create_app(wire(settings))


@pytest.fixture(scope="module")
def federated(wired, provider):
    return application(wired, provider.issuer)


@pytest.fixture
def invited(wired):
    """An address that was invited, of its own for each test."""

    def invite(name):
        wired.invitations.invite(ADMIN, f"{name}@example.org", cluster="t:cluster")
        return f"{name}@example.org"

    return invite


def begin(app):
    client = app.test_client()
    begun = client.get("/auth/oidc")
    assert begun.status_code == 302
    return client, begun.headers["Location"]


def come_back(client, place):
    assert place.startswith(f"{HERE}/auth/callback")
    return client.get(place.removeprefix(HERE))


def through(app, provider, login):
    """As a browser would go: to the provider, in its form, and back."""
    client, address = begin(app)
    return client, come_back(client, provider.sign_in(address, login))


def is_outside(client):
    return client.get(f"{API}/account").status_code == 401


def test_who_was_invited_signs_in_and_is_known_the_next_time(federated, provider, invited):
    email = invited("zhang")
    for _ in range(2):
        client, answer = through(federated, provider, email)
        assert answer.status_code == 302
        account = client.get(f"{API}/account").json
        assert (account["email"], account["clusters"]) == (email, ["t:cluster"])
        # The provider tells of name and address where it is asked, not in the ID token.
        assert account["name"] == f"Name of {email}"


def test_a_provider_that_tells_of_no_second_factor_does_not_replace_ones_own(
    federated, provider, invited, wired
):
    email = invited("twofold")
    through(federated, provider, email)
    principal = replace(wired.accounts.by_email(ADMIN, email).principal(), is_recent=True)
    authenticator = pyotp.TOTP(wired.second_factors.begin(principal).secret)
    recovery = wired.second_factors.confirm(principal, authenticator.now())
    client, answer = through(federated, provider, email)
    assert answer.headers["Location"] == "/sign-in/code"
    assert is_outside(client)
    form = client.get("/sign-in/code").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
    sent = client.post("/sign-in/code", data={"csrf_token": token, "code": recovery[0]})
    assert sent.status_code == 303
    assert client.get(f"{API}/account").json["email"] == email


@pytest.mark.parametrize(("site", "place"), [("cross-site", "/sign-in"), ("same-origin", "http")])
def test_no_other_page_begins_signing_in(federated, site, place):
    answer = federated.test_client().get("/auth/oidc", headers={"Sec-Fetch-Site": site})
    assert answer.headers["Location"].startswith(place)


def test_who_was_not_invited_stays_outside(federated, provider):
    client, answer = through(federated, provider, "stranger@elsewhere.org")
    assert answer.status_code == 401
    assert is_outside(client)


def test_an_address_that_the_provider_does_not_vouch_for_is_never_linked(
    federated, provider, invited, wired
):
    invited_email, known = invited("unverified.guest"), "unverified.member@example.org"
    wired.accounts.create(ADMIN, known, "Member", "correct horse 9", clusters=("t:cluster",))
    for email in (invited_email, known):
        client, answer = through(federated, provider, email)
        assert answer.status_code == 401
        assert is_outside(client)
    assert not wired.accounts.by_email(ADMIN, known).openid_subject
    with pytest.raises(SignInNeeded):
        wired.sign_in.with_provider(OpenIdClaims("https://issuer", "x", known, False, "X"))


@pytest.mark.parametrize(
    ("name", "at_the_provider"),
    [("nonce", True), ("code_challenge", True), ("state", False), ("iss", False), ("code", False)],
)
def test_an_answer_that_is_not_of_this_sign_in_opens_nothing(
    federated, provider, invited, name, at_the_provider
):
    """Changed on the way to the provider, or on the way back."""
    email = invited(f"changed.{name.replace('_', '.')}")

    def change(address):
        changed, count = re.subn(rf"(?<=[?&]{name}=)[^&]{{3}}", "xyz", address)
        assert count == 1
        return changed

    client, address = begin(federated)
    place = provider.sign_in(change(address) if at_the_provider else address, email)
    answer = come_back(client, place if at_the_provider else change(place))
    assert answer.status_code == 401
    assert is_outside(client)


def test_an_answer_works_once_and_in_the_browser_that_asked(federated, provider, invited):
    client, address = begin(federated)
    place = provider.sign_in(address, invited("once"))
    thief = federated.test_client()
    assert come_back(thief, place).status_code == 401
    assert is_outside(thief)
    assert come_back(client, place).status_code == 302
    assert come_back(client, place).status_code == 401


def test_who_cancels_there_is_told_and_stays_outside(federated, provider):
    client, address = begin(federated)
    answer = come_back(client, provider.cancel(address))
    assert answer.status_code == 401
    assert "access_denied" in answer.text
    assert is_outside(client)


def test_a_provider_that_goes_down_halfway_is_told_as_such(wired, invited):
    provider = Provider()
    try:
        client, address = begin(application(wired, provider.issuer))
        place = provider.sign_in(address, invited("halfway"))
    finally:
        provider.stop()
    assert come_back(client, place).status_code == 503
    assert is_outside(client)


def test_a_provider_that_is_down_is_told_as_such(wired):
    answer = application(wired, "http://localhost:9").test_client().get("/auth/oidc")
    assert answer.status_code == 503


def test_starts_that_are_not_finished_do_not_make_the_cookie_too_long(federated, provider, invited):
    """Browsers keep 4,096 bytes (RFC 6265, 6.1); the last start still comes to its end."""
    client = federated.test_client()
    for _ in range(20):
        begun = client.get("/auth/oidc")
        sent = [each for each in begun.headers.getlist("Set-Cookie") if each.startswith("matchm")]
        assert len(sent[-1].split(";")[0]) < 4_096
    come_back(client, provider.sign_in(begun.headers["Location"], invited("impatient")))
    assert not is_outside(client)


def test_another_person_of_the_provider_is_not_linked_however_the_issuer_is_spelled(wired):
    email = "spelled@example.org"
    wired.invitations.invite(ADMIN, email, cluster="t:cluster")
    first = OpenIdClaims("https://issuer.example/", "a", email, True, "A")
    account = wired.sign_in.with_provider(first)
    for issuer in ("https://issuer.example", "https://issuer.example/"):
        assert wired.sign_in.with_provider(replace(first, issuer=issuer)).id == account.id
        with pytest.raises(SignInNeeded, match="another person"):
            wired.sign_in.with_provider(replace(first, issuer=issuer, subject="b"))


def test_a_token_without_an_address_vouches_for_none():
    """The address is of the answer that says it is not confirmed."""
    told = {"sub": "a", "email": "a@example.org", "email_verified": False}
    claims = claims_with({"sub": "a", "email_verified": True, "xms_edov": True, "name": "A"}, told)
    assert (claims["email"], claims["email_verified"]) == ("a@example.org", False)
    assert not claims["xms_edov"]
    assert claims["name"] == "A"


def test_an_address_of_other_letters_that_look_alike_is_not_anothers(wired):
    """U+212A, the Kelvin sign, is a letter k where case does not count."""
    wired.invitations.invite(ADMIN, "kim@example.org", cluster="t:cluster")
    other = OpenIdClaims("https://issuer.example", "k", "\u212aim@example.org", True, "K")
    with pytest.raises(InvalidInput):
        wired.sign_in.with_provider(other)


@contextmanager
def answering(answers, packed=False):
    """The address of a provider that answers each path with what `answers` of its address say."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = json.dumps(answers(issuer)[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            if packed:
                content = gzip.compress(content)
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def metadata(issuer, **more):
    named = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "keys"}
    places = {name: f"{issuer}/{path}" for name, path in named.items()}
    return {"/.well-known/openid-configuration": {"issuer": issuer, **places, **more}}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("length", "status"), [(100_000, 302), (2_000_000, 503)])
def test_of_a_provider_that_answers_without_end_no_more_is_read(wired, packed, length, status):
    with answering(lambda issuer: metadata(issuer, filling="a" * length), packed) as issuer:
        begun = application(wired, issuer).test_client().get("/auth/oidc")
    assert begun.status_code == status


def test_claims_beside_a_missing_id_token_sign_nobody_in(wired, invited):
    said = {"sub": "a", "email": invited("unsigned"), "email_verified": True}
    token = {"access_token": "a", "token_type": "Bearer", "userinfo": said}
    with answering(lambda issuer: {**metadata(issuer), "/token": token}) as issuer:
        client, address = begin(application(wired, issuer))
        state = parse_qs(urlsplit(address).query)["state"][0]
        answer = client.get("/auth/callback", query_string={"code": "c", "state": state})
    assert answer.status_code == 401
    assert is_outside(client)


@pytest.mark.parametrize(
    "said", [{"error": "maintenance"}, {"issuer": "https://other.example"}, {"jwks_uri": None}]
)
def test_metadata_that_cannot_be_used_are_asked_for_again(wired, said):
    changed = dict(said)
    with answering(lambda issuer: metadata(issuer, **changed) if "error" not in changed
                   else dict.fromkeys(metadata(issuer), changed)) as issuer:  # fmt: skip
        app = application(wired, issuer)
        assert app.test_client().get("/auth/oidc").status_code == 503
        changed.clear()
        assert app.test_client().get("/auth/oidc").status_code == 302


def test_keys_that_cannot_be_used_are_asked_for_again(wired, invited):
    email, key = invited("rotating"), RSAKey.generate_key(2048, {"kid": "k"})
    keys, nonce = [{"error": "maintenance"}, {"keys": []}], []

    def answers(issuer):
        claims = {"iss": issuer, "aud": "matchmaker", "sub": "r", "nonce": nonce[-1:][0],
                  "iat": time.time(), "exp": time.time() + 60, "email": email,
                  "email_verified": True} if nonce else {}  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "k"}, claims, key)
        published = keys[0] if keys else {"keys": [key.as_dict(private=False)]}
        said = {"access_token": "a", "token_type": "Bearer", "id_token": token}
        return {**metadata(issuer), "/keys": published, "/token": said}

    with answering(answers) as issuer:
        app = application(wired, issuer)
        for status in (503, 503, 302):
            client, address = begin(app)
            sent = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
            nonce.append(sent["nonce"])
            query = {"code": "c", "state": sent["state"]}
            assert client.get("/auth/callback", query_string=query).status_code == status
            del keys[:1]
    assert client.get(f"{API}/account").json["email"] == email
