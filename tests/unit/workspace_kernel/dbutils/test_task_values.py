from pathlib import Path

import pytest

from services.workspace.kernel.dbutils.task_values import TaskValues
from services.workspace.kernel.process.run_context import RunContext


def test_a_later_task_reads_what_an_earlier_one_left(tmp_path: Path) -> None:
    """Values keep their types, and a task's values do not hide another's."""
    clean = TaskValues(RunContext(task_key="a/b", values=tmp_path / "values"))
    clean.set("rows", 5)
    clean.set("names", {"x": [None]})
    later = TaskValues(RunContext(task_key="later", values=tmp_path / "values"))
    assert later.get("a/b", "rows") == 5
    assert later.get(taskKey="a/b", key="names", debugValue=1) == {"x": [None]}
    assert [file.parent for file in tmp_path.rglob("*.json")] == [tmp_path / "values"]


def test_a_value_that_was_never_left_needs_a_default(tmp_path: Path) -> None:
    """Else the message names task and key."""
    values = TaskValues(RunContext(task_key="t", values=tmp_path))
    assert values.get("other", "k", default=0) == 0
    with pytest.raises(ValueError, match="Task other left no value k"):
        values.get("other", "k")


def test_outside_a_job_the_debug_value_is_read() -> None:
    """Without one Databricks' own error comes; setting is without effect."""
    values = TaskValues(RunContext())
    values.set("k", 1)
    assert values.get("t", "k", default=0, debugValue=7) == 7
    with pytest.raises(TypeError, match="Must pass debugValue"):
        values.get("t", "k", default=0)


@pytest.mark.parametrize(("value", "error"), [(object(), TypeError), ("x" * 50_000, ValueError)])
def test_a_value_must_be_small_json(tmp_path: Path, value: object, error: type[Exception]) -> None:
    """What cannot be kept is refused, and what was there stays."""
    values = TaskValues(RunContext(task_key="t", values=tmp_path))
    values.set("k", 1)
    with pytest.raises(error):
        values.set("k", value)
    assert values.get("t", "k") == 1
