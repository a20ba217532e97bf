"""The stack as containers: `docker compose`, driven as the native runtime drives its processes."""
