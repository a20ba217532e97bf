"""The course's three source tables, invented: the same rows, byte for byte, for the same seed."""

from seed_data.generator import DEFAULT_ROWS, DEFAULT_SEED, SOURCES, Row, generate

__all__ = ["DEFAULT_ROWS", "DEFAULT_SEED", "SOURCES", "Row", "generate"]
