"""The speed layer: Kinesis → clean rows in Delta, about a second later; what is no row goes to quarantine."""
