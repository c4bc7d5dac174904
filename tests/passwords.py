"""Password hashing that costs next to nothing, for tests that only need somebody signed in."""

from argon2 import PasswordHasher

from matchmaker.services.people.passwords import Passwords


def cheap_passwords() -> Passwords:
    """Argon2id as ever, with the least time and memory that it takes."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
