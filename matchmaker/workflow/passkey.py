"""Passkeys: key pairs that a device keeps for this site (W3C Web Authentication, level 3)."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

MAX_PASSKEYS: Final = 20
SITE_NAME: Final = "Matchmaker"
LOOPBACK_NAME: Final = "localhost"
CredentialAnswer = Mapping[str, Any]


class PasskeyRefused(Exception):
    """A device's answer that does not show what it has to; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class UsedChallenge:
    """A challenge that a passkey answered: `id` is its digest. None is answered twice."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Site:
    """The site that passkeys are bound to: the host's name `id`, and the page's `origin`."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """The public half of a key pair; `id` and `public_key` (COSE) are in base64url.

    `sign_count` is the device's own count of its answers: one that does not grow is a copy's.
    It stays 0 where a passkey is shared between devices.
    """

    id: str
    name: str
    public_key: str
    created: datetime
    sign_count: int = 0
    last_used: datetime | None = None

    def after_answer(
        self,
        answer: CredentialAnswer,
        site: Site,
        challenge: bytes,
        now: datetime,
        *,
        is_alone: bool,
    ) -> Passkey:
        """The passkey after its device answered the challenge.

        Where it is the only thing asked for, `is_alone`, the device must have made sure of its
        owner by a PIN, a finger or a face. Raises PasskeyRefused.
        """
        from webauthn import base64url_to_bytes, verify_authentication_response

        try:
            verified = verify_authentication_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=site.id,
                expected_origin=site.origin,
                credential_public_key=base64url_to_bytes(self.public_key),
                credential_current_sign_count=self.sign_count,
                require_user_verification=is_alone,
            )
        except Exception as error:  # its parsers raise what they meet
            raise PasskeyRefused(str(error)) from None
        return replace(self, sign_count=verified.new_sign_count, last_used=now)


def new_passkey(
    answer: CredentialAnswer, site: Site, challenge: bytes, name: str, now: datetime
) -> Passkey:
    """The passkey that a device made for the challenge. Raises PasskeyRefused."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url

    try:
        verified = verify_registration_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
        )
    except Exception as error:  # its parsers raise what they meet
        raise PasskeyRefused(str(error)) from None
    return Passkey(
        id=bytes_to_base64url(verified.credential_id),
        name=name,
        public_key=bytes_to_base64url(verified.credential_public_key),
        created=now,
        sign_count=verified.sign_count,
    )


def registration_options(
    site: Site, challenge: bytes, account_id: str, email: str, name: str, known: Sequence[Passkey]
) -> dict[str, Any]:
    """Options of `navigator.credentials.create`; devices that are `known` make no second one."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs

    options = generate_registration_options(
        rp_id=site.id,
        rp_name=SITE_NAME,
        user_id=account_id.encode(),
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    plain: dict[str, Any] = json.loads(options_to_json(options))
    return plain


def sign_in_options(site: Site, challenge: bytes, known: Sequence[Passkey] = ()) -> dict[str, Any]:
    """Options of `navigator.credentials.get`: for these, or for any that the device has."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import structs

    verification = structs.UserVerificationRequirement
    options = generate_authentication_options(
        rp_id=site.id,
        challenge=challenge,
        allow_credentials=_descriptors(known),
        user_verification=verification.PREFERRED if known else verification.REQUIRED,
    )
    plain: dict[str, Any] = json.loads(options_to_json(options))
    return plain


def challenge_of(answer: CredentialAnswer) -> bytes:
    """The challenge that a device says it answers.

    Raises PasskeyRefused, also where the page that asked stood in a frame of another site.
    """
    from webauthn import base64url_to_bytes

    try:
        client_data = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(client_data["challenge"])
        is_framed = bool(client_data.get("crossOrigin") or client_data.get("topOrigin"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PasskeyRefused("it is no answer of a device") from None
    if is_framed:  # our pages stand in no frame
        raise PasskeyRefused("it was asked in a frame of another site")
    return challenge


def credential_of(answer: CredentialAnswer) -> str:
    """The id of the passkey that answers; "" where none is named."""
    id = answer.get("id")
    return id if isinstance(id, str) else ""


def site_of(address: str) -> Site | None:
    """The site that passkeys are bound to, by where people reach it.

    None where browsers bind none: at a number instead of a name, and over http elsewhere.
    A loopback number stands for `localhost`.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        if not ipaddress.ip_address(host).is_loopback:
            return None
        host = LOOPBACK_NAME
    except ValueError:
        pass
    is_local = host == LOOPBACK_NAME or host.endswith(f".{LOOPBACK_NAME}")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_local)):
        return None
    usual = {"https": 443, "http": 80}[parts.scheme]
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return Site(host, f"{parts.scheme}://{host}{port}")


def _descriptors(known: Sequence[Passkey]) -> list[Any]:
    from webauthn import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id)) for each in known]
