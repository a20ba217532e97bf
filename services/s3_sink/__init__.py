"""The S3 sink: Kafka → S3 in the layout of Confluent's connector, each offset exactly once.

For each file: (1) its first offset and number of records go into the manifest topic, (2) the object is created,
never overwritten, (3) the offset is committed. A crash between any two steps is mended by doing them again
(docs/decisions/2026-11-21-sink-manifest.md).
"""
