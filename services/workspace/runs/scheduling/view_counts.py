"""How often clients have asked for each active run (`runs/get`)."""

from collections import Counter


class ViewCounts:
    """Counts the `runs/get` calls of a run or an attempt."""

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()

    def add(self, run_id: int) -> int:
        """Count one more; return how many there were, this one included."""
        self._seen[run_id] += 1
        return self._seen[run_id]

    def count(self, run_id: int) -> int:
        """How many there were."""
        return self._seen[run_id]

    def forget(self, *run_ids: int) -> None:
        """Count no longer what has ended."""
        for run_id in run_ids:
            self._seen.pop(run_id, None)
