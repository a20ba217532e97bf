"""What Airflow's own Databricks provider makes of the workspace; run by Airflow's Python.

Writes one JSON object into the file that it is given. mypy does not see Airflow: it has its own environment.

Each story returns what a test looks at. A raised AirflowException is a result too: it is what users read.
"""

import asyncio
import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from airflow.providers.databricks.hooks.databricks import DatabricksHook
from airflow.providers.databricks.operators.databricks import (
    DatabricksCreateJobsOperator,
    DatabricksNotebookOperator,
    DatabricksRunNowOperator,
    DatabricksSubmitRunOperator,
)
from airflow.providers.databricks.operators.databricks_workflow import (
    DatabricksWorkflowTaskGroup,
)
from airflow.providers.databricks.triggers.databricks import DatabricksExecutionTrigger
from airflow.sdk import DAG

CLUSTER = "1108-162752-8okw8dgg"


class TaskInstance:
    """As much of one as the operators use."""

    def __init__(self) -> None:
        self.stats_tags: dict[str, str] = {}
        self.pushed: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        """Keep it."""
        self.pushed[key] = value


class TaskState(dict[str, Any]):
    """What survives a worker's death."""

    set = dict.__setitem__


def context() -> dict[str, Any]:
    """What an operator's execute gets."""
    return {"ti": TaskInstance(), "task_state_store": TaskState()}


def submit_operator(path: str, **options: Any) -> DatabricksSubmitRunOperator:
    """The course's own form."""
    return DatabricksSubmitRunOperator(
        task_id="submit_run",
        databricks_conn_id="databricks_default",
        existing_cluster_id=CLUSTER,
        notebook_task={"notebook_path": f"/Users/someone@example.com/{path}"},
        **options,
    )


def message_of(act: Any, *arguments: Any) -> str:
    """What the operator raises."""
    try:
        act(*arguments)
    except Exception as error:
        return str(error)
    return "nothing was raised"


def submit() -> Any:
    """The course's operator; what it tells other tasks."""
    found = context()
    submit_operator("ok").execute(found)
    return found["ti"].pushed


def polling() -> Any:
    """Seconds that a run of half a second takes with the default period of 30 s."""
    began = time.monotonic()
    submit_operator("slow").execute(context())
    return time.monotonic() - began


def failing() -> Any:
    """A notebook that raises."""
    return message_of(submit_operator("raise").execute, context())


def deferrable() -> Any:
    """The run is handed to a trigger, as it is once the first questions did not see its end."""
    operator = submit_operator("slow", deferrable=True)
    run_id = operator._hook.submit_run(operator._prepare_submit_json(context()))
    trigger = DatabricksExecutionTrigger(
        run_id, "databricks_default", polling_period_seconds=1, run_page_url="a link"
    )
    event = asyncio.run(trigger.run().__anext__())
    operator.execute_complete(None, event.payload)
    return json.loads(event.payload["run_state"])["result_state"]


def deferrable_and_short() -> Any:
    """A short run ends within the operator's first questions: no trigger is needed."""
    return message_of(submit_operator("slow", deferrable=True).execute, context())


def async_calls() -> Any:
    """The triggerer's calls: GET with a JSON body and no query."""

    async def ask() -> Any:
        run_id = DatabricksHook().submit_run(
            {"existing_cluster_id": CLUSTER, "notebook_task": {"notebook_path": "/raise"}}
        )
        async with DatabricksHook() as hook:
            state = await hook.a_get_run_state(run_id)
            while not state.is_terminal:
                state = await hook.a_get_run_state(run_id)
            run = await hook.a_get_run(run_id)
            output = await hook.a_get_run_output(run["tasks"][0]["run_id"])
            return [state.result_state, output["error"]]

    return asyncio.run(ask())


def notebook_operator(path: str, **options: Any) -> DatabricksNotebookOperator:
    """The operator for one notebook."""
    return DatabricksNotebookOperator(
        task_id=f"notebook_{path.replace('-', '_')}",
        databricks_conn_id="databricks_default",
        notebook_path=f"/{path}",
        source="WORKSPACE",
        existing_cluster_id=CLUSTER,
        polling_period_seconds=1,
        dag=DAG("a_dag", schedule=None),
        **options,
    )


def notebook() -> Any:
    """One that runs."""
    return message_of(notebook_operator("ok").execute, context())


def notebook_failing() -> Any:
    """One that raises."""
    return message_of(notebook_operator("raise").execute, context())


def notebook_retried() -> Any:
    """One that raises once, with a retry on the Databricks side."""
    return message_of(notebook_operator("raise-once", max_retries=1).execute, context())


def tasks() -> Any:
    """Two tasks of which the first fails."""
    operator = DatabricksSubmitRunOperator(
        task_id="two",
        json={
            "databricks_conn_id": "databricks_default",
            "tasks": [
                {
                    "task_key": "a",
                    "existing_cluster_id": CLUSTER,
                    "notebook_task": {"notebook_path": "/raise"},
                },
                {
                    "task_key": "b",
                    "existing_cluster_id": CLUSTER,
                    "depends_on": [{"task_key": "a"}],
                    "notebook_task": {"notebook_path": "/ok"},
                },
            ],
        },
    )
    return message_of(operator.execute, context())


