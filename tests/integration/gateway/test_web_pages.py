"""Requests that a web page makes, and those that only look unusual."""

import socket

import pytest

from services.settings import HOST
from tests.integration.gateway.running import JSON_V2, RunningGateway

_RECORD = '{"records":[{"value":{"index":1}}]}'


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_pages_request_is_refused_with_the_reason_and_stores_nothing(
    gateway: RunningGateway, topic: str, headers: dict[str, str]
) -> None:
    """Neither a record nor a consumer comes of it."""
    sent = {"Content-Type": JSON_V2, **headers}
    for path, body in ((f"/prod/topics/{topic}", _RECORD), ("/consumers/evil", "{}")):
        answer = gateway.pool.request("POST", gateway.url + path, body=body, headers=sent)
        assert answer.status == 403
        assert answer.json()["message"]
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert gateway.produce(topic, _RECORD).offsets == [0]


@pytest.mark.parametrize(
    "head",
    [
        b"GET /topics HTTP/1.0",
        b"GET /topics HTTP/1.1\r\nHost: localhost:1",
        b"GET /topics HTTP/1.1\r\nHost: [::1]:8082",
        b"GET /topics HTTP/1.1\r\nHost: 127.0.0.2",
    ],
)
def test_programs_that_call_by_another_name_of_this_machine_are_served(
    gateway: RunningGateway, head: bytes
) -> None:
    """Also those of HTTP/1.0, which name no host."""
    with socket.create_connection((HOST, gateway.settings.gateway_port), timeout=20) as connection:
        connection.sendall(head + b"\r\nConnection: close\r\n\r\n")
        assert b" 200 " in connection.makefile("rb").readline()
