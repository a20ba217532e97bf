"""Amazon Kinesis Data Streams as a streaming source of Spark: `spark.readStream.format("kinesis")`.

Spark finds it by itself: it looks on the server's Python path for modules called `pyspark_…` with a class
`DefaultSource`. README.md has the options, the guarantees and the limits.
"""

from .source import DefaultSource

__all__ = ["DefaultSource"]
