"""What the gateway needs of Kafka, be it direct (`direct_backend`) or by way of a REST proxy (`kafka_rest`)."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from starlette.routing import Route

from services.gateway.health_and_metrics import HealthCheck
from services.gateway.kafka.produce_body import KafkaRecord
from services.gateway.kafka.produce_outcome import KafkaOutcome


class KafkaGauge(NamedTuple):
    """A metric of the backend's own; `value` is asked when the page is read."""

    name: str
    help_text: str
    value: Callable[[], float]


class RecordWriter(Protocol):
    """Stores the records of produce requests."""

    def __len__(self) -> int:
        """Records that are in flight: sent, and neither stored nor failed."""
        ...

    async def write(self, topic: str, records: Sequence[KafkaRecord]) -> list[KafkaOutcome]:
        """One outcome a record, in the same order, when each is stored or failed."""
        ...

    def abandon(self) -> None:
        """Settle at once, as unknown, whatever is in flight."""
        ...


class KafkaBackend(Protocol):
    """A writer, the routes of the calls that store nothing, and what else must be healthy."""

    @property
    def writer(self) -> RecordWriter: ...

    def routes(self) -> list[Route]:
        """Topic metadata and consumers; paths without a stage."""
        ...

    def gauges(self) -> list[KafkaGauge]: ...

    def health_checks(self) -> list[HealthCheck]:
        """What has to be there besides Kafka."""
        ...

    async def start(self) -> None:
        """Start background tasks."""
        ...

    def drain(self) -> None:
        """The gateway stops: let no call wait for records that may come."""
        ...

    async def close(self) -> None: ...
