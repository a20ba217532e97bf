"""The one local cluster, and which ids are taken for it."""

import re

from services.workspace.runs.definition.spec import RunSpec, TaskSpec
from services.workspace.runs.refusals import InvalidParameter

LOCAL_CLUSTER = "1121-000000-pincloud"
"""Our own name for it."""

_CLUSTER_ID = re.compile(r"\d{4}-\d{6}-[0-9A-Za-z]{8,24}")


def check_cluster_id(cluster_id: str) -> str:
    """Take any id of Databricks' shape: DAGs name clusters of workspaces that are long gone.

    Raises:
        InvalidParameter: it has another shape.
    """
    if not _CLUSTER_ID.fullmatch(cluster_id):
        raise InvalidParameter(f"Cluster {cluster_id} does not exist")
    return cluster_id


def check_clusters(spec: RunSpec) -> None:
    """Each task must say where it runs.

    Raises:
        InvalidParameter: one does not, or names what there is not.
    """
    shared = {cluster.job_cluster_key for cluster in spec.job_clusters}
    for task in spec.tasks:
        if task.existing_cluster_id is not None:
            check_cluster_id(task.existing_cluster_id)
        elif task.job_cluster_key is not None and task.job_cluster_key not in shared:
            raise InvalidParameter(
                f"Task {task.task_key}: job_cluster_key {task.job_cluster_key} is not in job_clusters"
            )
        elif not (task.job_cluster_key or task.new_cluster or task.environment_key):
            raise InvalidParameter(
                "One of job_cluster_key, new_cluster or existing_cluster_id must be specified. "
                f"(task {task.task_key})"
            )


def cluster_of(task: TaskSpec) -> str:
    return task.existing_cluster_id or LOCAL_CLUSTER
