"""The registry of consumer instances, and the bodies of their calls; no broker is needed."""

import asyncio

import pytest

from services.gateway.kafka.consumers.bodies import CreateBody, OffsetsBody, decode
from services.gateway.kafka.consumers.instance_config import instance_config
from services.gateway.kafka.consumers.registry import ConsumerRegistry
from services.gateway.kafka.consumers.rest_consumer import RestConsumer
from services.gateway.limits import Limits
from services.gateway.media import Format
from services.gateway.refused_request import RefusalError

NOWHERE = "127.0.0.1:1"


def test_an_idle_instance_is_gone() -> None:
    """404 as for one that was deleted; one in use stays."""

    async def scenario() -> None:
        consumers = ConsumerRegistry(Limits(consumer_idle_seconds=0))
        await consumers.create(instance_config("g", CreateBody(name="c"), NOWHERE))
        assert await consumers.call("g", "c", RestConsumer.subscription) == []
        await consumers.expire()
        with pytest.raises(RefusalError, match="Consumer instance not found"):
            consumers.config("g", "c")
        await consumers.close()

    asyncio.run(scenario())


def test_an_instance_in_use_is_not_idle() -> None:
    """Expiry leaves alone what was used within the idle time."""

    async def scenario() -> None:
        consumers = ConsumerRegistry(Limits())
        await consumers.create(instance_config("g", CreateBody(name="c"), NOWHERE))
        await consumers.expire()
        assert consumers.config("g", "c").name == "c"
        await consumers.close()
        assert len(consumers) == 0

    asyncio.run(scenario())


def test_the_format_is_read_in_any_letter_case() -> None:
    """Binary is the default."""
    assert instance_config("g", CreateBody(format="JSON"), NOWHERE).format is Format.JSON
    assert instance_config("g", CreateBody(), NOWHERE).format is Format.BINARY


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 422), (b"{", 400), (b"[]", 400), (b'{"offsets":[{"topic":"t","partition":-1}]}', 400)],
)
def test_bad_bodies_of_a_call(body: bytes, status: int) -> None:
    """Empty is 422, the wrong shape 400."""
    with pytest.raises(RefusalError) as caught:
        decode(body, OffsetsBody)
    assert caught.value.status == status
