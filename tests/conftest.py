"""What all tests share."""

from hypothesis import settings

# A machine under load must not fail a test of what, not how fast.
settings.register_profile("matchmaker", deadline=None)
settings.load_profile("matchmaker")
