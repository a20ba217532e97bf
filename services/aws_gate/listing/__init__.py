"""ListObjects and ListObjectsV2 out of the folders: a page costs what it holds, not what the bucket does."""
