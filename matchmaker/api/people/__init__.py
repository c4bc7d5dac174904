"""Routes of accounts, sign-in, keys, notifications and privacy."""
