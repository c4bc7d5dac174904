"""Passwords: what they cost, when, and that the time tells nothing."""

import subprocess
import sys

import pytest
from argon2 import PasswordHasher

from matchmaker import wiring
from matchmaker.access import ADMIN
from matchmaker.errors import SignInNeeded
from matchmaker.services.people.passwords import Passwords
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring

HASHES_NOTHING = """
import argon2
def hash(*_, **__):
    raise AssertionError("a password was hashed")
argon2.PasswordHasher.hash = hash
import pkgutil, importlib, matchmaker.services.people as people
for module in pkgutil.iter_modules(people.__path__):
    importlib.import_module(f"{people.__name__}.{module.name}")
"""


class Counting(PasswordHasher):
    """Notes what it is asked to do."""

    def __init__(self):
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.done = []

    def hash(self, password, **options):
        self.done.append("hash")
        return super().hash(password, **options)

    def verify(self, hash, password):
        self.done.append("verify")
        return super().verify(hash, password)


@pytest.mark.slow
def test_importing_hashes_nothing():
    done = subprocess.run([sys.executable, "-c", HASHES_NOTHING], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_service_hashes_at_the_costs_the_library_recommends(tmp_path, monkeypatch):
    """RFC 9106, second recommendation: Argon2id with t=3, p=4 and 64 MiB."""
    monkeypatch.setattr(wiring, "PasswordHasher", PasswordHasher)  # all else here costs little
    passwords = Wiring(Settings(data_dir=tmp_path, _env_file=None)).passwords
    assert passwords.hash("correct horse 9").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize("email", ["known@example.org", "unknown@example.org", "no address"])
def test_the_first_comparison_works_as_hard_whoever_it_is(tmp_path, email):
    wired = Wiring(Settings(data_dir=tmp_path, _env_file=None))
    wired.store.prepare()
    hasher = Counting()
    wired.passwords = Passwords(hasher)
    wired.accounts.create(ADMIN, "known@example.org", "Known", "correct horse 9")
    hasher.done.clear()
    for _ in range(2):
        with pytest.raises(SignInNeeded):
            wired.sign_in.with_password(email, "another horse 7")
    assert hasher.done == ["hash", "verify", "verify"]
    wired.store.close()
