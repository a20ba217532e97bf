"""From shards to micro-batches."""
