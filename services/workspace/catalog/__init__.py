"""The Spark catalog's tables, which outlive the server whose catalog is in memory."""
