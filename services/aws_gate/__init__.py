"""The one AWS port: checks each request, and passes it to Kinesis or to S3 (s3proxy, which it runs)."""
