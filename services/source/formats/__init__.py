"""Files of rows: CSV, JSONL and SQL dumps."""
