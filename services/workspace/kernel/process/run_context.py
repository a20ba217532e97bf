"""The run that a notebook's process belongs to, as the executor's context file describes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

LOCAL_CLUSTER = "1121-000000-pincloud"
"""The cluster of a notebook that nobody submitted: the local one, by the name that the API lists."""


@dataclass(frozen=True)
class RunContext:
    """One attempt at one notebook task; the defaults are JupyterLab's, where there is no run.

    Attributes:
        notebook_path: Where the notebook stands in the workspace, without its ending.
        file: The notebook on disk; None when it is not known.
        parameters: What its widgets get.
        values: Folder of the run's task values; None outside a job.
    """

    run_id: int | None = None
    parent_run_id: int | None = None
    job_id: int | None = None
    task_key: str = ""
    cluster_id: str = LOCAL_CLUSTER
    notebook_path: str = ""
    file: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    values: Path | None = None


def read_context(file: str | Path) -> RunContext:
    """Read the context file that the executor wrote; keys that this version does not know are left out."""
    content = json.loads(Path(file).read_text(encoding="utf-8"))
    known = {item.name for item in fields(RunContext)} & content.keys()
    given = {name: content[name] for name in known}
    for name in ("file", "values"):
        given[name] = Path(given[name]) if given.get(name) else None
    given["parameters"] = {key: str(value) for key, value in given.get("parameters", {}).items()}
    return RunContext(**given)
