"""A consumer of the REST proxy, as a client's code would use it."""

import json
from typing import Any

from tests.integration.gateway.running import JSON_V2, V2, Answer, RunningGateway
from tests.support.polling import eventually


class Consumer:
    """A REST consumer, as a client's code would use it."""

    def __init__(
        self, gateway: RunningGateway, group: str, *, name: str = "c", **body: Any
    ) -> None:
        self.gateway = gateway
        self.group = group
        self.created = gateway.call(
            "POST", f"/prod/consumers/{group}", json.dumps({"name": name, **body}), V2
        )
        self.uri = self.created.json.get("base_uri", "")

    def call(self, method: str, path: str = "", body: Any = None, accept: str = "*/*") -> Answer:
        """One call on the instance."""
        sent = None if body is None else json.dumps(body)
        return self.gateway.call(method, self.uri + path, sent, V2, accept)

    def subscribe(self, *topics: str) -> None:
        """Read these topics as a member of the group."""
        assert self.call("POST", "/subscription", {"topics": topics}).status == 204

    def delete(self) -> None:
        """End the instance."""
        assert self.call("DELETE").status == 204

    def read(self, accept: str = JSON_V2, query: str = "") -> list[dict[str, Any]]:
        """What one read gives, maybe nothing."""
        answer = self.call("GET", f"/records{query}", accept=accept)
        assert answer.status == 200, answer.body
        found: list[dict[str, Any]] = answer.json
        return found

    def read_until(
        self, count: int, accept: str = JSON_V2, query: str = ""
    ) -> list[dict[str, Any]]:
        """Read on until so many records came."""
        found: list[dict[str, Any]] = []

        def enough() -> bool:
            found.extend(self.read(accept, query))
            return len(found) >= count

        eventually(f"{count} records", enough)
        return found


def json_consumer(gateway: RunningGateway, group: str, **body: Any) -> Consumer:
    """A consumer of JSON from the beginning."""
    return Consumer(gateway, group, format="json", **{"auto.offset.reset": "earliest", **body})


def place(topic: str, **more: Any) -> dict[str, Any]:
    """Partition 0 of a topic, with more fields."""
    return {"topic": topic, "partition": 0, **more}


def values(records: list[dict[str, Any]]) -> list[Any]:
    """What the records hold."""
    return [record["value"] for record in records]


def numbers(count: int, first: int = 0) -> str:
    """A body of so many records."""
    return json.dumps({"records": [{"value": n} for n in range(first, first + count)]})
