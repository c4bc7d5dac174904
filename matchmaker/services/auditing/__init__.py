"""Auditing: indicators, worklist, benchmark, derived clusters."""
