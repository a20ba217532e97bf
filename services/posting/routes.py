"""Which destinations a run posts to, and whether they can be reached."""

from collections.abc import Callable, Sequence

from services.posting.destinations.destination import (
    SYSTEM_OF_LAYER,
    BackendUnavailableError,
    Destination,
    DestinationError,
)
from services.posting.destinations.kafka_rest import KafkaRestDestination
from services.posting.destinations.kinesis_proxy import KinesisProxyDestination
from services.posting.worker import Route
from services.records.journal import journal_path
from services.records.layer import Layer
from services.settings import Settings

DESTINATIONS: dict[Layer, Callable[[Settings], Destination]] = {
    Layer.BATCH: KafkaRestDestination,
    Layer.SPEED: KinesisProxyDestination,
}


def routes_of(settings: Settings, layers: Sequence[Layer], run: str, worker: int) -> list[Route]:
    """One worker's ways to these layers, each with a new journal."""
    return [
        Route(layer, DESTINATIONS[layer], journal_path(settings.journal_dir / layer, run, worker))
        for layer in layers
    ]


def check_destinations(settings: Settings, layers: Sequence[Layer]) -> None:
    """Make sure that all layers can be posted to, before anything is.

    Raises:
        DestinationError: one cannot; the message names it, and how to post to the other only.
    """
    unavailable = {layer: problem for layer in layers if (problem := _problem(settings, layer))}
    available = [layer for layer in layers if layer not in unavailable]
    hints = [
        f"To post to {SYSTEM_OF_LAYER[each]} only: `make emulate LAYER={each}`."
        for each in available
    ]
    if unavailable:
        raise DestinationError(" ".join([*unavailable.values(), *hints]))


def _problem(settings: Settings, layer: Layer) -> str:
    try:
        with DESTINATIONS[layer](settings) as destination:
            destination.check()
    except BackendUnavailableError as error:
        return str(error)
    return ""
