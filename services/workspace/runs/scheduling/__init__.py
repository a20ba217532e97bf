"""Runs and their tasks, from the first attempt to the final state."""
