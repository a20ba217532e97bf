"""Folders of the module path as Databricks spells them: `/Workspace/Repos/me/repo/src`, `/dbfs/FileStore/libs`."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from services.settings import Settings
from services.workspace.notebooks.notebook_library import USER_FOLDER

_WORKSPACE = ("/Workspace/", "/Repos/", "/Users/", "/Shared/")
_DBFS = "/dbfs/"


class WorkspaceFolders:
    """Where such folders lie on this machine."""

    def __init__(self, settings: Settings) -> None:
        self.root = settings.workspace_dir.resolve()
        self._dbfs = settings.dbfs.resolve()

    def elsewhere(self, folders: Iterable[str]) -> list[str]:
        """Those of a path that this machine has in another place."""
        found = (
            self._real(folder) for folder in folders if folder.startswith((*_WORKSPACE, _DBFS))
        )
        return [str(folder) for folder in found if folder]

    def workspace_path(self, file: Path) -> str | None:
        """A file's place in the workspace, without its ending; None when it lies elsewhere."""
        real = file.resolve()
        if not real.is_relative_to(self.root):
            return None
        return f"/{real.relative_to(self.root).with_suffix('').as_posix()}"

    def _real(self, folder: str) -> Path | None:
        """As it is below the workspace's folder; its first parts name the owner there, and are missing here."""
        if folder.startswith(_DBFS):
            return self._dbfs / folder.removeprefix(_DBFS)
        if Path(folder).is_dir():
            return None
        parts = [part for part in PurePosixPath(folder).parts if part not in {"/", ".", ".."}]
        for first in range(len(parts)):
            for top in (self.root / USER_FOLDER.lstrip("/"), self.root):
                if (top / Path(*parts[first:])).is_dir():
                    return top / Path(*parts[first:])
        return None
