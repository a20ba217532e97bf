"""Reading a folder of very many files: one listing instead of one request a file.

Spark resolves `folder/*.json` to a list of files and then asks the storage for each of them again. For thousands of
objects, which the course's sinks wrote (an object a record), that takes longer than reading them. The folder with a
filter on names gives the same files from one listing.
"""

from fnmatch import fnmatchcase
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from services.workspace.storage.resolver import StorageResolver

_FROM = 100
"""Files from which on it pays; below, nothing is changed."""

_WILD = set("*?[]{}\\")


class FilteredFolder(NamedTuple):
    """A folder, and the value of Spark's `pathGlobFilter` for it."""

    folder: str
    glob: str


def filtered_folder(resolver: StorageResolver, path: str) -> FilteredFolder | None:
    """What to read in place of `folder/*.json`; None where it would not be the same, or is not worth it.

    It would not be where folders lie in the folder: the pattern may mean those, or Spark may take their names for
    columns. What cannot be listed here is left to Spark, which says why.
    """
    folder, _, glob = path.rpartition("/")
    if not folder or not glob.startswith("*.") or _WILD & {*folder, *glob[2:]}:
        return None
    try:
        location = resolver.find(folder)
        entries = location.store.children(location.path)
    except (ValueError, OSError, ClientError, BotoCoreError):
        return None
    matching = [entry for entry in entries if fnmatchcase(entry.name, glob)]
    if len(matching) < _FROM or any(entry.folder for entry in entries):
        return None
    return FilteredFolder(folder, glob)
