"""HTTP/2 with prior knowledge: what AWS' asynchronous Java and Kotlin SDKs speak to Kinesis of themselves."""
