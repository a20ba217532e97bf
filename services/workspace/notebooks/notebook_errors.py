"""Errors of finding and reading a notebook: not found, ambiguous, unreadable."""

from collections.abc import Sequence


class NotebookError(Exception):
    """A notebook cannot be found or read; the message says which, why, and what to do."""


class NotebookNotFound(NotebookError):
    """No notebook of the workspace has this path.

    Attributes:
        path: As it was asked for.
        candidates: Workspace paths of the closest names, the closest first.
    """

    def __init__(self, path: str, candidates: Sequence[str], where: str) -> None:
        closest = f" Closest: {', '.join(candidates)}." if candidates else ""
        super().__init__(
            f"Notebook not found: {path or '(no path)'}. It was looked for in {where}, by its path and by the "
            f"last part of it, with and without an ending.{closest}"
        )
        self.path = path
        self.candidates = tuple(candidates)


class NotebookAmbiguous(NotebookError):
    """Several notebooks answer to this path.

    Attributes:
        path: As it was asked for.
        candidates: Workspace paths, with endings, of all of them.
    """

    def __init__(self, path: str, candidates: Sequence[str]) -> None:
        super().__init__(
            f"{path} is ambiguous: {', '.join(candidates)}. Give the whole path, with its ending."
        )
        self.path = path
        self.candidates = tuple(candidates)


class NotebookUnreadable(NotebookError):
    """The file is there, but it is no notebook that can be read."""

    def __init__(self, name: object, problem: str) -> None:
        super().__init__(f"{name} cannot be read as a notebook: {problem}")
