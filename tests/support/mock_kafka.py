"""librdkafka's own mock cluster: a broker in this process that answers as a test says, no JVM.

confluent-kafka has no door to it, so its functions are called in the library that it brings.
"""

import contextlib
import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import confluent_kafka

PRODUCE = 0
"""Kafka's number of the Produce request."""
_PRODUCER_TYPE = 0


@dataclass
class MockKafka:
    """The cluster, one broker."""

    bootstrap: str
    _library: ctypes.CDLL
    _cluster: ctypes.c_void_p

    def create_topic(self, name: str, partitions: int = 1) -> None:
        """Make a topic; the gateway's own way of making one is not served."""
        code = self._library.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1)
        assert code == 0, f"no topic {name}: {code}"

    def refuse_next(self, request: int, *errors: int) -> None:
        """The next requests of that kind fail with these error codes."""
        codes = (ctypes.c_int * len(errors))(*errors)
        self._library.rd_kafka_mock_push_request_errors_array(
            self._cluster, ctypes.c_int16(request), ctypes.c_size_t(len(errors)), codes
        )

    def answer_after(self, milliseconds: int) -> None:
        """Every answer comes so late."""
        self._library.rd_kafka_mock_broker_set_rtt(self._cluster, -1, milliseconds)


@contextlib.contextmanager
def mock_kafka() -> Iterator[MockKafka]:
    """A cluster until the block ends."""
    library = _library()
    error = ctypes.create_string_buffer(512)
    client = ctypes.c_void_p(library.rd_kafka_new(_PRODUCER_TYPE, None, error, 512))
    assert client.value, error.value.decode()
    cluster = ctypes.c_void_p(library.rd_kafka_mock_cluster_new(client, 1))
    try:
        bootstrap = library.rd_kafka_mock_cluster_bootstraps(cluster).decode()
        yield MockKafka(bootstrap, library, cluster)
    finally:
        library.rd_kafka_mock_cluster_destroy(cluster)
        library.rd_kafka_destroy(client)


def _library() -> ctypes.CDLL:
    package = Path(confluent_kafka.__file__).parent
    folders = (package.parent / "confluent_kafka.libs", package / ".dylibs")
    found: list[Any] = [path for folder in folders for path in folder.glob("librdkafka*")]
    library = ctypes.CDLL(str(found[0]))
    for name in ("rd_kafka_new", "rd_kafka_mock_cluster_new"):
        getattr(library, name).restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    return library
