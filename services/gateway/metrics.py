"""Prometheus metrics of one gateway, in a registry of its own."""

from collections.abc import Callable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BATCHES = (1, 2, 5, 10, 20, 50, 100, 200, 500)
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)


class GatewayMetrics:
    """Counters for the hot path: labelled children are looked up once."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        requests = Counter(
            "gateway_requests", "Requests answered.", ("route", "status"), registry=self.registry
        )
        records = Counter(
            "gateway_records", "Records settled.", ("topic", "outcome"), registry=self.registry
        )
        self.produce_seconds = Histogram(
            "gateway_produce_seconds",
            "From the whole body read to the answer.",
            buckets=SECONDS,
            registry=self.registry,
        )
        stream_records = Counter(
            "gateway_stream_records",
            "Records for streams settled.",
            ("stream", "outcome"),
            registry=self.registry,
        )
        self.batch_records = Histogram(
            "gateway_stream_batch_records",
            "Records of one PutRecords call.",
            buckets=BATCHES,
            registry=self.registry,
        )
        self.stream_records = cache(stream_records.labels)
        self.requests = cache(requests.labels)
        self.records = cache(records.labels)

    def gauge(self, name: str, help_text: str, value: Callable[[], float]) -> None:
        """Register a gauge whose value is read when the page is."""
        Gauge(name, help_text, registry=self.registry).set_function(value)

    def page(self) -> bytes:
        """Prometheus' text format."""
        return generate_latest(self.registry)
