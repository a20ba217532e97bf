"""Runs on disk: `runs/<run id>/run.json`, and a folder for each attempt below it."""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from services.files import private_folder, write_private
from services.workspace.runs.refusals import InvalidState, RunNotFound
from services.workspace.runs.store.folders import numbered
from services.workspace.runs.store.ids import IdSequence
from services.workspace.runs.store.run_record import Attempt, Run, RunType

log = logging.getLogger(__name__)

_RUN, _DELETED = "run.json", "deleted.json"


@dataclass(frozen=True)
class RunSummary:
    """What is kept in memory of each run."""

    run_id: int
    job_id: int
    run_type: RunType
    created: int


class _Deleted(BaseModel):
    """What stays of a deleted run."""

    token: str = ""


class RunStore:
    """Every run there ever was. Active ones are in memory too, and are the same object for all."""

    def __init__(self, root: Path) -> None:
        """Open the folder `<workspace state>`, and read what is in it."""
        self._runs = private_folder(root / "runs")
        self._heads: dict[int, RunSummary] = {}
        self._owners: dict[int, int] = {}
        self._tokens: dict[str, int] = {}
        self._active: dict[int, Run] = {}
        folders = numbered(self._runs)
        for run_id in folders:
            self._index(run_id)
        self._newest = max([*folders, *self._owners, 0])

    @property
    def newest_id(self) -> int:
        """The highest id of a run or an attempt when the store was opened."""
        return self._newest

    def save(self, run: Run) -> None:
        folder = private_folder(self._runs / str(run.run_id))
        write_private(folder / _RUN, run.model_dump_json())
        self._remember(run)

    def get(self, run_id: int) -> Run:
        """The run with that id.

        Raises:
            RunNotFound: there is none; an attempt's id is not a run's.
        """
        if run_id in self._active:
            return self._active[run_id]
        if run_id not in self._heads:
            raise RunNotFound(run_id)
        return self._read(run_id)

    def locate(self, run_id: int) -> tuple[Run, Attempt | None]:
        """The run that has that id, or the run and its attempt that has it.

        Raises:
            RunNotFound: neither is there.
        """
        owner = self._owners.get(run_id)
        if owner is None:
            return self.get(run_id), None
        run = self.get(owner)
        return run, run.attempt(run_id)

    def active(self) -> list[Run]:
        """The runs that have not ended, oldest first."""
        return sorted(self._active.values(), key=lambda run: run.run_id)

    def newest_first(self, wanted: Callable[[RunSummary], bool] = lambda _: True) -> Iterator[Run]:
        """The runs that are wanted; each is read only when its turn comes."""
        for run_id in sorted(self._heads, reverse=True):
            head = self._heads.get(run_id)
            if head and wanted(head):
                yield self.get(run_id)

    def folder(self, run_id: int) -> Path:
        """Folder of a run or of an attempt; it exists."""
        owner = self._owners.get(run_id)
        path = self._runs / str(run_id) if owner is None else self._runs / str(owner) / str(run_id)
        return private_folder(path)

    def values(self, run_id: int) -> Path:
        """Folder of the task values of a run."""
        return private_folder(self._runs / str(run_id) / "values")

    def with_token(self, token: str) -> Run | None:
        """The run that was made with an idempotency token.

        Raises:
            InvalidState: it was deleted since.
        """
        run_id = self._tokens.get(token)
        if run_id is None:
            return None
        if run_id not in self._heads:
            raise InvalidState(
                f"Run {run_id} with this idempotency_token was deleted; use a new token."
            )
        return self.get(run_id)

    def delete(self, run_id: int) -> None:
        """Forget a run that has ended; only its idempotency token stays.

        Raises:
            RunNotFound: there is none.
            InvalidState: it is active.
        """
        run = self.get(run_id)
        if run_id in self._active:
            raise InvalidState(f"Run {run_id} is active; cancel it before you delete it.")
        folder = self._runs / str(run_id)
        write_private(folder / _DELETED, _Deleted(token=run.token).model_dump_json())
        (folder / _RUN).unlink()
        for entry in folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
        del self._heads[run_id]
        self._owners = {key: owner for key, owner in self._owners.items() if owner != run_id}

    def _index(self, run_id: int) -> None:
        """Take a run of an earlier process into the store; a damaged one is left aside, and said."""
        folder = self._runs / str(run_id)
        try:
            if (folder / _RUN).exists():
                self._remember(self._read(run_id))
            elif (folder / _DELETED).exists():
                text = (folder / _DELETED).read_text(encoding="utf-8")
                self._remember_token(_Deleted.model_validate_json(text).token, run_id)
        except (ValidationError, OSError) as error:
            log.warning("run %s cannot be read and is left aside: %s", folder / _RUN, error)

    def _read(self, run_id: int) -> Run:
        file = self._runs / str(run_id) / _RUN
        return Run.model_validate_json(file.read_text(encoding="utf-8"))

    def _remember(self, run: Run) -> None:
        self._heads[run.run_id] = RunSummary(run.run_id, run.job_id, run.run_type, run.created)
        self._owners.update({one.run_id: run.run_id for one in run.attempts})
        self._remember_token(run.token, run.run_id)
        if run.state.terminal:
            self._active.pop(run.run_id, None)
        else:
            self._active[run.run_id] = run

    def _remember_token(self, token: str, run_id: int) -> None:
        if token:
            self._tokens[token] = run_id


def open_id_sequence(root: Path, store: RunStore) -> IdSequence:
    """The ids that follow all that is in a state folder."""
    jobs = private_folder(root / "jobs")
    return IdSequence(root / "last_id", max([store.newest_id, *numbered(jobs)]))
