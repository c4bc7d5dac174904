"""Signing in with an OpenID Connect provider, where the settings name one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, copy_current_request_context, redirect, request, session, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from matchmaker.api.http.browser import await_code, begin_session
from matchmaker.api.http.context import EXTENSION, services
from matchmaker.api.people.provider_answers import METADATA_PATH, ProviderClient
from matchmaker.errors import ServiceUnavailable, SignInNeeded
from matchmaker.services.people.sign_in import OpenIdClaims
from matchmaker.settings import Settings

# For all that is asked of the provider in one step of signing in.
DEADLINE_SECONDS = 10.0
# Of public keys only: none that somebody could make who knows what is public.
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_MAX_WAITING = 16
_ABOUT_ADDRESS = ("email", "email_verified", "xms_edov")
# What Authlib keeps of each start in the session, under a name of this form.
_BEGUN = "_state_oidc_"
_MAX_BEGUN = 2
_waiting = threading.BoundedSemaphore(_MAX_WAITING)
Returned = TypeVar("Returned")


def register(app: Flask) -> None:
    """`/auth/oidc` and `/auth/callback`, when there is a provider."""
    settings = app.extensions[EXTENSION].services.settings
    if not settings.oidc_issuer:
        return
    oauth = OAuth(app)
    oauth.register(
        "oidc",
        client_cls=ProviderClient,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        server_metadata_url=settings.oidc_issuer.rstrip("/") + METADATA_PATH,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": DEADLINE_SECONDS,
        },
    )

    def begin() -> Response:
        """To the provider, with state, nonce and a code challenge.

        Not from another's page, which could sign its visitors in without their doing.
        """
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            return redirect(url_for("web.sign_in"))
        try:
            _drop_unfinished()
            address = url_for("oidc_callback", _external=True)
            redirection: Response = _within_deadline(lambda: oauth.oidc.authorize_redirect(address))
        except Exception as error:
            raise _unavailable(error) from None
        return redirection

    def finish() -> Response:
        """Back from the provider. Raises SignInNeeded for somebody who was not invited."""
        oauth.oidc.client_secret = settings.oidc_client_secret.get_secret_value()  # as it is now
        try:
            claims = _within_deadline(lambda: _exchange(oauth.oidc, settings))
        except OAuthError as error:
            raise SignInNeeded(
                "The provider did not sign you in: %(error)s.", mend="Try again.", error=error.error
            ) from None
        except JoseError as error:
            raise SignInNeeded(
                "What the provider says does not belong to this sign-in: %(error)s.",
                mend="Try again.",
                error=error.error,
            ) from None
        except Exception as error:
            raise _unavailable(error) from None
        account = services().sign_in.with_provider(
            OpenIdClaims(
                issuer=str(claims.get("iss", settings.oidc_issuer)),
                subject=str(claims.get("sub", "")),
                email=str(claims.get("email", "")),
                email_verified=_vouches(claims),
                name=str(claims.get("name", "")),
            )
        )
        methods = claims.get("amr")
        if account.has_second_factor and not (isinstance(methods, list) and "mfa" in methods):
            # Unless the provider says otherwise (RFC 8176), it asked for a password only.
            await_code(account)
            return redirect(url_for("web.ask_code"))
        begin_session(account)
        return redirect("/")

    app.add_url_rule("/auth/oidc", "oidc_begin", begin)
    app.add_url_rule("/auth/callback", "oidc_callback", finish)


def _within_deadline(ask: Callable[[], Returned]) -> Returned:
    """What the provider answers. One that drips is left behind: nobody waits for it.

    Raises TimeoutError, or what `ask` raises.
    """
    if not _waiting.acquire(blocking=False):
        raise TimeoutError
    outcome: Future[Returned] = Future()

    @copy_current_request_context
    def work() -> None:
        try:
            outcome.set_result(ask())
        except Exception as error:
            outcome.set_exception(error)
        finally:
            _waiting.release()

    threading.Thread(target=work, daemon=True).start()
    return outcome.result(DEADLINE_SECONDS)


def _exchange(client: Any, settings: Settings) -> dict[str, Any]:
    """Claims about who signed in, for a code: signed by the issuer that is set, and made for us.

    What is not in the ID token is asked of the provider (OpenID Connect Core 1.0, 5.3 and 5.4).
    Raises OAuthError where the metadata, or the answer (RFC 9207), are of another issuer, and
    JoseError for a token that is not of this sign-in.
    """
    issuers = [settings.oidc_issuer.rstrip("/"), settings.oidc_issuer.rstrip("/") + "/"]
    metadata = client.load_server_metadata()
    answered = request.args.get("iss", settings.oidc_issuer)
    if metadata.get("issuer") not in issuers or answered not in issuers:
        raise OAuthError("another_issuer")
    metadata["id_token_signing_alg_values_supported"] = list(SIGNATURES)
    expected = {
        "iss": {"essential": True, "values": issuers},
        "aud": {"essential": True, "values": [settings.oidc_client_id]},
    }
    token: dict[str, Any] = client.authorize_access_token(claims_options=expected)
    # Claims are there as read from the ID token, or else as the answer itself says, unsigned.
    claims: dict[str, Any] = dict(token["userinfo"]) if "id_token" in token else {}
    if not claims.get("sub"):
        raise OAuthError("no_id_token")
    if "email" in claims or not metadata.get("userinfo_endpoint"):
        return claims
    more = client.userinfo(token=token)
    if more.get("sub") != claims["sub"]:
        raise OAuthError("another_subject")
    return claims_with(claims, more)


def claims_with(claims: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Claims of a token without an address, and what the provider tells beside it.

    Whether the address is theirs is said with it: a token that names none vouches for none.
    """
    return {**more, **claims, **{name: more.get(name) for name in _ABOUT_ADDRESS}}


def _drop_unfinished() -> None:
    """Forget all but the last starts: a cookie that grows too long, browsers drop."""
    begun = [name for name in session if name.startswith(_BEGUN)]
    for name in sorted(begun, key=lambda name: session[name].get("exp", 0))[:-_MAX_BEGUN]:
        session.pop(name)


def _vouches(claims: Mapping[str, Any]) -> bool:
    """Tell whether the provider says that the address is theirs.

    Microsoft Entra ID says it of the domain's owner, with a claim of its own.
    """
    return claims.get("email_verified") is True or claims.get("xms_edov") in (True, 1, "1", "true")


def _unavailable(error: Exception) -> ServiceUnavailable:
    return ServiceUnavailable(
        "The OpenID provider does not answer as it should: %(error)s.",
        mend="Look at MATCHMAKER_OIDC_ISSUER, or sign in with a password.",
        error=type(error).__name__,
    )
