"""The audit: is a cluster a network, against whom, and what to do next. Pure functions."""
