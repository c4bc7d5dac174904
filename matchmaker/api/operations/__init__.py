"""Routes of the service's own state."""
