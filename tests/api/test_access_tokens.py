"""Access tokens of a real OpenID provider at the server of assistants, and forged ones."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import ssl
import threading
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import anyio
import httpx2
import pytest
import requests
import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

from matchmaker.access import ADMIN
from matchmaker.assistants.access_tokens import (
    ASKED_AGAIN_SECONDS,
    KEYS_KEPT_SECONDS,
    READ_SCOPE,
    WRITE_SCOPE,
    AccessTokens,
    IssuerKeys,
)
from matchmaker.assistants.server import PATH, BearerVerifier, http_server
from matchmaker.errors import SignInNeeded
from matchmaker.services.people.sign_in import OpenIdClaims
from matchmaker.settings import Settings
from matchmaker.wiring import wire
from matchmaker.workflow.account import Scope
from tests.api.world import PASSWORD, make_world
from tests.openid_provider import Provider, free_port

pytestmark = pytest.mark.slow  # the provider is a process of its own

# Asked over http alone: a client of its own reads all certificates of the system first.
UNVERIFIED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
FIRM, CLUSTER = "t:firm1", "t:cluster"
BACK = "http://localhost/auth/callback"
ELSEWHERE = "https://elsewhere.example/api"


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


@pytest.fixture(scope="module")
def address():
    return f"http://127.0.0.1:{free_port()}{PATH}"


@pytest.fixture(scope="module")
def provider(address):
    provider = Provider(address)
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def services(wired, provider):
    settings = Settings(
        data_dir=wired.settings.data_dir, store="", oidc_issuer=provider.issuer,
        oidc_client_id="matchmaker", oidc_client_secret="secret", _env_file=None,
    )  # fmt: skip
    return wire(settings)


@pytest.fixture(scope="module")
def served(services, address):
    """The server, listening."""
    application = http_server(services, address).streamable_http_app(stateless_http=True)
    port = urlsplit(address).port
    running = uvicorn.Server(uvicorn.Config(application, port=port, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.05)
    yield address
    running.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def linked(world, wired, provider):
    """The member's address at the provider, to which their account is linked."""
    account = world.accounts["member"]
    link = f"{provider.issuer} {account.email}"
    wired.accounts.change(
        account.id, lambda row: replace(row, openid_subject=link, is_proved=True), "test.linked"
    )
    return account.email


def granted(provider, login, scope=f"{READ_SCOPE} {WRITE_SCOPE}", resource=""):
    """An access token for a resource, as a client gets it: by a code, with PKCE (RFC 7636)."""
    verifier = secrets.token_urlsafe(40)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": "matchmaker", "redirect_uri": BACK, "response_type": "code",
        "scope": f"openid {scope}".strip(), "state": "s", "nonce": "n", "resource": resource,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }  # fmt: skip
    place = provider.sign_in(f"{provider.issuer}/auth?{urlencode(asked)}", login)
    sent = {
        "grant_type": "authorization_code", "code": parse_qs(urlsplit(place).query)["code"][0],
        "redirect_uri": BACK, "code_verifier": verifier, "resource": resource,
    }  # fmt: skip
    answer = requests.post(
        f"{provider.issuer}/token", data=sent, auth=("matchmaker", "secret"), timeout=5
    )
    return answer.json()["access_token"], answer.json()["id_token"]


def call(address, token, tool, **arguments):
    """What the official client is answered: a status where it is turned away."""
    headers = {"Authorization": f"Bearer {token}"}
    question = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}
    asked = httpx2.post(address, json=question, headers=headers | accept, verify=UNVERIFIED)
    if asked.status_code != 200:
        return asked.status_code

    async def asking():
        async with (
            httpx2.AsyncClient(headers=headers, verify=UNVERIFIED) as http,
            Client(streamable_http_client(address, http_client=http)) as client,
        ):
            return await client.call_tool(tool, arguments)

    answer = anyio.run(asking)
    return answer.content[0].text if answer.is_error else answer.structured_content


def test_a_client_without_a_token_is_told_where_to_get_one(served, provider):
    """RFC 9728, sections 3.1 and 5.1; the scopes are those that a client then asks for."""
    refused = httpx2.post(served, json={}, verify=UNVERIFIED)
    parts = urlsplit(served)
    suffixed = f"http://{parts.netloc}/.well-known/oauth-protected-resource{PATH}"
    assert refused.status_code == 401
    challenge = refused.headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer ")
    assert f'resource_metadata="{suffixed}"' in challenge
    for place in (suffixed, suffixed.removesuffix(PATH)):
        metadata = httpx2.get(place, verify=UNVERIFIED).json()
        assert metadata["resource"] == served
        assert metadata["authorization_servers"] == [provider.issuer]
        assert metadata["scopes_supported"] == [READ_SCOPE, WRITE_SCOPE]


