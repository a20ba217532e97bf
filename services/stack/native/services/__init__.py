"""How each native service is configured, started and asked whether it is ready."""
