"""Matchmaker: finds the ties an industrial cluster is missing and gets them made."""
