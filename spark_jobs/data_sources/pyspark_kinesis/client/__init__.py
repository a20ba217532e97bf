"""Kinesis itself: its four calls, its streams and shards, its errors."""
