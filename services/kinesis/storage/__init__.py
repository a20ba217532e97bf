"""Streams on disk: descriptions, segment files of records, their indexes."""
