"""What every route shares: guards, problems, context, cursors, idempotency, fields, metrics."""
