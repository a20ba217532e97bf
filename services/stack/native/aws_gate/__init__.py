"""One public port for the S3 emulator and the Kinesis engine."""
