"""One streaming query of a notebook, and the line that shows its progress."""

from uuid import uuid4

from pyspark.sql.streaming.query import StreamingQuery

from services.workspace.kernel.process.output import publish
from services.workspace.kernel.spark.error_messages import short_message

_REFRESHES_PER_COUNT = 5
"""Refreshes from one count of rows to the next: counting asks Spark for a hundred batches."""


class TrackedQuery:
    """A query that the notebook started.

    Attributes:
        name: Its target's name, else the query's own.
        checkpoint: Its folder, as Spark got it; empty when Spark chose one.
        cell: Number of the cell that started it, as Jupyter counts; 0 when it is not known.
    """

    def __init__(self, query: StreamingQuery, name: str, checkpoint: str, cell: int) -> None:
        self.query = query
        self.name = name
        self.checkpoint = checkpoint
        self.cell = cell
        self._batches: dict[int, int] = {}
        self._refreshes = 0
        self._shown = ""
        self._display_id = f"stream-{uuid4()}"

    @property
    def active(self) -> bool:
        return bool(self.query.isActive)

    def announce(self) -> None:
        """Show the line for the first time, in the cell that started the query."""
        self._show("started", update=False)

    def refresh(self) -> bool:
        """Now and then count, and bring the line up to date; return whether more may come."""
        self._refreshes += 1
        if self._refreshes % _REFRESHES_PER_COUNT:
            return True
        return self.report()

    def report(self) -> bool:
        """Bring the line up to date; return whether the query runs."""
        active = self.active
        self._show(f"running, {self.rows():,} rows so far" if active else self._ending())
        return active

    def _ending(self) -> str:
        error = self.query.exception()
        if error is None:
            return f"ended after {self.rows():,} rows"
        return f"failed after {self.rows():,} rows: {short_message(error)}"

    def rows(self) -> int:
        """How many rows it has read. Spark remembers a hundred batches; an idle batch is reported again and again."""
        for progress in self.query.recentProgress:
            counted = self._batches.get(progress.batchId, 0)
            self._batches[progress.batchId] = max(counted, progress.numInputRows)
        return sum(self._batches.values())

    def failure(self, error: BaseException) -> str:
        """The sentence about its failure, with the cell that started it."""
        where = f" (started in cell {self.cell})" if self.cell else ""
        return f"Stream {self.name}{where} failed: {short_message(error)}"

    def _show(self, state: str, *, update: bool = True) -> None:
        line = f"Stream {self.name}: {state}".rstrip(".") + "."
        if line != self._shown:
            self._shown = line
            publish({"text/plain": line}, display_id=self._display_id, update=update)
