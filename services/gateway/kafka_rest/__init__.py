"""Kafka by way of Confluent's REST proxy (`KAFKA_REST_URL`), as the course's cloud had it.

The gateway keeps its own promises in front of it: see `writer` for records, `routes` for the calls that are
passed on, and docs/decisions/2026-11-21-gateway-answers.md.
"""
