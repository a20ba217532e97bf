"""Jobs and runs: kept on disk, scheduled by their dependencies."""
