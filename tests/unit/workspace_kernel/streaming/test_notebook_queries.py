"""A notebook's streaming queries: counted, started again, awaited, named when they fail."""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.errors import StreamingQueryException

from services.workspace.kernel.process import output
from services.workspace.kernel.streaming import notebook_queries
from services.workspace.kernel.streaming.refresher import refresher
from services.workspace.kernel.streaming.start_retry import start_with_retry
from services.workspace.kernel.streaming.tracked_query import TrackedQuery


class FakeQuery:
    """A query that runs for so many polls, and then ends or fails."""

    status: Mapping[str, str] = {"message": "Waiting for data to arrive"}

    def __init__(self, polls: int, error: Exception | None = None) -> None:
        self.polls = polls
        self.error = error
        self.recentProgress = [_batch(0, 5), _batch(1, 0), _batch(1, 7)]

    @property
    def isActive(self) -> bool:
        self.polls -= 1
        return self.polls > 0

    def awaitTermination(self, _timeout: int) -> bool:
        return self.polls <= 0

    def exception(self) -> Exception | None:
        return self.error


def _batch(number: int, rows: int) -> Any:
    return SimpleNamespace(batchId=number, numInputRows=rows)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The lines about streams; the notebook's own streams are forgotten afterwards."""
    lines: list[str] = []
    monkeypatch.setattr(output, "show", lambda value, **_: lines.append(value["text/plain"]))
    yield lines
    refresher.stop()


def test_rows_of_an_idle_batch_are_not_counted_twice(shown: list[str]) -> None:
    """Spark reports a batch before it has rows and after."""
    stream = TrackedQuery(FakeQuery(9), "t", "", 3)  # type: ignore[arg-type]
    assert stream.rows() == 12
    assert stream.rows() == 12


def test_the_end_waits_for_streams_and_says_how_many_rows_they_read(shown: list[str]) -> None:
    """Each stream has one line, in the cell that started it."""
    notebook_queries.track(FakeQuery(3), "a")  # type: ignore[arg-type]
    notebook_queries.track(FakeQuery(8), "b")  # type: ignore[arg-type]
    notebook_queries.finish_queries()
    assert shown[:2] == ["Stream a: started.", "Stream b: started."]
    assert {"Stream a: ended after 12 rows.", "Stream b: ended after 12 rows."} <= set(shown)


def test_a_failed_stream_fails_the_notebook_with_its_name_and_cause(shown: list[str]) -> None:
    """The others end with the session."""
    error = StreamingQueryException("[DIVIDE_BY_ZERO] x\n\nJVM stacktrace:\norg.apache")
    notebook_queries.track(FakeQuery(2, error), "bad")  # type: ignore[arg-type]
    with pytest.raises(
        notebook_queries.StreamFailedError, match=r"^Stream bad failed: \[DIVIDE_BY_ZERO\] x$"
    ):
        notebook_queries.finish_queries()
    assert shown[-1] == "Stream bad: failed after 12 rows: [DIVIDE_BY_ZERO] x."


def test_displays_are_ended_before_streams_are_awaited(shown: list[str]) -> None:
    """An endless stream must not keep them alive."""
    order: list[str] = []
    notebook_queries.on_finish(lambda: order.append(f"display ended after {len(shown)} lines"))
    notebook_queries.track(FakeQuery(4), "a")  # type: ignore[arg-type]
    notebook_queries.finish_queries()
    assert order == ["display ended after 1 lines"]


def test_only_running_streams_hold_their_checkpoints(shown: list[str]) -> None:
    """`dbutils.fs.rm` asks before it deletes one."""
    running = FakeQuery(1_000)
    notebook_queries.track(running, "a", "/c/a")  # type: ignore[arg-type]
    notebook_queries.track(FakeQuery(0), "b", "/c/b")  # type: ignore[arg-type]
    assert set(notebook_queries.running_checkpoints()) == {"/c/a"}
    running.polls = 0
    notebook_queries.finish_queries()


def test_queries_of_displays_are_not_the_notebooks_own(shown: list[str]) -> None:
    """Nobody waits for them."""
    notebook_queries.track(FakeQuery(10**9), f"{notebook_queries.DISPLAY_PREFIX}x")  # type: ignore[arg-type]
    notebook_queries.finish_queries()
    assert shown == []


def test_a_query_whose_python_process_was_late_is_started_again() -> None:
    """Spark waits ten seconds for it; other failures are the query's own."""
    late = StreamingQueryException("(STREAM_FAILED) Python worker failed to connect back.")
    queries = [FakeQuery(0, late), FakeQuery(0, ValueError("own")), FakeQuery(5)]
    started = start_with_retry(lambda: queries.pop(0))  # type: ignore[arg-type,return-value]
    assert str(started.exception()) == "own"
    assert len(queries) == 1