def create_operator(name: str, path: str) -> DatabricksCreateJobsOperator:
    """A job of one notebook."""
    task = {
        "task_key": "only",
        "existing_cluster_id": CLUSTER,
        "notebook_task": {"notebook_path": f"/{path}", "base_parameters": {"a": "1", "b": "2"}},
    }
    return DatabricksCreateJobsOperator(task_id="create", json={"name": name, "tasks": [task]})


def created_twice() -> Any:
    """The second creation resets; the run is of the second settings."""
    ids = [create_operator("twice", path).execute(context()) for path in ("raise", "ok")]
    DatabricksRunNowOperator(task_id="now", job_name="twice").execute(context())
    return [ids, len(DatabricksHook().list_jobs(job_name="twice"))]


def found_over_pages() -> Any:
    """A job by name behind sixty younger ones, with parameters over its own."""
    hook = DatabricksHook()
    create_operator("the oldest", "ok").execute(context())
    settings = create_operator("", "ok").json
    for number in range(60):
        hook.create_job({**settings, "name": f"job {number}"})
    found = context()
    DatabricksRunNowOperator(
        task_id="now", job_name="the oldest", notebook_params={"b": "3", "c": "4"}
    ).execute(found)
    run = hook.get_run(found["ti"].pushed["run_id"])
    output = hook.get_run_output(run["tasks"][0]["run_id"])["notebook_output"]
    return {
        "jobs": len(hook.list_jobs()),
        "parameters": json.loads(output["result"])["parameters"],
    }


def reconnected() -> Any:
    """A worker dies while it polls; Airflow's retry must not submit again."""
    found = context()
    first = submit_operator("slow")
    found["task_state_store"].set(first.external_id_key, first.submit_job(found))
    before = first.run_id
    second = submit_operator("slow")
    second.execute(found)
    return [before, second.run_id]


def resubmitted() -> Any:
    """A stored run that is not known any more is submitted anew."""
    found = context()
    operator = submit_operator("ok")
    found["task_state_store"].set(operator.external_id_key, 987654321)
    operator.execute(found)
    return operator.run_id


def killed() -> Any:
    """Airflow ends the task."""
    operator = submit_operator("wait")
    operator.submit_job(context())
    operator.on_kill()
    hook = DatabricksHook()
    while not (state := hook.get_run_state(operator.run_id)).is_terminal:
        time.sleep(0.05)
    return state.result_state


def repaired() -> Any:
    """A run that fails once, with repair_run; this version of the operator raises even after a good repair."""
    create_operator("to repair", "raise-once-for-repair").execute(context())
    found = context()
    operator = DatabricksRunNowOperator(
        task_id="now", job_name="to repair", repair_run=True, polling_period_seconds=1
    )
    message_of(operator.execute, found)
    return DatabricksHook().get_run_state(operator.run_id).result_state


def workflow() -> Any:
    """Two notebooks in a task group."""
    with (
        DAG("flow", schedule=None),
        DatabricksWorkflowTaskGroup(
            group_id="group", databricks_conn_id="databricks_default"
        ) as group,
    ):
        first, second = (
            DatabricksNotebookOperator(
                task_id=name,
                databricks_conn_id="databricks_default",
                notebook_path=f"/{path}",
                source="WORKSPACE",
                existing_cluster_id=CLUSTER,
                polling_period_seconds=1,
            )
            for name, path in (("first", "slow"), ("second", "ok"))
        )
        first >> second
    launch = group.children["group.launch"]
    metadata = launch.execute(context())
    for task in (first, second):
        task.workflow_run_metadata = metadata
        task.execute(context())
    return [metadata["run_id"], first.databricks_run_id, second.databricks_run_id]


def workflow_at_once() -> Any:
    """A group whose only notebook ends before the group has looked."""
    with (
        DAG("quick", schedule=None),
        DatabricksWorkflowTaskGroup(
            group_id="group", databricks_conn_id="databricks_default"
        ) as group,
    ):
        DatabricksNotebookOperator(
            task_id="only",
            databricks_conn_id="databricks_default",
            notebook_path="/ok",
            source="WORKSPACE",
            existing_cluster_id=CLUSTER,
        )
    return message_of(group.children["group.launch"].execute, context())


def connection() -> Any:
    """The button in Airflow's connections."""
    return list(DatabricksHook().test_connection())


def cluster() -> Any:
    """Its state, after a restart was asked for."""
    hook = DatabricksHook()
    hook.restart_cluster({"cluster_id": CLUSTER})
    return [hook.get_cluster_state(CLUSTER).state, hook.get_cluster_state(CLUSTER).is_running]


def refused() -> Any:
    """A cluster id of no known shape."""
    operator = DatabricksSubmitRunOperator(
        task_id="bad", existing_cluster_id="nope", notebook_task={"notebook_path": "/ok"}
    )
    return message_of(operator.execute, context())


STORIES = (
    submit,
    polling,
    failing,
    deferrable,
    deferrable_and_short,
    async_calls,
    notebook,
    notebook_failing,
    notebook_retried,
    tasks,
    created_twice,
    found_over_pages,
    reconnected,
    resubmitted,
    killed,
    repaired,
    workflow,
    workflow_at_once,
    connection,
    cluster,
    refused,
)


def told(story: Any) -> Any:
    """What a story tells, or how it broke."""
    try:
        return story()
    except Exception:
        return {"story failed": traceback.format_exc()}


if __name__ == "__main__":
    results = {story.__name__: told(story) for story in STORIES}
    Path(sys.argv[1]).write_text(json.dumps(results), encoding="utf-8")
