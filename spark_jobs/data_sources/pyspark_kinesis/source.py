"""`DefaultSource`, the class that Spark finds for `format("kinesis")`."""

from pyspark.sql.datasource import DataSource, DataSourceReader
from pyspark.sql.types import StructType

from . import options
from .errors import SourceError
from .reader import KinesisStreamReader
from .rows import SCHEMA


class DefaultSource(DataSource):
    """`format("kinesis")`: Kinesis Data Streams, under the option names that Databricks uses."""

    @classmethod
    def name(cls) -> str:
        return "kinesis"

    def schema(self) -> StructType:
        """The six columns; wrong options are told here, where `load()` is called."""
        options.parse(self.options)
        return SCHEMA

    def simpleStreamReader(self, schema: StructType) -> KinesisStreamReader:
        """Make a reader; called in more processes than the one that reads."""
        return KinesisStreamReader(options.parse(self.options))

    def reader(self, schema: StructType) -> DataSourceReader:
        """A stream has no end, so it cannot be read as a table.

        Raises:
            SourceError: always.
        """
        raise SourceError(
            'format("kinesis") is a stream: use spark.readStream. To read what is there now and stop, write it '
            "with trigger(availableNow=True)."
        )
