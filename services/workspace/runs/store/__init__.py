"""Jobs and runs on disk."""
