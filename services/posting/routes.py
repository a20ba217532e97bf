"""Which destinations a run posts to, and whether they are there."""

from collections.abc import Callable, Sequence

from services.posting.destinations.destination import (
    WHERE,
    BehindError,
    Destination,
    DestinationError,
)
from services.posting.destinations.kafka_rest import KafkaRest
from services.posting.destinations.kinesis_proxy import KinesisProxy
from services.posting.worker import Route
from services.records.journal import journal_path
from services.records.layer import Layer
from services.settings import Settings

CONNECT: dict[Layer, Callable[[Settings], Destination]] = {
    Layer.BATCH: KafkaRest,
    Layer.SPEED: KinesisProxy,
}


def routes_of(settings: Settings, layers: Sequence[Layer], run: str, worker: int) -> list[Route]:
    """One worker's ways to these layers, each with a new journal."""
    return [
        Route(layer, CONNECT[layer], journal_path(settings.journal_dir / layer, run, worker))
        for layer in layers
    ]


def check(settings: Settings, layers: Sequence[Layer]) -> None:
    """Make sure that all layers can be posted to, before anything is.

    Raises:
        DestinationError: one cannot; the message names it, and how to post to the other only.
    """
    away = {layer: problem for layer in layers if (problem := _problem(settings, layer))}
    there = [layer for layer in layers if layer not in away]
    hints = [f"To post to {WHERE[each]} only: `make emulate LAYER={each}`." for each in there]
    if away:
        raise DestinationError(" ".join([*away.values(), *hints]))


def _problem(settings: Settings, layer: Layer) -> str:
    try:
        with CONNECT[layer](settings) as destination:
            destination.check()
    except BehindError as error:
        return str(error)
    return ""
