from typing import Any

from services.workspace.kernel.patches import stream_patches


def test_one_batch_is_all_that_is_there() -> None:
    """The first batch of a stream of Kinesis only fixes where it is read from: `once` alone would give no row."""
    given: list[dict[str, Any]] = []
    trigger = stream_patches.once_as_available_now(lambda _writer, **named: given.append(named))
    trigger(None, once=True)
    trigger(None, processingTime="5 seconds")
    trigger(None, once=False)
    assert given == [{"availableNow": True}, {"processingTime": "5 seconds"}, {"once": False}]
