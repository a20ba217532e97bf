"""The memory that requests hold at the moment, bounded over all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from services.gateway.limits import Limits
from services.gateway.refused_request import RefusalError, overloaded

TOO_LARGE = 413


class Budget:
    """Counts the bytes and records of all requests in flight.

    Attributes:
        reading: Requests whose body is not complete; they are not accepted yet.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.inflight_bytes = 0
        self.inflight_records = 0
        self.reading = 0

    def share(self) -> "BudgetShare":
        """A request's share of the budget; a context manager that returns it."""
        return BudgetShare(self)


class BudgetShare:
    """The bytes and records of one request."""

    __slots__ = ("_budget", "_bytes", "_records")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._bytes = 0
        self._records = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While the request's body comes in."""
        self._budget.reading += 1
        try:
            yield
        finally:
            self._budget.reading -= 1

    def take_bytes(self, count: int) -> None:
        """Hold `count` more bytes.

        Raises:
            RefusalError: 503 when all requests together would hold too much.
        """
        budget = self._budget
        if budget.inflight_bytes + count > budget.limits.inflight_bytes:
            raise overloaded(f"{budget.inflight_bytes} bytes of other requests wait to be stored")
        budget.inflight_bytes += count
        self._bytes += count

    def take_records(self, count: int) -> None:
        """Hold `count` more records, all or none.

        Raises:
            RefusalError: 503 when the backend has to catch up first; 413 when they could never fit.
        """
        budget = self._budget
        most = budget.limits.inflight_records
        if count > most:
            raise RefusalError(TOO_LARGE, f"{count} records in one request; send at most {most}")
        if budget.inflight_records + count > most:
            raise overloaded(
                f"{budget.inflight_records} records of other requests wait to be stored"
            )
        budget.inflight_records += count
        self._records += count

    def __enter__(self) -> "BudgetShare":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._budget.inflight_bytes -= self._bytes
        self._budget.inflight_records -= self._records
