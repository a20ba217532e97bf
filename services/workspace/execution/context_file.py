"""The context file: what a notebook's process, or a Python file's, gets to know of its run."""

import json
from pathlib import Path

from services.files import write_private
from services.workspace.task_executor import TaskLaunch

_NAME = "context.json"


def write_context(launch: TaskLaunch, file: Path, notebook_path: str = "") -> Path:
    """Write the context file into the attempt's folder; see docs/architecture.md, "Context file"."""
    content = {
        "run_id": launch.run_id,
        "parent_run_id": launch.parent_run_id,
        "job_id": launch.job_id,
        "task_key": launch.task_key,
        "cluster_id": launch.cluster_id,
        "notebook_path": notebook_path,
        "file": str(file.resolve()),
        "parameters": dict(launch.parameters),
        "values": str(launch.values.resolve()),
    }
    context = launch.folder.resolve() / _NAME
    write_private(context, json.dumps(content))
    return context
