"""One checkpoint folder for each streaming query, where a notebook gave several queries the same.

Notebooks of the course start three queries with one `checkpointLocation`. Spark forbids it: each query takes over
the folder's query id and silently stops the one before. Here a query that writes to a table or a path keeps its
checkpoint in a folder of that target's name below the one that was given. It always does, whether the folder is
shared or not: so a query finds its own progress again, in whichever order, run or notebook it is started.
"""

import hashlib
import re
from pathlib import PurePosixPath

_PLAIN = re.compile(r"[^0-9A-Za-z_.-]+")


def target_folder(given: str, target: str) -> str:
    """The folder of one target below the given one."""
    return f"{given.rstrip('/')}/{target}"


def table_folder_name(name: str) -> str:
    """What a table's checkpoint is called: its name without catalog and schema, letter case ignored."""
    return _PLAIN.sub("_", name.replace("`", "").rsplit(".", 1)[-1]).lower()


def path_folder_name(path: str) -> str:
    """What a path's checkpoint is called: its last part, and a few digits that tell it from others."""
    digest = hashlib.sha256(path.rstrip("/").encode()).hexdigest()[:8]
    return f"{_PLAIN.sub('_', PurePosixPath(path).name)}-{digest}"
