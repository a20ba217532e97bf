"""Copying files between any two kinds of storage."""

from services.workspace.storage.dbfs_paths import PathError
from services.workspace.storage.file_store import files_below
from services.workspace.storage.resolver import StorageLocation


def copy(source: StorageLocation, target: StorageLocation, *, recurse: bool) -> bool:
    """Copy a file, into a folder where the target is one; or what lies in a folder, into the target.

    Returns:
        False when source and target have the same URI, and nothing was done.

    Raises:
        FileNotFoundError: there is nothing to copy.
        PathError: it is a folder, and that was not asked for; or the target lies in it; or a key in it is no path.
    """
    entry = source.require()
    if not entry.folder:
        inside = target.entry()
        return _copy_file(source, target.child(entry.name) if inside and inside.folder else target)
    if not recurse:
        raise PathError(f"{source.address} is a directory. Use recurse=True")
    if source.uri == target.uri:
        return False
    if target.uri.startswith(source.uri.rstrip("/") + "/"):
        raise PathError(f"{source.address} cannot be copied into itself, to {target.address}")
    names = list(files_below(source.store, source.path))
    target.store.make_folder(target.path)
    for name in names:
        _copy_file(source.child(name), target.child(name))
    return True


def _copy_file(source: StorageLocation, target: StorageLocation) -> bool:
    if source.uri == target.uri:
        return False
    with source.store.read(source.path) as content:
        target.store.write(target.path, content)
    return True
