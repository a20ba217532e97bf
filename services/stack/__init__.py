"""The whole cloud on one machine: up, down, status, logs, restart, clean."""
