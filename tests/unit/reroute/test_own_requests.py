"""Whose requests a run's proxy takes."""

import asyncio

import httpx
import pytest
from starlette.responses import PlainTextResponse

from services.reroute.own_requests import OwnRequests
from services.settings import Settings

HERE = "http://127.0.0.1:40123"


_taken = PlainTextResponse("taken")


async def _status(headers: dict[str, str]) -> int:
    proxy = OwnRequests(_taken, Settings(gateway_url="http://gateway:8082"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(proxy), base_url=HERE) as client:
        return (await client.post("/prod/topics/x.pin", headers=headers)).status_code


@pytest.mark.parametrize(
    "host",
    [
        "abc123.execute-api.us-east-1.amazonaws.com",
        "ABC123.execute-api.eu-west-1.amazonaws.com:443",
        "abc123.execute-api.us-east-1.amazonaws.com.",
        "ec2-3-80-1-2.compute-1.amazonaws.com:8082",
        "127.0.0.1:40123",
        "localhost:8082",
        "gateway:8082",
    ],
)
def test_a_host_that_is_rerouted_is_taken(host: str) -> None:
    """Old scripts' requests carry the names of the rented hosts."""
    assert asyncio.run(_status({"Host": host})) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example:40123"},
        {"Host": "abc.execute-api.us-east-1.amazonaws.com.evil.example"},
        {"Host": "ec2-3-80-1-2.compute-1.amazonaws.com:40123"},
        {"Host": "[x"},
        {"Origin": "https://evil.example"},
        {
            "Host": "abc.execute-api.us-east-1.amazonaws.com",
            "Origin": "https://evil.example",
        },
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_a_pages_request_is_refused(headers: dict[str, str]) -> None:
    """A page that finds the port can neither post nor be counted."""
    assert asyncio.run(_status(headers)) == 403
