"""The API Gateway of the course's cloud: Confluent's REST proxy v2 and a Kinesis proxy, behind a stage.

The frame (server, app, routing, body, budget, refused_request …) knows nothing of the backends; each is a
package of its own that brings its routes: `kafka`, `kafka_rest` (the same by way of a real REST proxy), `kinesis`.
"""
