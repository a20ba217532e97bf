"""The API Gateway of the course's cloud: Confluent's REST proxy v2 and a Kinesis proxy, behind a stage.

The frame (server, app, routing, body, budget, health, metrics) knows nothing of what lies behind
it; each back end is a package of its own that brings its routes: `kafka`, which `kafka_rest` reaches by
way of a real REST proxy, and `kinesis`.
"""
