"""Kinesis Data Streams for the native runtime: shards on disk behind AWS's JSON 1.1 API.

An acknowledged record is in its shard's file, is read back once, under its number, and is trimmed only
when its retention period is over. One process with one event loop serves everything, so that two writes never
meet. The decision and its figures: docs/decisions/2026-11-21-kinesis-engine.md.
"""
