"""Which streams the speed layer takes beside its own three."""

from pathlib import Path

import pytest

from services.streams.shared import StreamNameError, add_shared_stream, shared_streams


def test_streams_are_added_once_and_kept_in_their_order(tmp_path: Path) -> None:
    """Also for a lake that is not there yet."""
    lake = tmp_path / "lake"
    assert shared_streams(lake) == []
    added = [add_shared_stream(lake, name) for name in ("Kinesis-Prod-Stream", "b", "b")]
    assert added == [True, True, False]
    assert shared_streams(lake) == ["Kinesis-Prod-Stream", "b"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "x" * 129, "é"])
def test_what_can_be_no_stream_is_refused(name: str, tmp_path: Path) -> None:
    """It would become a folder's name."""
    with pytest.raises(StreamNameError):
        add_shared_stream(tmp_path, name)
