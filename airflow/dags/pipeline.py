"""The daily batch: new objects → clean pin, geo, user → answers → data checks → report.

Every task is a notebook of the local Databricks workspace (`spark_jobs/notebooks/pipeline/`). A notebook that
runs again, or twice at once, changes nothing: progress lies in the tables' own commits, and a second batch on
a table refuses to start, which the retries wait out.
"""

import os
from datetime import timedelta

from airflow.providers.databricks.operators.databricks import DatabricksSubmitRunOperator
from airflow.sdk import DAG
from alerts import log_failure, mail_on_failure

USER_ID = os.environ.get("PINCLOUD_USER_ID", "0a1b2c3d4e5f")
CLUSTER_ID = "1121-000000-pincloud"


def notebook(name: str, task_id: str = "", **parameters: str) -> DatabricksSubmitRunOperator:
    """A task that runs `/pipeline/<name>`, its widgets filled from `parameters`."""
    return DatabricksSubmitRunOperator(
        task_id=task_id or name,
        databricks_conn_id="databricks_default",
        existing_cluster_id=CLUSTER_ID,
        notebook_task={"notebook_path": f"/pipeline/{name}", "base_parameters": parameters},
        polling_period_seconds=1,
    )


with DAG(
    dag_id=f"{USER_ID}_dag",
    description="New objects on S3 become clean tables, answers, checks and a report",
    schedule="@daily",
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=1),
    default_args={
        "owner": "pincloud",
        "retries": 2,
        "retry_delay": timedelta(seconds=2),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(seconds=30),
        "execution_timeout": timedelta(minutes=20),
        "on_failure_callback": log_failure,
    },
    on_failure_callback=mail_on_failure(),
    tags=["pincloud", "batch"],
    doc_md=__doc__,
) as dag:
    clean = [notebook("clean", f"clean_{table}", table=table) for table in ("pin", "geo", "user")]
    (
        notebook("wait_for_objects")
        >> clean
        >> notebook("answers")
        >> notebook("data_checks")
        >> notebook("report")
    )
