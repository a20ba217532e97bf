"""Notebook files: their formats, and how one is found."""
