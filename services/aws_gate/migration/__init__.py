"""One-time move of an old S3 state, a recording of requests, into the files of the S3 server."""
