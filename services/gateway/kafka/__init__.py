"""Confluent REST proxy v2: produce, topic metadata, consumers."""
