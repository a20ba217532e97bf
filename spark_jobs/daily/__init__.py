"""The daily run's data checks and report."""
