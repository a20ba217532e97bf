"""The events behind rows of the speed layer."""

import pytest

from services.ledger.stores import events
from services.ledger.stores.events import speed_events
from services.ledger.stores.kinesis_log import Position
from services.settings import Settings
from services.tables import PIN

PLACE = ("shardId-000000000000", "9")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([b'{"ind": 1, "a": 2}'], {1: {"ind": "1", "a": "2"}}),
        ([b'{"ind": 2}', b'{"ind": 1}', b"{broken"], {1: {"ind": "1"}}),
        ([b'{"ind": 1, "a": 2}', b'{"ind":1,"a":2}'], {1: {"ind": "1", "a": "2"}}),
        ([b'{"ind": 1, "a": 2}', b'{"ind": 1, "a": 3}'], {}),
        ([b'{"ind": 2}'], {}),
        ([], {}),
    ],
)
def test_user_records_share_a_position(
    monkeypatch: pytest.MonkeyPatch, values: list[bytes], found: dict[int, events.Event]
) -> None:
    """The one with the row's ind; none where two of them differ, or Kinesis holds none."""

    def read(
        _settings: Settings, _stream: str, wanted: set[Position]
    ) -> dict[Position, list[bytes]]:
        return {place: values for place in wanted if values}

    monkeypatch.setattr(events, "read_values", read)
    assert speed_events(Settings(), PIN, {1: PLACE}) == found
