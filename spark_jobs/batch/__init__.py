"""The batch layer: S3 → bronze → quarantine and silver → answers."""
