"""A passkey device made of the standard's text: keys, CBOR and signatures, without our code."""

import base64
import hashlib
import json
import secrets
import struct

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40  # Web Authentication, section 6.1


def base64url(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One credential (ES256), for one site; `count` is its counter of signatures."""

    def __init__(self, origin, *, verifies=True):
        self.origin, self.verifies = origin, verifies
        self.id, self.count, self.user = secrets.token_bytes(16), 0, b""
        self.key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options, **changes):
        """The answer to `navigator.credentials.create`."""
        self.user = from_base64url(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        coordinates = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, **coordinates})
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + key
        data = self._data(options["rp"]["id"], ATTESTED) + attested
        statement = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._answer(
            clientDataJSON=self._client_data("webauthn.create", options, changes),
            attestationObject=cbor2.dumps(statement),
        )

    def sign(self, options, **changes):
        """The answer to `navigator.credentials.get`."""
        self.count += 1
        data = self._data(options["rpId"], 0)
        client = self._client_data("webauthn.get", options, changes)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client, authenticatorData=data, signature=signed, userHandle=self.user
        )

    def _data(self, site, flags):
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(site.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client_data(self, kind, options, changes):
        plain = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(plain | changes).encode()

    def _answer(self, **response):
        response = {name: base64url(content) for name, content in response.items()}
        id = base64url(self.id)
        return {"id": id, "rawId": id, "type": "public-key", "response": response}
