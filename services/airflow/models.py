"""What Airflow's answers hold, as far as we look at it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

_PLACE = re.compile(r'^\s*File "(?P<file>[^"]*)", line (?P<line>\d+)', re.MULTILINE)


class AirflowState(StrEnum):
    """States that end a run or a task, and the two that need a word."""

    SUCCESS = "success"
    FAILED = "failed"
    UPSTREAM_FAILED = "upstream_failed"
    SKIPPED = "skipped"
    REMOVED = "removed"
    QUEUED = "queued"
    RUNNING = "running"


@dataclass(frozen=True)
class Dag:
    """One DAG.

    Attributes:
        dag_id: Its id.
        paused: Whether its runs wait.
        bundle: `user` for those of the user's folder.
        file: Its file in that folder.
        schedule: In Airflow's words; empty when it has none.
        due: When its next run is due; None when there is none.
        parsed: When Airflow last read its file, in seconds since 1970; 0 when never.
        stale: Whether its file is gone.
    """

    dag_id: str
    paused: bool
    bundle: str
    file: str
    schedule: str
    due: datetime | None
    parsed: float
    stale: bool

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Dag":
        due, parsed = row["next_dagrun_run_after"], row["last_parsed_time"]
        return cls(
            dag_id=row["dag_id"],
            paused=row["is_paused"],
            bundle=row["bundle_name"] or "",
            file=row["relative_fileloc"] or row["fileloc"],
            schedule=row["timetable_summary"] or "",
            due=datetime.fromisoformat(due) if due else None,
            parsed=datetime.fromisoformat(parsed).timestamp() if parsed else 0,
            stale=row["is_stale"],
        )

    @property
    def overdue(self) -> bool:
        """Whether Airflow will begin a run by itself as soon as the DAG is not paused."""
        return self.due is not None and self.due <= datetime.now(UTC)


_ADVICE = {
    "ModuleNotFoundError": "A package goes into airflow/requirements/requirements.txt; `make restart` installs it.",
    "VARIABLE_NOT_FOUND": "Make it on Airflow's page Admin → Variables, or export AIRFLOW_VAR_<NAME> in "
    "airflow/startup/startup.sh and `make restart`.",
}
"""How an error's line can be told → what helps."""


@dataclass(frozen=True)
class ImportFailure:
    """A file that Airflow could not load.

    Attributes:
        bundle: As in `Dag`.
        file: Its path in the bundle.
        line: Where in that file; None when the error does not say.
        message: The exception's own line.
        seen: When Airflow last tried, in seconds since 1970.
    """

    bundle: str
    file: str
    line: int | None
    message: str
    seen: float

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "ImportFailure":
        """From Airflow's answer; the innermost frame of the file itself is the place."""
        trace: str = row["stack_trace"]
        places = [m for m in _PLACE.finditer(trace) if m["file"].endswith(row["filename"])]
        lines = [line.strip() for line in trace.splitlines() if line.strip()]
        return cls(
            bundle=row["bundle_name"] or "",
            file=row["filename"],
            line=int(places[-1]["line"]) if places else None,
            message=lines[-1] if lines else "no reason given",
            seen=datetime.fromisoformat(row["timestamp"]).timestamp(),
        )

    @property
    def advice(self) -> str:
        """What to do about it, where that is not the file's own matter; empty otherwise."""
        return next((advice for sign, advice in _ADVICE.items() if sign in self.message), "")


@dataclass(frozen=True)
class DagRun:
    run_id: str
    state: str

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "DagRun":
        return cls(row["dag_run_id"], row["state"])

    @property
    def ended(self) -> bool:
        return self.state in (AirflowState.SUCCESS, AirflowState.FAILED)


@dataclass(frozen=True)
class TaskInstance:
    """One task of a run.

    Attributes:
        task_id: Its id.
        state: Airflow's word; `waiting` while it has none.
        attempt: The try that it is at; 0 before the first.
        seconds: How long that try has taken, once it ended.
        map_index: Which one of a mapped task; -1 for others.
    """

    task_id: str
    state: str
    attempt: int
    seconds: float | None
    map_index: int

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "TaskInstance":
        return cls(
            task_id=row["task_id"],
            state=row["state"] or "waiting",
            attempt=row["try_number"],
            seconds=row["duration"],
            map_index=row["map_index"],
        )

    @property
    def name(self) -> str:
        """What people call it."""
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_index}]"
