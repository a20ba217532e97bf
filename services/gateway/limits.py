"""What one gateway takes on at a time. Bytes are bytes, times are seconds."""

from dataclasses import dataclass

from services.settings import Settings

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of the gateway.

    Attributes:
        body_bytes: Longest request body, API Gateway's own quota.
        body_seconds: Longest time a client may take to send its body (API Gateway's timeout).
        record_bytes: Longest key and value together, Kafka's usual limit.
        inflight_bytes: Bodies held in memory by all requests together.
        inflight_records: Records handed to Kafka's or Kinesis' client and not settled yet.
        delivery_seconds: How long a record waits for its acknowledgement before it is *unknown*;
            long enough for a killed broker to come back (13 s measured).
        metadata_seconds: Longest wait for the broker's answer to a metadata request.
        stream_seconds: How long a record that Kinesis certainly did not store is sent again; Kinesis
            restarts in less, and with one call's own timeout it is less than API Gateway's 29 s.
        drain_seconds: How long a stopping gateway waits for Kafka before it reports what is still
            out as *unknown*.
        consumers: Consumer instances that can be open at a time (`GATEWAY_CONSUMERS`).
        consumer_idle_seconds: After which an instance that nobody uses is closed (`GATEWAY_CONSUMER_IDLE`).
        consumer_spare_seconds: The same, when another one would have no place.
    """

    body_bytes: int = 10 * MIB
    body_seconds: float = 29.0
    record_bytes: int = MIB
    inflight_bytes: int = 64 * MIB
    inflight_records: int = 100_000
    delivery_seconds: float = 18.0
    metadata_seconds: float = 2.0
    stream_seconds: float = 8.0
    drain_seconds: float = 11.0
    consumers: int = 64
    consumer_idle_seconds: float = 300.0
    consumer_spare_seconds: float = 60.0

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """With what can be set."""
        return cls(
            consumers=settings.gateway_consumers,
            consumer_idle_seconds=settings.gateway_consumer_idle,
        )
