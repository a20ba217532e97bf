"""PySpark's classes, changed in a notebook's process: sessions, paths, tables and streams as on Databricks."""
