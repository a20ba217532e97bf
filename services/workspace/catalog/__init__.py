"""The Spark catalog's tables, which outlive the server that knows them."""
