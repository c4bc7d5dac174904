"""How the service is served: complete requests only, bounded queues, a supervised worker."""
