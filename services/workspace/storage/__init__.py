"""Files as a notebook sees them: one way through this machine's disk, S3 and DBFS with its mounts."""
