"""The registry of consumer instances, and the bodies of their calls; no broker is needed."""

import asyncio

import pytest
from starlette.requests import Request

from services.gateway.kafka.consumers.bodies import CreateBody, OffsetsBody, decode
from services.gateway.kafka.consumers.instance_config import instance_config
from services.gateway.kafka.consumers.instance_uri import instance_uri
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


def test_the_longest_idle_instance_makes_room() -> None:
    """At the limit it goes, if nobody has used it for a while; else the new one is refused, with the setting's name."""

    async def scenario(spare_seconds: float) -> None:
        consumers = ConsumerRegistry(Limits(consumers=2, consumer_spare_seconds=spare_seconds))
        for name in ("first", "second"):
            await consumers.create(instance_config("g", CreateBody(name=name), NOWHERE))
        try:
            consumers.config("g", "first")
            await consumers.create(instance_config("g", CreateBody(name="third"), NOWHERE))
            assert consumers.config("g", "first").name == "first"
            with pytest.raises(RefusalError, match="not found"):
                consumers.config("g", "second")
        finally:
            await consumers.close()

    asyncio.run(scenario(0))
    with pytest.raises(RefusalError, match="GATEWAY_CONSUMERS"):
        asyncio.run(scenario(60))


@pytest.mark.parametrize(
    ("asked", "seconds"), [(None, 1.0), (250, 0.25), ("2000", 2.0), (-1, 0.0), (10**12, 29.0)]
)
def test_a_read_waits_no_longer_than_api_gateway(asked: int | str | None, seconds: float) -> None:
    """consumer.request.timeout.ms has the original's default, and a bound."""
    config = instance_config("g", CreateBody(request_timeout_ms=asked), NOWHERE)
    assert config.request_seconds == seconds


@pytest.mark.parametrize(
    ("asked", "auto"), [(None, True), ("true", True), ("FALSE", False), (False, False)]
)
def test_auto_commit_is_kafka_s_default(asked: str | bool | None, auto: bool) -> None:  # noqa: FBT001 -- a table's column
    """True, unless the client says otherwise; the Kafka client itself never commits."""
    config = instance_config("g", CreateBody(auto_commit_enable=asked), NOWHERE)
    assert config.auto_commit is auto
    assert config.kafka["enable.auto.commit"] is False


def test_the_deprecated_id_wins_over_the_name() -> None:
    """As in the original."""
    assert instance_config("g", CreateBody(id="i", name="n"), NOWHERE).name == "i"


@pytest.mark.parametrize(
    ("host", "authority"),
    [
        ("localhost:8082", "localhost:8082"),
        ("[::1]:8082", "[::1]:8082"),
        ("127.0.0.1:1@evil.example", "10.0.0.1:80"),
        ("127.0.0.1/evil", "10.0.0.1:80"),
        ("", "10.0.0.1:80"),
    ],
)
def test_base_uri_has_no_authority_but_the_gateway_s(host: str, authority: str) -> None:
    """A Host header that is no name of a host is not repeated; forwarding headers never are."""
    headers = [(b"host", host.encode()), (b"x-forwarded-host", b"evil.example")]
    scope = {
        "type": "http",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "headers": headers,
        "server": ("10.0.0.1", 80),
        "stage": "prod",
    }
    uri = instance_uri(Request(scope), "a b", "c?")
    assert uri == f"http://{authority}/prod/consumers/a%20b/instances/c%3F"


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
