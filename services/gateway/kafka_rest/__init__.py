"""Kafka by way of Confluent's REST proxy (`KAFKA_REST_URL`), as the course's cloud had it.

The gateway keeps its own promises in front of it: see `rest_writer` for records, `forwarded_routes` for
all other calls, and docs/decisions/2026-11-21-gateway-answers.md.
"""
