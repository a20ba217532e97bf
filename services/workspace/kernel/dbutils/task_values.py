"""`dbutils.jobs.taskValues`: small values that a task leaves for the tasks after it.

Each task of a run has one file, `<task key>.json`, in the run's folder of values; only the task itself writes it.
"""

import json
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from services.files import write_private
from services.workspace.kernel.dbutils.help_texts import WithHelp
from services.workspace.kernel.process.run_context import RunContext

_LIMIT = 48 * 1024
"""Bytes of a value as JSON; Databricks' own limit."""


class TaskValues:
    def __init__(self, context: RunContext) -> None:
        self._folder = context.values
        self._task_key = context.task_key

    def set(self, key: str, value: object) -> None:
        """Leave a value for the tasks after this one; outside a job nothing is kept.

        Raises:
            TypeError: the value is nothing that JSON can hold.
            ValueError: it is larger than 48 KiB as JSON.
        """
        if self._folder is None:
            return
        text = json.dumps(value)
        if len(text.encode()) > _LIMIT:
            raise ValueError(f"Task value {key} is larger than 48 KiB. Keep it in a table or file.")
        file = self._file(self._folder, self._task_key)
        write_private(file, json.dumps({**_read(file), str(key): json.loads(text)}))

    def get(
        self,
        taskKey: str,
        key: str,
        default: object = None,
        debugValue: object = None,
    ) -> object:
        """What a task left; outside a job the debug value.

        Raises:
            TypeError: outside a job, without a debug value.
            ValueError: the task left no such value, and there is no default.
        """
        if self._folder is None:
            if debugValue is None:
                raise TypeError(
                    "Must pass debugValue when calling get outside of a job context. "
                    "debugValue cannot be None."
                )
            return debugValue
        value = _read(self._file(self._folder, taskKey)).get(key, default)
        if value is None:
            raise ValueError(
                f"Task {taskKey} left no value {key}. Set it there with dbutils.jobs.taskValues.set, "
                "let this task depend on it, or give a default."
            )
        return value

    @staticmethod
    def _file(folder: Path, task_key: str) -> Path:
        return folder / f"{quote(task_key, safe='')}.json"


def _read(file: Path) -> dict[str, object]:
    try:
        values: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return values


class JobsUtils(WithHelp):
    """What notebooks call `dbutils.jobs`."""

    _part: ClassVar[str] = "jobs"

    def __init__(self, context: RunContext) -> None:
        self.taskValues = TaskValues(context)
