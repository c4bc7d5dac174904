"""The server: complete requests only, bounded queues, a supervised worker."""