def test_who_is_linked_asks_with_a_token_and_has_their_own_rights(served, provider, linked):
    token, _ = granted(provider, linked, resource=served)
    own = call(served, token, "who_am_i")
    assert [each["id"] for each in own["organizations"]] == [FIRM]
    assert own["may_write"] is True
    # A member is no coordinator, whatever the token says.
    assert isinstance(call(served, token, "audit", cluster=CLUSTER), str)


def test_a_token_for_reading_drafts_nothing_and_one_without_scopes_opens_nothing(
    served, provider, linked
):
    token, _ = granted(provider, linked, READ_SCOPE, served)
    assert call(served, token, "who_am_i")["may_write"] is False
    need = {"organization": FIRM, "goal": "supplier", "text": "Castings"}
    assert isinstance(call(served, token, "draft_need", **need), str)
    bare, _ = granted(provider, linked, "", served)
    assert call(served, bare, "who_am_i") == 403


def test_a_token_for_another_resource_and_an_id_token_open_nothing(served, provider, linked):
    token, id_token = granted(provider, linked, resource=ELSEWHERE)
    assert call(served, token, "who_am_i") == 401
    assert call(served, id_token, "who_am_i") == 401


def test_who_is_not_linked_or_was_closed_opens_nothing(served, provider, linked, world, wired):
    """Also not one whose address the provider vouches for: a token links nobody."""
    other = world.accounts["owner"]
    token, _ = granted(provider, other.email, resource=served)
    assert call(served, token, "who_am_i") == 401
    assert not wired.accounts.by_email(ADMIN, other.email).openid_subject
    token, _ = granted(provider, linked, resource=served)
    account = world.accounts["member"]
    wired.accounts.change(account.id, lambda row: replace(row, active=False), "test.closed")
    try:
        assert call(served, token, "who_am_i") == 401
    finally:
        wired.accounts.change(account.id, lambda row: replace(row, active=True), "test.opened")
    assert call(served, token, "who_am_i")["organizations"]


KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
NOW = 1_800_000_000


@pytest.fixture(scope="module")
def judge(services, world, linked, provider, served):
    """Judges tokens by a key of ours, as if the issuer had published it."""
    keys = IssuerKeys(provider.issuer, lambda: 0.0)
    keys._keys, keys._known_since, keys._asked = {"k1": KEY}, 0.0, 0.0
    return AccessTokens(services.sign_in, keys, served, lambda: NOW)


@pytest.fixture(scope="module")
def claims(provider, served, linked):
    return {
        "iss": provider.issuer, "sub": linked, "aud": served, "exp": NOW + 60, "iat": NOW,
        "scope": READ_SCOPE,
    }  # fmt: skip


def signed(claims, key=KEY, **header):
    return jwt.encode({"alg": "RS256", "kid": "k1", "typ": "at+jwt"} | header, claims, key)


def test_a_token_that_says_what_it_should_is_taken(judge, claims, world, served):
    bearer = judge.bearer(signed(claims))
    assert bearer.principal.account == world.accounts["member"].id
    taken_back = replace(judge, is_active=lambda token: token != signed(claims))
    assert taken_back.bearer(signed(claims)) is None
    assert (bearer.principal.writes, bearer.expires) == (False, NOW + 60)
    both = claims | {
        "aud": ["https://other.example", served],
        "scope": f"{READ_SCOPE} {WRITE_SCOPE}",
    }
    assert judge.bearer(signed(both)).principal.writes
    assert judge.bearer(signed(claims | {"scp": [READ_SCOPE], "iss": claims["iss"]}))


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "https://other.example/mcp"}, {"aud": ["matchmaker"]}, {"aud": None},
        {"iss": "https://issuer.example"}, {"iss": None}, {"iss": "http://localhost:1"},
        {"exp": NOW - 31}, {"exp": None}, {"exp": "2999"}, {"exp": True},
        {"exp": float("inf")},
        {"nbf": NOW + 31}, {"nbf": "x"}, {"iat": NOW + 31},
        {"sub": ""}, {"sub": None}, {"sub": 7}, {"sub": "nobody@example.org"},
    ],
)  # fmt: skip
def test_a_token_that_says_anything_else_is_refused(judge, claims, change):
    changed = {name: value for name, value in (claims | change).items() if value is not None}
    assert judge.bearer(signed(changed)) is None


