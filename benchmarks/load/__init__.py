"""Load generators, and what figures are measured beside: a bare HTTP server, a bare producer, Spark by itself."""
