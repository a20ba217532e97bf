"""The MySQL side: schema, accounts, loading, and reading rows."""