def test_a_token_that_the_issuer_did_not_sign_is_refused(judge, claims):
    def part(content):
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    good = signed(claims)
    head, body, signature = good.split(".")
    more = part(claims | {"scope": WRITE_SCOPE})
    public = KEY.as_pem(private=False)
    forged = [
        f"{part({'alg': 'none', 'kid': 'k1'})}.{body}.",
        f"{part({'alg': 'None', 'kid': 'k1'})}.{body}.{signature}",
        f"{head}.{more}.{signature}",
        f"{head}.{body}.",
        signed(claims, OTHER),
        signed(claims, kid="unknown"),
        signed(claims, typ="logout+jwt"),
        # The public key as if it were a secret (HS256).
        jwt.encode({"alg": "HS256", "kid": "k1"}, claims, OctKey.import_key(public.hex())),
        "", "a.b.c", "..", "x" * 20_000, f"{good}.{signature}",
    ]  # fmt: skip
    assert [judge.bearer(token) for token in forged] == [None] * len(forged)


def test_an_account_with_a_second_factor_needs_a_token_that_tells_of_one(
    judge, claims, monkeypatch
):
    account = judge.sign_in.linked_account(claims["iss"], claims["sub"])
    monkeypatch.setattr(type(account), "has_second_factor", property(lambda _: True))
    assert judge.bearer(signed(claims)) is None
    assert judge.bearer(signed(claims | {"amr": ["pwd"]})) is None
    assert judge.bearer(signed(claims | {"amr": ["pwd", "mfa"]}))


def test_an_account_whose_address_nobody_proved_is_opened_by_no_token_and_no_provider(
    judge, claims, wired
):
    """Linked by an earlier version: whoever was handed its invitation may have set the password."""
    account = judge.sign_in.linked_account(claims["iss"], claims["sub"])
    known = OpenIdClaims(claims["iss"], claims["sub"], account.email, True, account.name)
    assert judge.sign_in.with_provider(known).id == account.id
    wired.accounts.change(account.id, lambda row: replace(row, is_proved=False), "test.unproved")
    try:
        assert judge.bearer(signed(claims)) is None
        with pytest.raises(SignInNeeded, match="Nobody has shown yet"):
            judge.sign_in.with_provider(known)
        # One that only the provider ever let in had its address from there.
        wired.accounts.change(account.id, lambda row: replace(row, password_hash=""), "test.only")
        assert judge.bearer(signed(claims)) is not None
        assert judge.sign_in.with_provider(known).id == account.id
    finally:
        before = account.password_hash, account.is_proved
        wired.accounts.change(
            account.id,
            lambda row: replace(row, password_hash=before[0], is_proved=before[1]),
            "test.proved",
        )


def test_where_a_second_factor_is_asked_of_all_no_token_or_key_passes_it_by(
    services, wired, world, judge, claims, served
):
    key = world.services.api_keys.issue(world.principal("stranger"), "k", Scope.READ, PASSWORD)
    strict = wire(services.settings.model_copy(update={"second_factor": "everybody"}))
    asked = AccessTokens(strict.sign_in, judge.keys, served, judge.now)
    assert asked.bearer(signed(claims)) is None
    assert asked.bearer(signed(claims | {"amr": "not mfa"})) is None
    assert asked.bearer(signed(claims | {"amr": ["mfa"]}))
    assert BearerVerifier(strict, served).principal_of(key.secret) is None
    assert BearerVerifier(services, served).principal_of(key.secret)
    strict.store.close()


def test_keys_that_turned_are_asked_for_and_not_for_every_unknown_one(provider, monkeypatch):
    at = [0.0]
    keys = IssuerKeys(provider.issuer, lambda: at[0])
    asked = []
    published = [{"a": "key a"}, {"a": "key a", "b": "key b"}]

    def answer(_):
        asked.append(at[0])
        return published[min(len(asked), 2) - 1]

    monkeypatch.setattr(IssuerKeys, "_published", answer)
    assert keys.key("a") == "key a"
    assert [keys.key(f"unknown {n}") for n in range(50)] == [None] * 50
    assert asked == [0.0]
    at[0] = ASKED_AGAIN_SECONDS
    assert keys.key("b") == "key b"
    assert len(asked) == 2


