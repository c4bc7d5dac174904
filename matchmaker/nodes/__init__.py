"""Several nodes that serve one installation: what they share, and which of them does what.

A node is one `matchmaker serve` with its data folder, which holds caches only. Redis (or Valkey)
has the queue of jobs, leases, counts of attempts and answers by idempotency key; an object store
or a shared folder has snapshots, learned rankers and files. The store itself is everybody's.
"""
