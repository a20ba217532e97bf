"""The speed layer's streams and the query that reads them, as seen without Spark and without the engine.

`provision` creates the streams in any Kinesis; `readiness` is the streaming application's word to the stack that it
streams, or never will; `checkpoint` reads how far a streaming query has come.
"""