def test_an_issuer_that_drips_or_is_another_keeps_nobody_waiting(monkeypatch, provider):
    waiting = threading.Event()
    monkeypatch.setattr(IssuerKeys, "_published", lambda _: waiting.wait(30))
    monkeypatch.setattr("matchmaker.assistants.access_tokens.DEADLINE_SECONDS", 0.2)
    begun = time.monotonic()
    assert IssuerKeys(provider.issuer).key("k1") is None
    assert time.monotonic() - begun < 5
    waiting.set()
    monkeypatch.undo()
    # One that is reached under another name, whose metadata say so.
    other = provider.issuer.replace("localhost", "127.0.0.1")
    assert IssuerKeys(other).key("k1") is None
    assert IssuerKeys("http://127.0.0.1:9").key("k1") is None


def test_nobody_waits_for_the_keys_that_a_forged_token_has_asked_for(provider, monkeypatch):
    """Six of them, sent every half a minute, held all threads that verify for five seconds."""
    at, may_end = [0.0], threading.Event()
    keys = IssuerKeys(provider.issuer, lambda: at[0])
    monkeypatch.setattr(IssuerKeys, "_published", lambda _: {"a": "key a"})
    assert keys.key("a") == "key a"
    at[0] = ASKED_AGAIN_SECONDS
    monkeypatch.setattr(IssuerKeys, "_published", lambda _: may_end.wait(30) and {})
    asking = threading.Thread(target=keys.key, args=("forged",))
    asking.start()
    begun = time.monotonic()
    while not keys._lock.locked():
        assert time.monotonic() - begun < 5
    begun = time.monotonic()
    assert [keys.key("forged too"), keys.key("a")] == [None, "key a"]
    at[0] = KEYS_KEPT_SECONDS + 1  # those that are known are to be asked for again
    assert keys.key("a") == "key a"
    assert time.monotonic() - begun < 1
    may_end.set()
    asking.join()


def test_who_has_a_key_does_not_wait_for_an_issuer_that_hangs(world, served, monkeypatch):
    """Forged tokens, which anybody can send, held the threads in which keys are looked up."""
    verifier, may_end = BearerVerifier(world.services, served), threading.Event()
    monkeypatch.setattr(AccessTokens, "bearer", lambda *_: may_end.wait(30) and None)
    secret = world.services.api_keys.issue(
        world.principal("owner"), "waits", Scope.READ, PASSWORD
    ).secret

    async def verified():
        forged = [asyncio.ensure_future(verifier.verify_token(f"x.{n}")) for n in range(100)]
        await asyncio.sleep(0)
        try:
            return await asyncio.wait_for(verifier.verify_token(secret), 5)
        finally:
            may_end.set()
            await asyncio.gather(*forged)

    assert asyncio.run(verified()).client_id == world.principal("owner").subject


def test_keys_of_accounts_open_as_before(served, world):
    secret = world.services.api_keys.issue(
        world.principal("owner"), "k", Scope.WRITE, PASSWORD
    ).secret
    assert call(served, secret, "who_am_i")["may_write"] is True
    assert call(served, f"{secret}x", "who_am_i") == 401


class Kept:
    """What the official client keeps of tokens and of its registration."""

    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client_info):
        self.client = client_info


def test_the_official_client_finds_the_issuer_and_signs_its_person_in_there(
    served, provider, linked
):
    """From the address alone: metadata, registration, the provider's form, token, answer."""
    kept, places = Kept(), []

    async def to_the_provider(place):
        places.append(await anyio.to_thread.run_sync(provider.sign_in, place, linked))

    async def back():
        answer = {name: value[0] for name, value in parse_qs(urlsplit(places[-1]).query).items()}
        return AuthorizationCodeResult.model_validate(answer)

    auth = OAuthClientProvider(
        served,
        OAuthClientMetadata(
            client_name="assistant", redirect_uris=["https://assistant.example/back"]
        ),
        kept,
        to_the_provider,
        back,
    )

    async def asking():
        async with (
            httpx2.AsyncClient(auth=auth, verify=UNVERIFIED) as http,
            Client(streamable_http_client(served, http_client=http)) as client,
        ):
            return await client.call_tool("who_am_i", {})

    answer = anyio.run(asking)
    assert [each["id"] for each in answer.structured_content["organizations"]] == [FIRM]
    assert answer.structured_content["may_write"] is True
    assert parse_qs(urlsplit(places[0]).query)["code"]
    assert set(kept.tokens.scope.split()) >= {READ_SCOPE, WRITE_SCOPE}
