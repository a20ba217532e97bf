"""Kinesis behind API Gateway, as AWS's tutorial "REST API as an Amazon Kinesis proxy" builds it.

What a response says about the records of its request:

* 200: stored, each with its shard and sequence number (`…/records`: those whose entry has no ErrorCode);
* 4xx, and 503 with Retry-After: certainly not stored, by Kinesis' word or because it was never reached;
* 500 (`InternalFailure`): unknown. The request was sent, its answer never came; it may be stored once.

Only what is certainly not stored is sent again by the gateway itself.
"""
