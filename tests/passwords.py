"""Password hashing that costs next to nothing, for tests that only need somebody signed in."""

from argon2 import PasswordHasher

from matchmaker.services.people.passwords import Passwords


def cheap_hasher() -> PasswordHasher:
    """Argon2id as ever, with the least time and memory that it takes."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def cheap_passwords() -> Passwords:
    """Where a test makes what the wiring makes otherwise."""
    return Passwords(cheap_hasher())
