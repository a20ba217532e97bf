"""Delta's `DeltaTable` for Spark Connect, as SQL: the plugin that would take its own plans is on no registry."""
