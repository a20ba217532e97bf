"""The workspace's files by their path on the driver, `/Workspace/Repos/me/repo/src`."""

from pathlib import Path, PurePosixPath

_PREFIXES = ("/Workspace/", "/Repos/", "/Users/", "/Shared/")
_USER = "user"


class WorkspaceFolders:
    """Where they lie on this machine.

    Args:
        root: The workspace's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def real(self, path: str) -> Path | None:
        """The file or folder on this machine, or where a new one would be; None when its folder is not there either.

        The first parts of a path name its owner on Databricks, and may be missing here.
        """
        if not path.startswith(_PREFIXES):
            return None
        parts = [part for part in PurePosixPath(path).parts[1:] if part not in {".", ".."}]
        return self._below(parts) or self._new(parts)

    def workspace_path(self, file: Path) -> str | None:
        """A file's place in the workspace, without its ending; None when it lies elsewhere."""
        real = file.resolve()
        if not real.is_relative_to(self.root):
            return None
        return f"/{real.relative_to(self.root).with_suffix('').as_posix()}"

    def _below(self, parts: list[str]) -> Path | None:
        for first in range(len(parts)):
            for top in (self.root / _USER, self.root):
                if (top / Path(*parts[first:])).exists():
                    return top / Path(*parts[first:])
        return None

    def _new(self, parts: list[str]) -> Path | None:
        folder = self._below(parts[:-1])
        return folder / parts[-1] if folder and parts else None
