from airflow import DAG
from airflow.providers.databricks.operators.databricks import DatabricksSubmitRunOperator, DatabricksRunNowOperator
from airflow.utils.dates import days_ago
from datetime import datetime, timedelta

notebook_task = {
    'notebook_path': '/Users/someone@example.com/Raises',
}

notebook_params = {
    "Variable": 5
}

default_args = {
    'owner': 'someone',
    'depends_on_past': False,
    'email': ['someone@example.com'],
    'email_on_failure': False,
    'email_on_retry': False,
    'retries': 0,
    'retry_delay': timedelta(minutes=2)
}

with DAG('failing_dag',
    start_date=days_ago(1),
    schedule_interval='@daily',
    catchup=False,
    default_args=default_args
    ) as dag:

    opr_submit_run = DatabricksSubmitRunOperator(
        task_id='submit_run',
        databricks_conn_id='databricks_default',
        existing_cluster_id='1108-162752-8okw8dgg',
        notebook_task=notebook_task
    )
    opr_submit_run
