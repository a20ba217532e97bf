"""Confluent's REST proxy v2, served by the gateway itself: produce, topic metadata, consumers."""
