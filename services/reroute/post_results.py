"""What became of a run's posts: counted for the user, journaled for the ledger."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.records.attempt import AttemptResult, FailedAttempt
from services.records.http_response import HttpResponse
from services.records.journal import JournalError, JournalWriter, journal_path, new_run
from services.records.journal_line import JournalLine, journal_line
from services.records.kafka_rest_answers import produce_results
from services.records.kinesis_answers import put_results
from services.records.layer import Layer
from services.reroute.posts import Post
from services.reroute.report.diagnosis import Traces
from services.reroute.report.exchanges import Exchanges
from services.settings import Settings

_READERS = {
    Layer.BATCH: produce_results,
    Layer.SPEED: put_results,
}


@dataclass
class PostCounts:
    """Posts to one topic or stream.

    Attributes:
        acked: Posts of which the gateway acknowledged every record.
        records: Records that it acknowledged.
        failed: What was said of the others → how often.
    """

    acked: int = 0
    records: int = 0
    failed: Counter[str] = field(default_factory=Counter)


class PostResults:
    """One run's posts; used by one event loop.

    A journal is made when its layer has its first record, so a script that posts nothing leaves none.
    """

    def __init__(self, settings: Settings) -> None:
        self.counts: dict[str, PostCounts] = {}
        self.streams: set[str] = set()
        """Those of the names that are streams."""
        self.exchanges = Exchanges()
        """What was asked and answered until the first post was acknowledged."""
        self.traces = Traces()
        """Where the script went without the gateway."""
        self.problem = ""
        """Why no more posts are let through."""
        self._settings = settings
        self._run = new_run()
        self._journals: dict[Layer, JournalWriter] = {}

    @property
    def acked(self) -> int:
        return sum(counts.acked for counts in self.counts.values())

    @property
    def journals(self) -> list[Path]:
        """The files that were written."""
        return [journal.path for journal in self._journals.values()]

    def settle(self, post: Post, response: HttpResponse | FailedAttempt) -> bool:
        """Count and journal what became of a post, and return whether all of it was acknowledged.

        When the journal takes no more, that is the run's `problem`.
        """
        attempts = _attempts(post, response)
        counts = self.counts.setdefault(post.name, PostCounts())
        if post.layer is Layer.SPEED:
            self.streams.add(post.name)
        failures = [attempt for attempt in attempts if isinstance(attempt, FailedAttempt)]
        counts.records += len(attempts) - len(failures)
        self._journal(post, attempts)
        if failures or not attempts:
            counts.failed[failures[0].cause if failures else _empty(post, response)] += 1
            return False
        counts.acked += 1
        return True

    def close(self) -> None:
        for journal in self._journals.values():
            journal.__exit__()

    def _journal(self, post: Post, attempts: Sequence[AttemptResult]) -> None:
        """Lines for records of the three tables: the ledger knows no others."""
        if post.table is None or not post.records:
            return
        lines: list[JournalLine] = [
            journal_line(post.layer, post.name, record, attempt)
            for record, attempt in zip(post.records, attempts, strict=True)
        ]
        try:
            self._writer(post.layer).write(lines)
        except JournalError as error:
            self.problem = str(error)

    def _writer(self, layer: Layer) -> JournalWriter:
        if layer not in self._journals:
            path = journal_path(self._settings.journal_dir / layer, self._run, 0)
            self._journals[layer] = JournalWriter(path)
        return self._journals[layer]


def _attempts(post: Post, response: HttpResponse | FailedAttempt) -> list[AttemptResult]:
    if isinstance(response, FailedAttempt):
        return [response] * len(post.records)
    return _READERS[post.layer](response, len(post.records))


def _empty(post: Post, response: HttpResponse | FailedAttempt) -> str:
    """What to say of a post in which no record could be found."""
    found = (
        response if isinstance(response, FailedAttempt) else _READERS[post.layer](response, 1)[0]
    )
    return found.cause if isinstance(found, FailedAttempt) else "no records in it"
