"""Operations: imports, refresh, jobs, health."""
