"""People: accounts, sign-in, invitations, keys, privacy, notifications."""
