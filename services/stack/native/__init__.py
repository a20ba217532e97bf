"""The native runtime's services: how each is configured, started and asked whether it is ready."""
