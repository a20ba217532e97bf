"""The options as they were given: read one by one, by name, with warnings about those that have no effect."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from .errors import OptionError

Value = TypeVar("Value")

_IGNORED = {
    "roleArn": "no role is assumed; the given keys, or AWS's default chain, are used",
    "roleExternalId": "no role is assumed",
    "roleSessionName": "no role is assumed",
    "stsEndpoint": "no role is assumed",
    "serviceCredential": "there is no Unity Catalog here",
    "shardsPerTask": "one process reads all shards",
    "coalesceThresholdBlockSize": "a batch is one block already",
    "coalesceBinSize": "a batch is one block already",
    "maxFetchDuration": "a batch takes one read of each shard",
    "consumerName": "shards are polled",
    "consumerNamePrefix": "shards are polled",
    "consumerRefreshInterval": "shards are polled",
    "registeredConsumerId": "shards are polled",
    "registeredConsumerIdType": "shards are polled",
    "requireConsumerDeregistration": "shards are polled",
    "maxPartitions": "a batch is one partition",
}
"""Accepted so that code written for Databricks runs; each is named once in a warning."""

_BY_LOWER = {name.lower(): name for name in _IGNORED}


class GivenOptions:
    """The given options, and which of them have been read."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._read: set[str] = {"path", "streamname", "streamarn"}

    def text(self, *names: str) -> str | None:
        """The first of these that was given; blank means not given."""
        self._read |= {name.lower() for name in names}
        found = (self._given.get(name.lower(), "").strip() for name in names)
        return next((text for text in found if text), None)

    def value(
        self, name: str, read: Callable[[str], Value], expected: str, default: Value
    ) -> Value:
        """One option, read; or its default."""
        text = self.text(name)
        if text is None:
            return default
        try:
            return read(text)
        except (ValueError, KeyError, TypeError) as error:
            raise OptionError(f"Option {name}={text}: expected {expected}.") from error

    def warnings(self) -> list[str]:
        """A sentence for each option that has no effect."""
        mode = (self.text("consumerMode") or "polling").lower()
        found = [] if mode == "polling" else [f"Option consumerMode={mode}: shards are polled."]
        for given in sorted(set(self._given) - self._read):
            name = _BY_LOWER.get(given, given)
            reason = _IGNORED.get(name, "there is no such option; is it spelled right?")
            found.append(f"Option {name} is ignored: {reason}.")
        return found
