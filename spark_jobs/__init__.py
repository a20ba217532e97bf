"""The batch layer on Spark: S3 → bronze → quarantine and silver → answers."""
