"""From shards to micro-batches: which shard is polled when, from where, up to where, and what was lost."""
