"""Which notebook is running: the one that was asked for, in it those of `%run`; `NotebookExit` ends them all."""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager


class NotebookCycleError(Exception):
    """A notebook runs itself, by way of others perhaps."""


class NotebookExit(BaseException):
    """`dbutils.notebook.exit(value)`: no failure, and not to be caught by an `except Exception`."""


class NotebookChain:
    """Paths of the notebooks that have begun and not ended, the outermost first."""

    def __init__(self, path: str) -> None:
        self._paths = [path]

    @property
    def current(self) -> str:
        """The innermost: what relative paths start from."""
        return self._paths[-1]

    @contextmanager
    def entered(self, path: str) -> Iterator[None]:
        """Run another notebook within the current one.

        Raises:
            NotebookCycleError: it is running already.
        """
        if path in self._paths:
            chain = " → ".join([*self._paths, path])
            raise NotebookCycleError(f"%run would never end: {chain}. Take one of them out.")
        self._paths.append(path)
        try:
            yield
        finally:
            self._paths.pop()

    def absolute(self, path: str) -> str:
        """A path as the API takes it: relative ones start in the current notebook's folder."""
        return posixpath.normpath(posixpath.join("/", posixpath.dirname(self.current), path))
