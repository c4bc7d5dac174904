"""Common parts of all routes: guards, problems, context, cursors, idempotency, fields, metrics."""
