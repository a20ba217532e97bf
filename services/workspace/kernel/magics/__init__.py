"""Databricks' magics: `%sql`, `%run`, `%fs`, `%sh`, `%pip`, `%md`."""
