"""Which folders are streams, and what a kill left of a stream that was half created or half deleted."""

import logging
import shutil
from pathlib import Path

from services.kinesis.storage import description
from services.records.kinesis_api import stream_name_faults

log = logging.getLogger(__name__)

DELETED = "~deleted-"
"""In the name of a folder whose stream was deleted; no stream's name can hold it."""


def stream_folders(folder: Path) -> list[Path]:
    """The streams' folders; what was half created or deleted is removed, and what is no stream is left alone."""
    found = []
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or (DELETED not in path.name and stream_name_faults(path.name)):
            log.warning("%s is no stream: left alone", path)
        elif DELETED in path.name or _is_half_created(path):
            shutil.rmtree(path)
        elif _is_stream(path):
            found.append(path)
        else:
            log.warning("%s is no stream: left alone", path)
    return found


def _is_half_created(folder: Path) -> bool:
    """Whether it holds nothing but, at most, a description that was not yet named."""
    return all(path.is_file() and path.suffix == ".new" for path in folder.iterdir())


def _is_stream(folder: Path) -> bool:
    """Whether it has a description, or shards that would be lost without it."""
    return (folder / description.FILE).exists() or any(path.is_dir() for path in folder.iterdir())
