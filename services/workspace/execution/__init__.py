"""Executes a task: a notebook in a kernel, or a Python file."""
