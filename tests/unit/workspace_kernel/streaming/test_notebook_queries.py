"""A notebook's streaming queries: counted, awaited, named when they fail; checkpoints kept apart."""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.errors import StreamingQueryException

from services.workspace.kernel.patches import stream_patches
from services.workspace.kernel.process import output
from services.workspace.kernel.streaming import checkpoints, notebook_queries
from services.workspace.kernel.streaming.refresher import Refresher, refresher
from services.workspace.kernel.streaming.start_retry import start_with_retry
from services.workspace.kernel.streaming.tracked_query import TrackedQuery


class FakeQuery:
    """A query that runs for so many looks, and then ends or fails."""

    status: Mapping[str, str] = {"message": "Waiting for data to arrive"}

    def __init__(self, looks: int, error: Exception | None = None) -> None:
        self.looks = looks
        self.error = error
        self.recentProgress = [_batch(0, 5), _batch(1, 0), _batch(1, 7)]

    @property
    def isActive(self) -> bool:
        self.looks -= 1
        return self.looks > 0

    def awaitTermination(self, _timeout: int) -> bool:
        return self.looks <= 0

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
    """Spark tells of a batch before it has rows and after."""
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
    running.looks = 0
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


def test_a_watcher_drops_what_has_ended() -> None:
    """What fails with Spark is dropped too; the rest is refreshed on."""
    looks: list[int] = []

    class Item:
        def refresh(self) -> bool:
            looks.append(1)
            return False

    quick = Refresher(period=0.001)
    quick.add(Item())
    quick.join(10)
    quick.stop()
    assert looks == [1]


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("0abc_pin_table", "0abc_pin_table"),
        ("`0ABC_pin_table`", "0abc_pin_table"),
        ("default.t", "t"),
        ("spark_catalog.default.`a b/c`", "a_b_c"),
    ],
)
def test_a_table_has_one_checkpoint_name_in_every_spelling(name: str, target: str) -> None:
    """Else the same table would begin anew."""
    assert checkpoints.table_folder_name(name) == target


def test_a_target_always_has_the_same_folder_below_the_given_one() -> None:
    """In whichever order the streams are started."""
    assert checkpoints.target_folder("/kinesis/_checkpoints/", "pin") == "/kinesis/_checkpoints/pin"
    one, other = (
        checkpoints.path_folder_name("/delta/a/pin"),
        checkpoints.path_folder_name("/delta/b/pin"),
    )
    assert one == checkpoints.path_folder_name("/delta/a/pin/")
    assert one != other
    assert one.startswith("pin-")


def test_one_batch_is_all_that_is_there() -> None:
    """The first batch of a stream of Kinesis only fixes where it is read from: `once` alone would give no row."""
    given: list[dict[str, Any]] = []
    trigger = stream_patches.once_as_available_now(lambda _writer, **named: given.append(named))
    trigger(None, once=True)
    trigger(None, processingTime="5 seconds")
    trigger(None, once=False)
    assert given == [{"availableNow": True}, {"processingTime": "5 seconds"}, {"once": False}]
